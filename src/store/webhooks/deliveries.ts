import { sql } from 'kysely'
import type { EventType } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import type { Tx } from '../db.ts'

export type DeliveryState = 'pending' | 'delivered' | 'failed'

/** One row of the log. Request and answer are long, and only shown for a single delivery. */
export const deliveryRows = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('webhookDeliveries')
    .select([
      'id',
      'webhookId',
      'eventId',
      'eventType',
      'state',
      'attempts',
      'attemptedAt',
      'nextAttemptAt',
      'status',
      'latencyMs',
      'error',
      'deliveredAt',
      'createdAt',
    ])
    .where('accountId', '=', accountId)

export type DeliveryRow = Awaited<ReturnType<ReturnType<typeof deliveryRows>['executeTakeFirstOrThrow']>>

export type NewDelivery = { webhookId: string; eventId: string; eventType: EventType; payload: string; at: Date }

/** Returns the delivery's id; null when this event has one for this webhook already. */
export async function insertDelivery(tx: Tx, accountId: string, delivery: NewDelivery): Promise<string | null> {
  const { at, ...values } = delivery
  const row = await tx
    .insertInto('webhookDeliveries')
    .values({ id: newId(), accountId, ...values, nextAttemptAt: at, createdAt: at })
    .onConflict((c) => c.constraint('one_delivery_per_event').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

/** A delivery with its webhook, locked against other attempts. */
export async function lockDelivery(tx: Tx, accountId: string, deliveryId: string) {
  return tx
    .selectFrom('webhookDeliveries as d')
    .innerJoin('webhooks as w', 'w.id', 'd.webhookId')
    .select([
      'd.id',
      'd.state',
      'd.attempts',
      'd.payload',
      'd.eventType',
      'd.webhookId',
      'w.url',
      'w.enabled',
      'w.failingSince',
      'w.secret',
      'w.previousSecret',
      'w.previousSignsUntil',
    ])
    .where('d.accountId', '=', accountId)
    .where('d.id', '=', deliveryId)
    .forUpdate('d')
    .executeTakeFirst()
}

export type LockedDelivery = NonNullable<Awaited<ReturnType<typeof lockDelivery>>>

export async function markAttempt(tx: Tx, accountId: string, deliveryId: string, at: Date): Promise<void> {
  await tx
    .updateTable('webhookDeliveries')
    .set({ attempts: sql`attempts + 1`, attemptedAt: at, nextAttemptAt: null })
    .where('accountId', '=', accountId)
    .where('id', '=', deliveryId)
    .execute()
}

/** The result of an attempt. */
export type Outcome = {
  state: DeliveryState
  status: number | null
  answer: string | null
  error: string | null
  latencyMs: number | null
  nextAttemptAt: Date | null
  deliveredAt: Date | null
}

/** Stores the result of the attempt that began then; false when a newer attempt began, whose result counts. */
export async function settleAttempt(
  tx: Tx,
  accountId: string,
  deliveryId: string,
  begunAt: Date,
  outcome: Outcome,
): Promise<boolean> {
  const row = await tx
    .updateTable('webhookDeliveries')
    .set(outcome)
    .where('accountId', '=', accountId)
    .where('id', '=', deliveryId)
    .where('attemptedAt', '=', begunAt)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Marks a delivery as not to be sent any more, without another attempt. */
export async function giveUp(tx: Tx, accountId: string, deliveryId: string, error: string): Promise<void> {
  await tx
    .updateTable('webhookDeliveries')
    .set({ state: 'failed', nextAttemptAt: null, error })
    .where('accountId', '=', accountId)
    .where('id', '=', deliveryId)
    .execute()
}

/** Resets a delivery: all its attempts again, the first one now. A running attempt does not count any more. */
export async function beginAgain(tx: Tx, accountId: string, deliveryId: string, at: Date): Promise<void> {
  await tx
    .updateTable('webhookDeliveries')
    .set({ state: 'pending', attempts: 0, attemptedAt: null, nextAttemptAt: at, deliveredAt: null })
    .where('accountId', '=', accountId)
    .where('id', '=', deliveryId)
    .execute()
}

/** Deletes up to `limit` of them and returns how many; fewer means that none are left. */
export async function deleteDeliveries(
  tx: Tx,
  which: { createdBefore: Date } | { webhookId: string },
  limit: number,
): Promise<number> {
  const rows = await tx
    .deleteFrom('webhookDeliveries')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('webhookDeliveries')
        .select('id')
        .where(
          'createdBefore' in which ? eb('createdAt', '<', which.createdBefore) : eb('webhookId', '=', which.webhookId),
        )
        .limit(limit),
    )
    .returning('id')
    .execute()
  return rows.length
}
