import type { Actor, DispatchedType, EventType } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import { after, HOUR } from '../../domain/time.ts'
import { MOST_WEBHOOKS, OLD_SECRET_HOURS } from '../../domain/webhooks.ts'
import { newSecret } from '../../outbound/signature.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { deleteDeliveries } from '../../store/webhooks/deliveries.ts'
import { disable, enable, sealSecret } from '../../store/webhooks/webhooks.ts'
import type { World } from '../world.ts'

export type WebhookSettings = { url: string; description: string; events: DispatchedType[] }

export type WebhookChange = Partial<WebhookSettings> & { enabled?: boolean }

/** The account and the person or program that acts. */
export type Doer = { accountId: string; actor: Actor }

type Refused = { outcome: 'wrong'; message: string }

/** Makes a webhook with its secret, which is shown this once. Refuses an address that must not be reached. */
export async function makeWebhook(
  world: World,
  { accountId, actor }: Doer,
  settings: WebhookSettings,
): Promise<{ outcome: 'made'; id: string; secret: string } | { outcome: 'too_many' } | Refused> {
  const message = world.outbound.refusal(settings.url)
  if (message) return { outcome: 'wrong', message }
  const id = newId()
  const secret = newSecret()
  const now = world.now()
  return asAccount(world.db, accountId, async (tx) => {
    const { count } = await tx
      .selectFrom('webhooks')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('accountId', '=', accountId)
      .executeTakeFirstOrThrow()
    if (count >= MOST_WEBHOOKS) return { outcome: 'too_many' }
    const url = asWritten(settings.url)
    await tx
      .insertInto('webhooks')
      .values({
        ...settings,
        id,
        accountId,
        url,
        secret: sealSecret(world.secrets, accountId, id, secret),
        createdAt: now,
        updatedAt: now,
      })
      .execute()
    await record(tx, { accountId, actor }, 'webhook.made', id, { url }, now)
    return { outcome: 'made', id, secret }
  })
}

/** Changes the given fields. Waiting deliveries go to the new address. */
export async function changeWebhook(
  world: World,
  doer: Doer,
  id: string,
  { enabled, ...change }: WebhookChange,
): Promise<{ outcome: 'changed' | 'none' } | Refused> {
  const message = change.url === undefined ? null : world.outbound.refusal(change.url)
  if (message) return { outcome: 'wrong', message }
  const now = world.now()
  const changed = Object.keys(change)
  const found = await asAccount(world.db, doer.accountId, async (tx) => {
    const row = await tx
      .updateTable('webhooks')
      .set({ ...change, ...(change.url !== undefined && { url: asWritten(change.url) }), updatedAt: now })
      .where('accountId', '=', doer.accountId)
      .where('id', '=', id)
      .returning('url')
      .executeTakeFirst()
    if (row && changed.length > 0) await record(tx, doer, 'webhook.changed', id, { ...row, changed }, now)
    if (row && enabled !== undefined) await switchWebhook(tx, doer, id, enabled, now)
    return row !== undefined
  })
  return { outcome: found ? 'changed' : 'none' }
}

/** Switches on, with its failures forgotten, or off. Does nothing without a change. Events while off are not sent. */
async function switchWebhook(tx: Tx, doer: Doer, id: string, on: boolean, now: Date): Promise<void> {
  const { accountId } = doer
  const switched = on
    ? await enable(tx, accountId, id, now)
    : await disable(tx, accountId, id, { why: 'switched_off', at: now })
  if (switched) await record(tx, doer, on ? 'webhook.enabled' : 'webhook.disabled', id, switched, now)
}

/** Makes a new secret, shown this once; the old one signs too for a day. Null when there is no such webhook. */
export async function rotateSecret(world: World, doer: Doer, id: string): Promise<string | null> {
  const { accountId } = doer
  const secret = newSecret()
  const now = world.now()
  return asAccount(world.db, accountId, async (tx) => {
    const row = await tx
      .updateTable('webhooks')
      .set(({ ref }) => ({
        secret: sealSecret(world.secrets, accountId, id, secret),
        previousSecret: ref('secret'),
        previousSignsUntil: after(now, OLD_SECRET_HOURS * HOUR),
        updatedAt: now,
      }))
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .returning('url')
      .executeTakeFirst()
    if (!row) return null
    await record(tx, doer, 'webhook.rotated', id, row, now)
    return secret
  })
}

/** Rows that one statement deletes: it takes some tenths of its 2.5 s. */
const CHUNK = 5_000

/** Deletes the webhook with its log and its waiting deliveries. False when there is none. */
export async function deleteWebhook(world: World, doer: Doer, id: string): Promise<boolean> {
  const { accountId } = doer
  const now = world.now()
  // Switched off first, so that its log does not grow during the deletion.
  await asAccount(world.db, accountId, (tx) => disable(tx, accountId, id, { why: 'switched_off', at: now }))
  let deleted: number
  do {
    deleted = await asAccount(world.db, accountId, (tx) => deleteDeliveries(tx, { webhookId: id }, CHUNK))
  } while (deleted === CHUNK)
  return asAccount(world.db, accountId, async (tx) => {
    const gone = await tx
      .deleteFrom('webhooks')
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .returning('url')
      .executeTakeFirst()
    if (gone) await record(tx, doer, 'webhook.deleted', id, gone, now)
    return gone !== undefined
  })
}

const asWritten = (url: string) => new URL(url).href

function record(
  tx: Tx,
  { accountId, actor }: Doer,
  type: Extract<EventType, `webhook.${string}`>,
  webhookId: string,
  data: { url: string; changed?: string[] },
  now: Date,
): Promise<string> {
  return recordEvent(tx, accountId, { type, actor, data: { webhookId, ...data } }, now)
}
