import { isDispatched } from '../../domain/events.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { findEvent, type WrittenEvent } from '../../store/events.ts'
import { addJob } from '../../store/jobs.ts'
import { insertDelivery } from '../../store/webhooks/deliveries.ts'
import { listenersTo } from '../../store/webhooks/webhooks.ts'
import type { World } from '../world.ts'
import { deliveryKey } from './deliverWebhook.ts'

/**
 * Hands an event to the account's webhooks, each with its own delivery and job. A second run adds nothing. An event
 * that is deleted, like those of an erased contact, goes to no webhook.
 */
export async function dispatchEvent(
  world: World,
  { accountId, eventId }: { accountId: string; eventId: string },
): Promise<void> {
  await asAccount(world.db, accountId, async (tx) => {
    const event = await findEvent(tx, accountId, eventId)
    if (!event || !isDispatched(event.type)) return
    const webhooks = await listenersTo(tx, accountId, event.type)
    if (webhooks.length === 0) return
    const payload = await payloadOf(world, tx, accountId, event)
    for (const webhookId of webhooks) await enqueueDelivery(world, tx, accountId, webhookId, event, payload)
  })
}

/** Makes a delivery with its job. Null when this event has one for this webhook already. */
export async function enqueueDelivery(
  world: World,
  tx: Tx,
  accountId: string,
  webhookId: string,
  { id: eventId, type: eventType }: Pick<WrittenEvent, 'id' | 'type'>,
  payload: string,
  runAt?: Date,
): Promise<string | null> {
  const at = world.now()
  const deliveryId = await insertDelivery(tx, accountId, { webhookId, eventId, eventType, payload, at })
  if (deliveryId)
    await addJob(tx, 'deliver-webhook', { accountId, deliveryId }, { key: deliveryKey(deliveryId), runAt })
  return deliveryId
}

/** The body of the request; http/shapes/webhooks.ts describes it. */
export async function payloadOf(world: World, tx: Tx, accountId: string, event: WrittenEvent): Promise<string> {
  const { type, at, ...rest } = event
  const subjects = await world.showSubjects(tx, accountId, event)
  return JSON.stringify({ type, timestamp: at, data: { ...rest, ...subjects } })
}
