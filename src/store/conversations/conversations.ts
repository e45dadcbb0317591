import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import { bestToTextFrom } from '../numbers/numbers.ts'
import { recordset } from '../recordset.ts'
import { gathered } from '../together.ts'

/**
 * The one owner of a conversation's state: whether it is open, how much is unread, who waits since when, and where a
 * reply goes. `waiting_since` starts when we miss the person's call or they write, and ends when a person of the
 * business writes, talks or closes. A program's text ends it too; Textback's own text does not.
 */

/** A missed call or a text. `preview` is shown in the list; `unread` is what nobody has seen. */
export type Heard = {
  /** The id of a new conversation; an existing one keeps its own. */
  id: string
  contactId: string
  channel: 'sms'
  ourAddress: string
  theirAddress: string
  /** The beginning of the last message; null for a missed call that got no text. */
  preview: string | null
  unread: number
  /** Whether they wait for an answer now; a machine does not. */
  waits: boolean
  at: Date
}

/** Reopens, wakes, counts, and starts the wait unless one is running. Returns the conversation's id. */
export const heardFrom = gathered(async (tx, accountId, all: Heard[]): Promise<string[]> => {
  const items = all.map((one) => ({
    id: one.id,
    contact_id: one.contactId,
    channel: one.channel,
    our_address: one.ourAddress,
    their_address: one.theirAddress,
    preview: one.preview && beginningOf(one.preview),
    unread: one.unread,
    waiting_since: one.waits ? one.at : null,
    at: one.at,
  }))
  const { rows } = await sql<{ id: string; contactId: string }>`
    insert into conversations (id, account_id, contact_id, channel, our_address, their_address, unread, last_message_at,
      last_message_preview, waiting_since, updated_at)
    select id, ${accountId}, contact_id, channel, our_address, their_address, unread,
      case when preview is not null then at end, preview, waiting_since, at
    from ${recordset(
      'id uuid, contact_id uuid, channel text, our_address text, their_address text, preview text, unread int, waiting_since timestamptz, at timestamptz',
      items,
    )}
    on conflict (account_id, contact_id) do update set
      channel = excluded.channel, our_address = excluded.our_address, their_address = excluded.their_address,
      status = 'open', updated_at = excluded.updated_at, snoozed_until = null,
      unread = conversations.unread + excluded.unread,
      -- In a closed conversation nobody waited any more.
      waiting_since = case when conversations.status = 'closed' then excluded.waiting_since
        else coalesce(conversations.waiting_since, excluded.waiting_since) end,
      waited_since = case when conversations.status = 'open' then conversations.waited_since end,
      last_message_at = coalesce(excluded.last_message_at, conversations.last_message_at),
      last_message_preview = coalesce(excluded.last_message_preview, conversations.last_message_preview)
    returning id, contact_id`.execute(tx)
  const ids = new Map(rows.map((row) => [row.contactId, row.id]))
  return all.map((one) => ids.get(one.contactId)!)
})

/** Somebody of the business talked with the person, which ends their wait. */
export const talked = gathered(async (tx, accountId, contactIds: string[]): Promise<undefined[]> => {
  await sql`update conversations set waiting_since = null, waited_since = null
    where account_id = ${accountId} and contact_id = any(${contactIds}::uuid[])
      and (waiting_since is not null or waited_since is not null)`.execute(tx)
  return contactIds.map(() => undefined)
})

/** A message of ours goes out. A person's message ends the wait; an answer about consent does not. */
export async function weWrote(
  tx: Tx,
  accountId: string,
  conversationId: string,
  wrote: { preview: string; ourAddress: string; theirAddress: string; endsWait: boolean; at: Date },
): Promise<void> {
  await tx
    .updateTable('conversations')
    .set({
      lastMessageAt: wrote.at,
      lastMessagePreview: beginningOf(wrote.preview),
      updatedAt: wrote.at,
      ourAddress: wrote.ourAddress,
      theirAddress: wrote.theirAddress,
      ...(wrote.endsWait && { waitingSince: null, waitedSince: null }),
    })
    .where('accountId', '=', accountId)
    .where('id', '=', conversationId)
    .execute()
}

