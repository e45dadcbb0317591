import { sql } from 'kysely'
import { mayPrecede } from '../domain/message.ts'
import type { MessageStatus, Trouble } from '../domain/words.ts'
import { inBatches } from './batches.ts'
import { asAccount, type Database, type Tx } from './db.ts'

/** A message on its way out, with all that decides whether it may leave now. */
export type OutgoingMessage = {
  id: string
  contactId: string
  callId: string | null
  kind: 'text_back' | 'reply' | 'confirmation'
  fromPhone: string
  toPhone: string
  body: string
  segments: number
  status: MessageStatus
  attempts: number
  attemptedAt: Date | null
  slotAt: Date | null
  createdAt: Date
  carrier: string
  carrierMessageId: string | null
  segmentsPerSecond: number
  optedOutAt: Date | null
  lateAfterMinutes: number
  /** Who wrote it, or chose that it is sent; null: Textback by itself. */
  sentBy: string | null
  /** When the ringing of the missed call ended; null for what is no text-back. */
  hungUpAt: Date | null
}

const outgoing = sql`m.id, m.contact_id, m.call_id, m.kind, m.from_phone, m.to_phone, m.body, m.segments, m.status,
  m.attempts, m.attempted_at, m.slot_at, m.created_at, m.carrier, m.carrier_message_id, m.sent_by,
  coalesce(n.segments_per_second, 1) as segments_per_second, o.created_at as opted_out_at, a.late_after_minutes,
  coalesce(k.rang_until, k.ended_at) as hung_up_at`

/**
 * A message locked for its next step. The recipient's lock comes first, the same that a STOP takes: either the STOP
 * is seen here, or it comes after this step.
 */
export async function lockOutgoing(tx: Tx, accountId: string, id: string): Promise<OutgoingMessage | null> {
  const [message] = await lockAllOutgoing(tx, accountId, [id])
  return message ?? null
}

/** The same for several messages; in an order of their lines, so that slots are taken in one order by everybody. */
export async function lockAllOutgoing(tx: Tx, accountId: string, ids: string[]): Promise<OutgoingMessage[]> {
  const lock = sql`select pg_advisory_xact_lock(lock) from (
    select distinct hashtextextended(account_id || ' ' || to_phone, 0) as lock from messages
    where account_id = ${accountId} and id = any(${ids}::uuid[]) order by 1) ordered`.execute(tx)
  const read = sql<OutgoingMessage>`
    select ${outgoing} from messages m
      join accounts a on a.id = m.account_id
      left join calls k on k.id = m.call_id
      left join numbers n on n.account_id = m.account_id and n.number = m.from_phone
      left join opt_outs o on o.account_id = m.account_id and o.phone = m.to_phone
    where m.account_id = ${accountId} and m.id = any(${ids}::uuid[]) and m.direction = 'outbound'
    order by m.from_phone, m.id for update of m`.execute(tx)
  const [, { rows }] = await Promise.all([lock, read])
  return rows
}

/**
 * The line's next free moment, taken: the line is busy for `seconds` from then on. This one row is the serial queue
 * that keeps the carrier's rate per number, for all processes together.
 */
export async function takeSlot(tx: Tx, accountId: string, number: string, seconds: number, now: Date): Promise<Date> {
  const { rows } = await sql<{ slotAt: Date }>`
    update numbers set free_at = greatest(free_at, ${now}) + make_interval(secs => ${seconds})
    where account_id = ${accountId} and number = ${number}
    returning free_at - make_interval(secs => ${seconds}) as slot_at`.execute(tx)
  return rows[0]?.slotAt ?? now
}

export async function markSending(tx: Tx, accountId: string, ids: string[], now: Date): Promise<void> {
  await sql`update messages set status = 'sending', attempts = attempts + 1, attempted_at = ${now}
    where account_id = ${accountId} and id = any(${ids}::uuid[])`.execute(tx)
}

export async function holdForSlot(tx: Tx, accountId: string, id: string, slotAt: Date): Promise<void> {
  await sql`update messages set slot_at = ${slotAt} where account_id = ${accountId} and id = ${id}`.execute(tx)
}

/** Back in the queue: the carrier provably did not take it. */
export async function requeue(tx: Tx, accountId: string, id: string): Promise<void> {
  await sql`update messages set status = 'queued', slot_at = null
    where account_id = ${accountId} and id = ${id} and status in ('sending', 'unknown')`.execute(tx)
}

export type Progress = {
  status: MessageStatus
  at: Date
  carrierMessageId?: string
  trouble?: Trouble | null
}

