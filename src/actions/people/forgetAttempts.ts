import { after, DAY } from '../../domain/time.ts'
import { asPlatform } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import { forgetOld } from '../../store/people/attempts.ts'
import type { World } from '../world.ts'

/** Longer than every window of `domain/attempts.ts`. */
const KEPT_MS = 2 * DAY

/** Deletes old attempts and links that have ended, and queues itself for tomorrow. */
export async function forgetAttempts(world: World): Promise<void> {
  await asPlatform(world.db, (tx) => forgetOld(tx, world.now(), KEPT_MS))
  await forgetAttemptsAt(world, after(world.now(), DAY))
}

/** There is one such job, however many processes start. */
export async function forgetAttemptsAt(world: World, runAt: Date): Promise<void> {
  await asPlatform(world.db, (tx) => addJob(tx, 'forget-attempts', {}, { runAt, key: 'forget attempts' }))
}