/** Starts a conversation from our side. An existing one stays as it is. */
export async function begin(
  tx: Tx,
  accountId: string,
  to: { id: string; contactId: string; ourAddress: string; theirAddress: string; at: Date },
): Promise<string> {
  const row = await tx
    .insertInto('conversations')
    .values({
      id: to.id,
      accountId,
      contactId: to.contactId,
      ourAddress: to.ourAddress,
      theirAddress: to.theirAddress,
      updatedAt: to.at,
    })
    .onConflict((c) => c.columns(['accountId', 'contactId']).doUpdateSet({ ourAddress: to.ourAddress }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/**
 * The person wants no more texts at this address. When they want none at any of their phones, nobody can write to them, so
 * nobody owes them an answer. The wait is kept for `optedIn`.
 */
export async function optedOut(tx: Tx, accountId: string, contactId: string, address: string): Promise<void> {
  await sql`update conversations set waited_since = least(waiting_since, waited_since), waiting_since = null
    where account_id = ${accountId} and contact_id = ${contactId} and not exists (
      select from contact_addresses a
      where a.contact_id = conversations.contact_id and a.kind = 'phone' and a.address <> ${address}
        and not exists (select from opt_outs o
          where o.account_id = a.account_id and o.kind = 'phone' and o.address = a.address))`.execute(tx)
}

/** They want texts at one of their phones again: who waited when the opt-out came waits again, since then. */
export async function optedIn(tx: Tx, accountId: string, contactId: string): Promise<void> {
  // They may have called in vain meanwhile; `least` passes over what is null.
  await sql`update conversations set waiting_since = least(waiting_since, waited_since), waited_since = null
    where account_id = ${accountId} and contact_id = ${contactId} and status = 'open'`.execute(tx)
}

/**
 * Where a reply goes, by conversation or by the address; null when there is no such conversation. `theirAddress` is the
 * one they used last, or their primary phone when they no longer have that.
 */
export async function replyRoute(
  tx: Tx,
  accountId: string,
  by: { conversationId: string } | { address: string },
): Promise<{ conversationId: string; contactId: string; ourAddress: string; theirAddress: string | null } | null> {
  const which =
    'conversationId' in by
      ? sql`conversations.id = ${by.conversationId}`
      : sql`contact_id = (select contact_id from contact_addresses
          where account_id = ${accountId} and kind = 'phone' and address = ${by.address})`
  const { rows } = await sql<{
    conversationId: string
    contactId: string
    ourAddress: string
    theirAddress: string | null
  }>`
    select id as conversation_id, contact_id, our_address, ${repliesTo} as their_address
    from conversations where account_id = ${accountId} and ${which}`.execute(tx)
  return rows[0] ?? null
}

/** The address that a reply goes to, in a row of `conversations`. */
export const repliesTo = sql<string | null>`(select a.address from contact_addresses a
  where a.contact_id = conversations.contact_id and a.kind = 'phone'
  order by a.address = conversations.their_address desc, a.position limit 1)`

/** The number of ours that a reply leaves from: the one they used last, or another when we no longer have it. */
export const repliesFrom = sql<string | null>`(select n.number from numbers n
  where n.account_id = conversations.account_id
  order by ${bestToTextFrom(sql`conversations.our_address`)} limit 1)`

/** Whether the address that a reply goes to is opted out. */
export const optedOutThere = sql<boolean>`exists (select from opt_outs o
  where o.account_id = conversations.account_id and o.kind = 'phone' and o.address = ${repliesTo})`

export type ConversationChange = {
  status?: 'open' | 'closed'
  unread?: 0 | 1
  assignedTo?: string | null
  snoozedUntil?: Date | null
}

/** The state before a change, locked; null when there is no such conversation. */
export async function lockConversation(tx: Tx, accountId: string, conversationId: string) {
  const row = await tx
    .selectFrom('conversations')
    .select(['status', 'contactId', 'assignedTo', 'snoozedUntil', 'waitingSince'])
    .where('accountId', '=', accountId)
    .where('id', '=', conversationId)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

/** Applies a person's change. Closing also marks as read; a closed conversation has no wait (see `heardFrom`). */
export async function change(
  tx: Tx,
  accountId: string,
  conversationId: string,
  { status, unread, assignedTo, snoozedUntil }: ConversationChange,
): Promise<void> {
  const set = {
    ...(status !== undefined && { status }),
    ...(status === 'closed' && { unread: 0 }),
    ...(unread !== undefined && { unread }),
    ...(assignedTo !== undefined && { assignedTo }),
    ...(snoozedUntil !== undefined && { snoozedUntil }),
  }
  if (Object.keys(set).length === 0) return
  await tx
    .updateTable('conversations')
    .set(set)
    .where('accountId', '=', accountId)
    .where('id', '=', conversationId)
    .execute()
}

/** Ends a snooze: back at the top of the inbox, unread. Null when it was ended or changed before. */
export async function wake(
  tx: Tx,
  accountId: string,
  conversationId: string,
  { until, at }: { until: Date; at: Date },
): Promise<{ contactId: string } | null> {
  const row = await tx
    .updateTable('conversations')
    .set(({ fn, lit }) => ({ snoozedUntil: null, updatedAt: at, unread: fn<number>('greatest', ['unread', lit(1)]) }))
    .where('accountId', '=', accountId)
    .where('id', '=', conversationId)
    .where('snoozedUntil', '=', until)
    .where('status', '=', 'open')
    .returning('contactId')
    .executeTakeFirst()
  return row ?? null
}

/** Unassigns the conversations of a person who left. */
export async function unassign(tx: Tx, accountId: string, userId: string): Promise<void> {
  await tx
    .updateTable('conversations')
    .set({ assignedTo: null })
    .where('accountId', '=', accountId)
    .where('assignedTo', '=', userId)
    .execute()
}

/**
 * The kept contact's conversation takes over the other's unread count and wait; without one it takes the other's
 * conversation. Returns the conversation that all messages belong to now, or null when neither had one. The other's own
 * is deleted with its contact.
 */
export async function merge(tx: Tx, accountId: string, keepId: string, otherId: string): Promise<string | null> {
  const kept = await tx
    .selectFrom('conversations')
    .select('id')
    .where('accountId', '=', accountId)
    .where('contactId', '=', keepId)
    .executeTakeFirst()
  if (!kept) {
    const taken = await tx
      .updateTable('conversations')
      .set({ contactId: keepId })
      .where('accountId', '=', accountId)
      .where('contactId', '=', otherId)
      .returning('id')
      .executeTakeFirst()
    return taken?.id ?? null
  }
  const otherIsLater = sql`greatest(o.last_message_at, ${lastCall('o')}, '-infinity')
    > greatest(k.last_message_at, ${lastCall('k')}, '-infinity')`
  await sql`update conversations k set unread = k.unread + o.unread,
      status = case when o.status = 'open' then 'open' else k.status end,
      snoozed_until = case when o.status = 'open' and o.waiting_since is not null then null else k.snoozed_until end,
      assigned_to = coalesce(k.assigned_to, o.assigned_to),
      waiting_since = least(case when k.status = 'open' then k.waiting_since end, case when o.status = 'open' then o.waiting_since end),
      waited_since = least(k.waited_since, o.waited_since),
      -- A reply goes to the address that the person used last, also when that was a call without a text.
      channel = case when ${otherIsLater} then o.channel else k.channel end,
      our_address = case when ${otherIsLater} then o.our_address else k.our_address end,
      their_address = case when ${otherIsLater} then o.their_address else k.their_address end,
      last_message_preview = case when o.last_message_at > coalesce(k.last_message_at, '-infinity')
        then o.last_message_preview else k.last_message_preview end,
      last_message_at = greatest(k.last_message_at, o.last_message_at), updated_at = greatest(k.updated_at, o.updated_at)
    from conversations o
    where k.id = ${kept.id} and k.account_id = ${accountId} and o.account_id = ${accountId} and o.contact_id = ${otherId}`.execute(
    tx,
  )
  return kept.id
}

/** When the contact of the conversation `ref` called last and somebody should have answered. */
const lastCall = (ref: string) =>
  sql`(select max(started_at) from calls where calls.contact_id = ${sql.ref(`${ref}.contact_id`)} and calls.outcome = 'missed')`

/** The part that the list shows. */
const beginningOf = (body: string): string => body.slice(0, 140)