export type Moved = {
  id: string
  contactId: string
  callId: string | null
  kind: OutgoingMessage['kind']
  toPhone: string
  carrier: string
  status: MessageStatus
}

/** One step of one message: which, and how far. */
export type Step = { id: string } & Progress

/**
 * Moves a message forward, never back, whatever the order in which the carrier's words arrive. Null when it stands
 * there or further already; what the words add (the carrier's id, the time of acceptance) is kept all the same.
 */
export async function moveForward(tx: Tx, accountId: string, step: Step): Promise<Moved | null> {
  const [moved] = await moveAllForward(tx, accountId, [step])
  return moved ?? null
}

/** The same for several messages, each of which occurs once; the answers are in the order of the steps. */
export async function moveAllForward(tx: Tx, accountId: string, steps: Step[]): Promise<(Moved | null)[]> {
  const { rows } = await sql<Moved & { moved: boolean }>`
    with before as (
      select id, status from messages
      where account_id = ${accountId} and id = any(${steps.map((step) => step.id)}::uuid[]) and direction = 'outbound'
      order by id for update
    ), step as (
      select before.id, before.status = any(string_to_array(s.may_come_after, ' ')) as moved, s.status, s.at,
        s.carrier_message_id, s.trouble, s.status in ('accepted', 'sent', 'delivered', 'undelivered') as accepted
      from before join unnest(
        ${steps.map((step) => step.id)}::uuid[], ${steps.map((step) => step.status)}::text[],
        ${steps.map((step) => mayPrecede(step.status).join(' '))}::text[], ${steps.map((step) => step.at)}::timestamptz[],
        ${steps.map((step) => step.carrierMessageId ?? null)}::text[],
        ${steps.map((step) => (step.trouble ? JSON.stringify(step.trouble) : null))}::jsonb[]
      ) as s (id, status, may_come_after, at, carrier_message_id, trouble) on s.id = before.id
    )
    update messages m set
      status = case when moved then step.status else m.status end,
      trouble = case when moved then step.trouble else m.trouble end,
      carrier_message_id = coalesce(m.carrier_message_id, step.carrier_message_id),
      accepted_at = coalesce(m.accepted_at, case when accepted then step.at end),
      delivered_at = coalesce(m.delivered_at, case when step.status = 'delivered' then step.at end)
    from step where m.id = step.id
    returning m.id, m.contact_id, m.call_id, m.kind, m.to_phone, m.carrier, m.status, step.moved`.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return steps.map((step) => {
    const row = byId.get(step.id)
    return row?.moved ? row : null
  })
}

/** Our id of a text by the carrier's; null when it is none of ours. */
export async function idOfSent(tx: Tx, accountId: string, carrier: string, carrierMessageId: string) {
  const row = await tx
    .selectFrom('messages')
    .select('id')
    .where('accountId', '=', accountId)
    .where('carrier', '=', carrier)
    .where('carrierMessageId', '=', carrierMessageId)
    .executeTakeFirst()
  return row?.id ?? null
}

/** Moves a message forward in a transaction that it shares with others of the account that are moved at the same moment. */
export const moveTogether = inBatches(
  ({ id }: Step) => id,
  (db: Database, accountId, steps) => asAccount(db, accountId, (tx) => moveAllForward(tx, accountId, steps)),
)

