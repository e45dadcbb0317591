import { sql } from 'kysely'
import type { DispatchedType } from '../../domain/events.ts'
import type { DisabledWhy } from '../../domain/webhooks.ts'
import type { Tx } from '../db.ts'
import type { SecretBox } from '../secrets.ts'

/** What people see of a webhook; the secret is shown only when it is made. */
export const webhookRows = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('webhooks')
    .select([
      'id',
      'url',
      'description',
      'events',
      'enabled',
      'disabledAt',
      'disabledWhy',
      'failingSince',
      'previousSignsUntil',
      'createdAt',
      'updatedAt',
      sql<Date | null>`(select delivered_at from webhook_deliveries d
        where d.webhook_id = webhooks.id and d.state = 'delivered' order by d.id desc limit 1)`.as('lastDeliveredAt'),
    ])
    .where('accountId', '=', accountId)

export type WebhookRow = Awaited<ReturnType<ReturnType<typeof webhookRows>['executeTakeFirstOrThrow']>>

/** The webhooks that get this event. */
export async function listenersTo(tx: Tx, accountId: string, type: DispatchedType): Promise<string[]> {
  const rows = await tx
    .selectFrom('webhooks')
    .select('id')
    .where('accountId', '=', accountId)
    .where('enabled', '=', true)
    .where(sql<boolean>`${listensTo(sql`${type}`)}`)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** For a row of `webhooks`: whether it listens to events of this type. An empty list means all. */
export const listensTo = (type: ReturnType<typeof sql>) => sql`(events = '{}' or ${type} = any(events))`

/** The context that binds a webhook's sealed secrets to its row. */
export const sealedAs = (accountId: string, id: string) => `webhook ${accountId}/${id}`

export const sealSecret = (secrets: SecretBox, accountId: string, id: string, secret: string): Buffer =>
  secrets.seal({ secret }, sealedAs(accountId, id))

export const openSecret = (secrets: SecretBox, accountId: string, id: string, sealed: Buffer): string =>
  secrets.open(sealed, sealedAs(accountId, id)).secret!

/** Marks the webhook as failing from now on, unless it is already; returns since when. */
export async function noteFailing(tx: Tx, accountId: string, id: string, now: Date): Promise<Date> {
  const of = tx.updateTable('webhooks').where('accountId', '=', accountId).where('id', '=', id)
  await of.set({ failingSince: now }).where('failingSince', 'is', null).execute()
  const row = await webhookRows(tx, accountId).where('id', '=', id).executeTakeFirst()
  return row?.failingSince ?? now
}

export async function noteWorking(tx: Tx, accountId: string, id: string): Promise<void> {
  await tx
    .updateTable('webhooks')
    .set({ failingSince: null })
    .where('accountId', '=', accountId)
    .where('id', '=', id)
    .where('failingSince', 'is not', null)
    .execute()
}

/** Switches it off; null when it is off or deleted. */
export async function disable(
  tx: Tx,
  accountId: string,
  id: string,
  { why, at }: { why: DisabledWhy; at: Date },
): Promise<{ url: string } | null> {
  const row = await tx
    .updateTable('webhooks')
    .set({ enabled: false, disabledAt: at, disabledWhy: why, updatedAt: at })
    .where('accountId', '=', accountId)
    .where('id', '=', id)
    .where('enabled', '=', true)
    .returning('url')
    .executeTakeFirst()
  return row ?? null
}

/** Switches it on, with its failures forgotten; null when it is on or deleted. */
export async function enable(tx: Tx, accountId: string, id: string, at: Date): Promise<{ url: string } | null> {
  const row = await tx
    .updateTable('webhooks')
    .set({ enabled: true, disabledAt: null, disabledWhy: null, failingSince: null, updatedAt: at })
    .where('accountId', '=', accountId)
    .where('id', '=', id)
    .where('enabled', '=', false)
    .returning('url')
    .executeTakeFirst()
  return row ?? null
}
