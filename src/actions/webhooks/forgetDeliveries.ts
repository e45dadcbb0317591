import { after, before, DAY } from '../../domain/time.ts'
import { KEPT_DAYS } from '../../domain/webhooks.ts'
import { asPlatform } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import { deleteDeliveries } from '../../store/webhooks/deliveries.ts'
import type { World } from '../world.ts'

/** Rows that one statement deletes: some tenths of the 2.5 s that it may take. */
const CHUNK = 5_000

/** The delivery log is kept for 30 days: this deletes what is older, of every account, and comes back tomorrow. */
export async function forgetDeliveries(world: World): Promise<void> {
  const createdBefore = before(world.now(), KEPT_DAYS * DAY)
  let deleted: number
  do {
    deleted = await asPlatform(world.db, (tx) => deleteDeliveries(tx, { createdBefore }, CHUNK))
  } while (deleted === CHUNK)
  await forgetDeliveriesAt(world, after(world.now(), DAY))
}

/** There is one such job, however many processes begin. */
export async function forgetDeliveriesAt(world: World, runAt: Date): Promise<void> {
  await asPlatform(world.db, (tx) => addJob(tx, 'forget-deliveries', {}, { runAt, key: 'forget deliveries' }))
}
