import { after, MINUTE } from '../../domain/time.ts'
import { asAccount } from '../../store/db.ts'
import { findEvent, recordEvent } from '../../store/events.ts'
import { addJob } from '../../store/jobs.ts'
import { beginAgain, lockDelivery } from '../../store/webhooks/deliveries.ts'
import { webhookRows } from '../../store/webhooks/webhooks.ts'
import type { World } from '../world.ts'
import { deliverWebhook, deliveryKey, type WhichDelivery } from './deliverWebhook.ts'
import { enqueueDelivery, payloadOf } from './dispatchEvent.ts'
import type { Doer } from './webhooks.ts'

/**
 * Sends a `webhook.test` event now and returns the delivery when it has an answer, or will get none. Works on a webhook
 * that is switched off, because people test before they switch on. Null when there is no such webhook.
 */
export async function testWebhook(world: World, { accountId, actor }: Doer, webhookId: string): Promise<string | null> {
  const deliveryId = await asAccount(world.db, accountId, async (tx) => {
    const webhook = await webhookRows(tx, accountId).where('id', '=', webhookId).executeTakeFirst()
    if (!webhook) return null
    const now = world.now()
    const data = { webhookId, url: webhook.url }
    const eventId = await recordEvent(tx, accountId, { type: 'webhook.test', actor, data }, now)
    const event = (await findEvent(tx, accountId, eventId))!
    const payload = await payloadOf(world, tx, accountId, event)
    // The job is for the case that this process ends before the answer comes.
    return enqueueDelivery(world, tx, accountId, webhookId, event, payload, after(now, MINUTE))
  })
  if (deliveryId) await deliverWebhook(world, { accountId, deliveryId })
  return deliveryId
}

/**
 * Sends the same bytes under the same id once more, at once, with all the attempts of a new delivery. `off`: the
 * webhook is switched off.
 */
export async function redeliver(world: World, which: WhichDelivery): Promise<'begun' | 'off' | 'none'> {
  const { accountId, deliveryId } = which
  return asAccount(world.db, accountId, async (tx) => {
    const delivery = await lockDelivery(tx, accountId, deliveryId)
    if (!delivery) return 'none'
    if (!delivery.enabled) return 'off'
    const now = world.now()
    await beginAgain(tx, accountId, deliveryId, now)
    await addJob(tx, 'deliver-webhook', which, { key: deliveryKey(deliveryId) })
    return 'begun'
  })
}