/** A stop, or a person, ends what is still waiting to leave. Gives the ids of the messages that will not leave now. */
export async function refuseQueued(tx: Tx, accountId: string, phone: string, trouble: Trouble): Promise<string[]> {
  const rows = await tx
    .updateTable('messages')
    .set({ status: 'refused', trouble: JSON.stringify(trouble) })
    .where('accountId', '=', accountId)
    .where('toPhone', '=', phone)
    .where('status', '=', 'queued')
    .where('kind', '!=', 'confirmation')
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** Which of these carrier ids a message of ours has already. */
export async function takenCarrierIds(tx: Tx, accountId: string, carrier: string, ids: string[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('messages')
    .select('carrierMessageId')
    .where('accountId', '=', accountId)
    .where('carrier', '=', carrier)
    .where('carrierMessageId', 'in', ids)
    .execute()
  return new Set(rows.map((row) => row.carrierMessageId!))
}

/**
 * A day's texts are counted in several rows: in one, all calls of a business would wait for each other until the disk
 * has their commits (45 ms each, with 64 calls at once). Which one does not matter; connections that write at the same time
 * mostly have different ones.
 */
export const countingSlot = sql`pg_backend_pid() % 16`

export type NewMessage = {
  id: string
  accountId: string
  contactId: string
  conversationId: string
  kind: 'reply' | 'confirmation'
  from: string
  to: string
  body: string
  segments: number
  carrier: string
  sentBy: string | null
  idempotencyKey: string | null
  timezone: string
  now: Date
}

/** A text that somebody, or we in answer, wants sent: the row, its count for the day, its job. */
export async function queueMessage(tx: Tx, m: NewMessage): Promise<void> {
  await sql`
    with message as (
      insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_phone, to_phone, body,
        segments, status, carrier, sent_by, idempotency_key, created_at)
      values (${m.id}, ${m.accountId}, ${m.conversationId}, ${m.contactId}, ${m.kind}, 'outbound', ${m.from}, ${m.to},
        ${m.body}, ${m.segments}, 'queued', ${m.carrier}, ${m.sentBy}, ${m.idempotencyKey}, ${m.now})
    ), conversation as (
      update conversations set last_message_at = ${m.now}, last_message_preview = ${m.body.slice(0, 140)},
        updated_at = ${m.now}, number = ${m.from},
        waiting_since = case when ${m.kind === 'reply'}::boolean then null else waiting_since end
      where account_id = ${m.accountId} and id = ${m.conversationId}
    ), counted as (
      insert into texts_per_day (account_id, day, slot, texts)
      values (${m.accountId}, (${m.now}::timestamptz at time zone ${m.timezone})::date, ${countingSlot}, 1)
      on conflict (account_id, day, slot) do update set texts = texts_per_day.texts + 1
    )
    select graphile_worker.add_job('deliver-message',
      json_build_object('accountId', ${m.accountId}::text, 'messageId', ${m.id}::text))`.execute(tx)
}

export type ReceivedMessage = {
  id: string
  accountId: string
  contactId: string
  conversationId: string
  from: string
  to: string
  body: string
  segments: number
  media: { url: string; contentType: string | null }[]
  carrier: string
  carrierMessageId: string
  now: Date
}

/**
 * An incoming text with its contact and conversation, once per carrier id. Null when it is here already. `isNewContact`
 * tells whether this text is the first that we ever heard of the person.
 */
export async function insertReceived(
  tx: Tx,
  m: ReceivedMessage,
): Promise<{ contactId: string; conversationId: string; isNewContact: boolean } | null> {
  const { rows } = await sql<{ contactId: string; conversationId: string; isNewContact: boolean }>`
    with contact as (
      insert into contacts (id, account_id, phone, created_at, updated_at)
      select ${m.contactId}::uuid, ${m.accountId}, ${m.from}, ${m.now}::timestamptz, ${m.now}::timestamptz
      where not exists (select from messages where account_id = ${m.accountId} and carrier = ${m.carrier}
        and carrier_message_id = ${m.carrierMessageId})
      on conflict (account_id, phone) do update set updated_at = ${m.now}
      returning id, (xmax = 0) as is_new
    ), conversation as (
      insert into conversations (id, account_id, contact_id, number, unread, last_message_at, last_message_preview,
        waiting_since, updated_at)
      select ${m.conversationId}::uuid, ${m.accountId}, contact.id, ${m.to}, 1, ${m.now}, ${m.body.slice(0, 140)}, ${m.now}, ${m.now}
      from contact
      on conflict (account_id, contact_id) do update set number = excluded.number, status = 'open',
        unread = conversations.unread + 1, snoozed_until = null,
        waiting_since = case when conversations.status = 'closed' then excluded.waiting_since
          else coalesce(conversations.waiting_since, excluded.waiting_since) end, last_message_at = excluded.last_message_at,
        last_message_preview = excluded.last_message_preview, updated_at = excluded.updated_at
      returning id
    )
    insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_phone, to_phone, body,
      segments, media, status, carrier, carrier_message_id, created_at)
    select ${m.id}::uuid, ${m.accountId}, conversation.id, contact.id, 'inbound', 'inbound', ${m.from}, ${m.to}, ${m.body},
      ${m.segments}::int, ${JSON.stringify(m.media)}::jsonb, 'received', ${m.carrier}, ${m.carrierMessageId}, ${m.now}
    from contact, conversation
    returning contact_id, conversation_id, (select is_new from contact) as is_new_contact`.execute(tx)
  return rows[0] ?? null
}

/** Whoever waited in the conversation waits no more. */
export async function nobodyWaits(tx: Tx, accountId: string, conversationId: string): Promise<void> {
  await tx
    .updateTable('conversations')
    .set({ waitingSince: null })
    .where('accountId', '=', accountId)
    .where('id', '=', conversationId)
    .execute()
}
