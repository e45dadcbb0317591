import { after, before, DAY } from '../../domain/time.ts'
import { KEPT_DAYS } from '../../domain/webhooks.ts'
import { asPlatform } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import { deleteDeliveries } from '../../store/webhooks/deliveries.ts'
import type { World } from '../world.ts'

/** Rows that one statement deletes: it takes some tenths of its 2.5 s. */
const CHUNK = 5_000

/** Deletes what is older than 30 days from the delivery log of every account, and queues itself for tomorrow. */
export async function forgetDeliveries(world: World): Promise<void> {
  const createdBefore = before(world.now(), KEPT_DAYS * DAY)
  let deleted: number
  do {
    deleted = await asPlatform(world.db, (tx) => deleteDeliveries(tx, { createdBefore }, CHUNK))
  } while (deleted === CHUNK)
  await forgetDeliveriesAt(world, after(world.now(), DAY))
}

/** There is one such job, however many processes start. */
export async function forgetDeliveriesAt(world: World, runAt: Date): Promise<void> {
  await asPlatform(world.db, (tx) => addJob(tx, 'forget-deliveries', {}, { runAt, key: 'forget deliveries' }))
}
