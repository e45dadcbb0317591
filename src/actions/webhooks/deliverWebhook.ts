import { type Answer, hasFailedTooLong, nextAttemptAt, verdictOn } from '../../domain/webhooks.ts'
import { signedHeaders } from '../../outbound/signature.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import {
  giveUp,
  type LockedDelivery,
  lockDelivery,
  markAttempt,
  settleAttempt,
} from '../../store/webhooks/deliveries.ts'
import { noteFailing, noteWorking, openSecret } from '../../store/webhooks/webhooks.ts'
import type { World } from '../world.ts'
import { disableWebhook } from './disableWebhook.ts'
import { type Place, takePlace } from './lanes.ts'

export type WhichDelivery = { accountId: string; deliveryId: string }

/** A delivery has one job at a time. */
export const deliveryKey = (deliveryId: string) => `deliver webhook ${deliveryId}`

/**
 * Delivers one event to one webhook, at least once. The start of an attempt is on disk before the request leaves, so
 * when the process dies in between, the job runs again. A finished delivery stays finished.
 */
export async function deliverWebhook(world: World, which: WhichDelivery): Promise<void> {
  const begun = await begin(world, which)
  if (begun.outcome === 'stays') return
  const { delivery, at, place } = begun
  let answer: Answer & { ms: number }
  const began = performance.now()
  try {
    answer = await world.outbound.post({
      url: delivery.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Textback',
        ...signedHeaders({ id: delivery.id, at, body: delivery.payload }, secretsOf(world, which, delivery, at)),
      },
      body: delivery.payload,
    })
  } finally {
    place.leave(performance.now() - began)
  }
  await asAccount(world.db, which.accountId, (tx) => settle(world, tx, which, delivery, at, answer))
}

/** A person waits for the result of a test: it is tried once, also at a webhook that is switched off. */
const isTest = ({ eventType }: LockedDelivery) => eventType === 'webhook.test'

type Begun = { outcome: 'leaves'; delivery: LockedDelivery; at: Date; place: Place } | { outcome: 'stays' }

async function begin(world: World, which: WhichDelivery): Promise<Begun> {
  const { accountId, deliveryId } = which
  let place: Place | undefined
  try {
    return await asAccount(world.db, accountId, async (tx): Promise<Begun> => {
      const delivery = await lockDelivery(tx, accountId, deliveryId)
      if (delivery?.state !== 'pending') return { outcome: 'stays' }
      if (!delivery.enabled && !isTest(delivery)) {
        await giveUp(tx, accountId, deliveryId, 'The webhook was switched off before this could be sent.')
        return { outcome: 'stays' }
      }
      const at = world.now()
      const { webhookId, failingSince } = delivery
      const taken = takePlace({ accountId, webhookId, isFailing: failingSince !== null }, at)
      if ('comeBackAt' in taken) {
        await addJob(tx, 'deliver-webhook', which, { runAt: taken.comeBackAt, key: deliveryKey(deliveryId) })
        return { outcome: 'stays' }
      }
      place = taken.place
      await markAttempt(tx, accountId, deliveryId, at)
      return { outcome: 'leaves', delivery: { ...delivery, attempts: delivery.attempts + 1 }, at, place }
    })
  } catch (error) {
    place?.leave(0)
    throw error
  }
}

function secretsOf(world: World, { accountId }: WhichDelivery, delivery: LockedDelivery, now: Date): string[] {
  const { secret, previousSecret, previousSignsUntil, webhookId } = delivery
  const open = (sealed: Buffer) => openSecret(world.secrets, accountId, webhookId, sealed)
  const stillSigns = previousSecret && previousSignsUntil && previousSignsUntil > now
  return [open(secret), ...(stillSigns ? [open(previousSecret)] : [])]
}

async function settle(
  world: World,
  tx: Tx,
  which: WhichDelivery,
  delivery: LockedDelivery,
  begunAt: Date,
  answer: Answer & { ms: number },
): Promise<void> {
  const { accountId, deliveryId } = which
  const { webhookId } = delivery
  const now = world.now()
  const verdict = verdictOn(answer)
  const delivered = verdict.outcome === 'delivered'
  const mayRetry = verdict.outcome === 'failed' && !isTest(delivery)
  const next = mayRetry ? nextAttemptAt(delivery.attempts, now, Math.random()) : null
  const counts = await settleAttempt(tx, accountId, deliveryId, begunAt, {
    state: delivered ? 'delivered' : next ? 'pending' : 'failed',
    status: answer.outcome === 'answered' ? answer.status : null,
    answer: answer.outcome === 'answered' ? answer.body : null,
    error: verdict.outcome === 'delivered' ? null : verdict.error,
    latencyMs: answer.ms,
    nextAttemptAt: next,
    deliveredAt: delivered ? now : null,
  })
  if (!counts) return
  if (next) await addJob(tx, 'deliver-webhook', which, { runAt: next, key: deliveryKey(deliveryId) })
  if (delivered) await noteWorking(tx, accountId, webhookId)
  if (delivered || isTest(delivery)) return
  const failingSince = await noteFailing(tx, accountId, webhookId, now)
  if (verdict.outcome === 'gone') await disableWebhook(tx, accountId, webhookId, 'gone', now)
  else if (hasFailedTooLong(failingSince, now)) await disableWebhook(tx, accountId, webhookId, 'failing', now)
}
