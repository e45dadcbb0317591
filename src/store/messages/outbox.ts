import { sql } from 'kysely'
import { mayPrecede } from '../../domain/message.ts'
import type { Failure, MessageStatus } from '../../domain/words.ts'
import { lockAddress } from '../contacts/addresses.ts'
import type { Tx } from '../db.ts'
import { recordset } from '../recordset.ts'
import { gathered } from '../together.ts'

/** Messages on their way out: queued, leaving, and what became of them. */

export type OutgoingKind = 'text_back' | 'reply' | 'confirmation'

export type NewMessage = {
  id: string
  contactId: string
  conversationId: string
  /** The missed call that a text-back answers. */
  callId: string | null
  kind: OutgoingKind
  channel: 'sms'
  from: string
  to: string
  body: string
  segments: number
  connectionId: string
  /** The writer; null for Textback itself. */
  sentBy: string | null
  idempotencyKey: string | null
  /** The account's time zone: a day's texts are counted by its clock. */
  timezone: string
  at: Date
}

/** Inserts the row, its count for the day and its job: a message is on its way if and only if all three exist. */
export const queueMessage = gathered(async (tx, accountId, messages: NewMessage[]): Promise<undefined[]> => {
  const items = messages.map((m) => ({
    id: m.id,
    contact_id: m.contactId,
    conversation_id: m.conversationId,
    call_id: m.callId,
    kind: m.kind,
    channel: m.channel,
    from_address: m.from,
    to_address: m.to,
    body: m.body,
    segments: m.segments,
    connection_id: m.connectionId,
    sent_by: m.sentBy,
    idempotency_key: m.idempotencyKey,
    timezone: m.timezone,
    at: m.at,
  }))
  await sql`
    with item as materialized (select * from ${recordset(
      `id uuid, contact_id uuid, conversation_id uuid, call_id uuid, kind text, channel text, from_address text,
       to_address text, body text, segments int, connection_id text, sent_by text, idempotency_key text, timezone text,
       at timestamptz`,
      items,
    )}), message as (
      insert into messages (id, account_id, conversation_id, contact_id, call_id, kind, direction, channel, from_address,
        to_address, body, segments, status, connection_id, sent_by, idempotency_key, created_at, due_at)
      select id, ${accountId}, conversation_id, contact_id, call_id, kind, 'outbound', channel, from_address, to_address,
        body, segments, 'queued', connection_id, sent_by, idempotency_key, at, at
      from item
    ), counted as (
      insert into texts_per_day (account_id, day, slot, texts, segments)
      select ${accountId}, (at at time zone timezone)::date, ${countingSlot}, count(*), sum(segments) from item group by 2
      on conflict (account_id, day, slot) do update
        set texts = texts_per_day.texts + excluded.texts, segments = texts_per_day.segments + excluded.segments
    )
    select graphile_worker.add_jobs(array_agg(('deliver-message',
      json_build_object('accountId', ${accountId}::text, 'messageId', id), null, null, null, null, null, null
      )::graphile_worker.job_spec)) from item`.execute(tx)
  return messages.map(() => undefined)
})

/**
 * A day's texts are counted in several rows. With a single row, all calls of a business would wait for each other's
 * commits (45 ms each, with 64 calls at once). Any row will do; connections that write at the same time mostly use
 * different ones.
 */
const countingSlot = sql`pg_backend_pid() % 16`

/** A message on its way out, with everything that decides whether it may leave now. */
export type OutgoingMessage = {
  id: string
  contactId: string
  callId: string | null
  kind: OutgoingKind
  channel: 'sms'
  fromAddress: string
  toAddress: string
  body: string
  segments: number
  status: MessageStatus
  attempts: number
  attemptedAt: Date | null
  slotAt: Date | null
  createdAt: Date
  connectionId: string
  carrierMessageId: string | null
  segmentsPerSecond: number
  optedOutAt: Date | null
  lateAfterMinutes: number
  accountClosing: boolean
  sentBy: string | null
  /** When the ringing of the missed call ended; null for other messages. */
  hungUpAt: Date | null
}

/**
 * Locks a message for its next step; null when there is none. The recipient's lock comes first, the same that a STOP
 * takes: either the STOP is seen here, or it comes after this step.
 */
export const lockOutgoing = gathered(async (tx, accountId, ids: string[]): Promise<(OutgoingMessage | null)[]> => {
  // All phones of the recipient, in the order of lockAddress.
  const lock = sql`select pg_advisory_xact_lock(lock) from (
    select distinct hashtextextended(${accountId} || ' ' || address, 0) as lock from (
      select to_address as address from messages where account_id = ${accountId} and id = any(${ids}::uuid[])
      union
      select theirs.address from messages m
        join contact_addresses a on a.account_id = m.account_id and a.kind = 'phone' and a.address = m.to_address
        join contact_addresses theirs on theirs.contact_id = a.contact_id and theirs.kind = 'phone'
      where m.account_id = ${accountId} and m.id = any(${ids}::uuid[])) held
    order by 1) ordered`.execute(tx)
  const read = sql<OutgoingMessage>`
    select m.id, m.contact_id, m.call_id, m.kind, m.channel, m.from_address, m.to_address, m.body, m.segments, m.status,
      m.attempts, m.attempted_at, m.slot_at, m.created_at, m.connection_id, m.carrier_message_id, m.sent_by,
      coalesce(n.segments_per_second, 1) as segments_per_second, o.created_at as opted_out_at, a.late_after_minutes,
      a.closing_at is not null as account_closing, coalesce(k.rang_until, k.ended_at) as hung_up_at
    from messages m
      join accounts a on a.id = m.account_id
      left join calls k on k.id = m.call_id
      left join numbers n on n.account_id = m.account_id and n.number = m.from_address
      left join opt_outs o on o.account_id = m.account_id and o.kind = 'phone' and o.address = m.to_address
    where m.account_id = ${accountId} and m.id = any(${ids}::uuid[]) and m.direction = 'outbound'
    -- by the line that it leaves from, so that slots are taken in one order by everybody
    order by m.from_address, m.id for update of m`.execute(tx)
  const [, { rows }] = await Promise.all([lock, read])
  const found = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => found.get(id) ?? null)
})

/** Locks the address that a message goes to, before any other lock for the message. */
export async function lockRecipient(tx: Tx, accountId: string, messageId: string): Promise<void> {
  const row = await tx
    .selectFrom('messages')
    .select('toAddress')
    .where('accountId', '=', accountId)
    .where('id', '=', messageId)
    .executeTakeFirst()
  if (row) await lockAddress(tx, accountId, row.toAddress)
}

export const markSending = gathered(async (tx, accountId, all: { id: string; at: Date }[]): Promise<undefined[]> => {
  // `any` besides the join: without it PostgreSQL reads the whole table while it takes it for a small one.
  await sql`update messages set status = 'sending', attempts = attempts + 1, attempted_at = item.at
    from ${recordset('id uuid, at timestamptz', all)}
    where account_id = ${accountId} and messages.id = item.id
      and messages.id = any(${all.map(({ id }) => id)}::uuid[])`.execute(tx)
  return all.map(() => undefined)
})

/** Puts a message back in the queue: the carrier provably did not take it. */
export async function requeue(tx: Tx, accountId: string, id: string): Promise<void> {
  await sql`update messages set status = 'queued', slot_at = null
    where account_id = ${accountId} and id = ${id} and status in ('sending', 'unknown')`.execute(tx)
}

/** One step of one message: which, and how far. */
export type Step = {
  id: string
  status: MessageStatus
  at: Date
  carrierMessageId?: string
  failure?: Failure | null
}

export type Moved = {
  id: string
  contactId: string
  callId: string | null
  kind: OutgoingKind
  toAddress: string
  connectionId: string
  status: MessageStatus
}

/**
 * Moves a message forward, never back, in whatever order the carrier's reports arrive. Null when it is there or further
 * already; new facts of the report (the carrier's id, the time of acceptance) are kept even then.
 */
export const moveForward = gathered(async (tx, accountId, steps: Step[]): Promise<(Moved | null)[]> => {
  const items = steps.map((step) => ({
    id: step.id,
    status: step.status,
    may_come_after: mayPrecede(step.status),
    at: step.at,
    carrier_message_id: step.carrierMessageId ?? null,
    failure: step.failure ?? null,
    accepted: ['accepted', 'sent', 'delivered', 'undelivered'].includes(step.status),
  }))
  const { rows } = await sql<Moved & { moved: boolean }>`
    with before as (
      select id, status from messages
      where account_id = ${accountId} and id = any(${steps.map((step) => step.id)}::uuid[]) and direction = 'outbound'
      order by id for update
    ), step as (
      select item.*, before.status = any(item.may_come_after) as moved
      from before join ${recordset(
        'id uuid, status text, may_come_after text[], at timestamptz, carrier_message_id text, failure jsonb, accepted boolean',
        items,
      )} using (id)
    )
    update messages m set
      status = case when moved then step.status else m.status end,
      failure = case when moved then step.failure else m.failure end,
      due_at = case when not moved then m.due_at end,
      carrier_message_id = coalesce(m.carrier_message_id, step.carrier_message_id),
      accepted_at = coalesce(m.accepted_at, case when accepted then step.at end),
      delivered_at = coalesce(m.delivered_at, case when step.status = 'delivered' then step.at end)
    from step where m.id = step.id and m.id = any(${steps.map((step) => step.id)}::uuid[])
    returning m.id, m.contact_id, m.call_id, m.kind, m.to_address, m.connection_id, m.status, step.moved`.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return steps.map((step) => {
    const row = byId.get(step.id)
    return row?.moved ? row : null
  })
})

/** Our id of a text by the carrier's; null when the text is not ours. */
export async function idOfSent(tx: Tx, accountId: string, connectionId: string, carrierMessageId: string) {
  const row = await tx
    .selectFrom('messages')
    .select('id')
    .where('accountId', '=', accountId)
    .where('connectionId', '=', connectionId)
    .where('carrierMessageId', '=', carrierMessageId)
    .executeTakeFirst()
  return row?.id ?? null
}

/** Refuses queued messages, for a stop or a person. Returns the messages that will not leave now. */
export function refuseQueued(
  tx: Tx,
  accountId: string,
  address: string,
  failure: Failure,
): Promise<{ id: string; fromAddress: string; slotAt: Date | null }[]> {
  return tx
    .updateTable('messages')
    .set({ status: 'refused', failure: JSON.stringify(failure), dueAt: null })
    .where('id', 'in', (q) =>
      q
        .selectFrom('messages')
        .select('id')
        .where('accountId', '=', accountId)
        .where('toAddress', '=', address)
        .where('status', '=', 'queued')
        .where('kind', '!=', 'confirmation')
        // in the order of `moveForward`, so that the two do not wait for each other
        .orderBy('id')
        .forUpdate(),
    )
    .where('accountId', '=', accountId)
    .where('status', '=', 'queued')
    .returning(['id', 'fromAddress', 'slotAt'])
    .execute()
}

/** Those of the carrier ids that our messages have already. */
export async function takenCarrierIds(
  tx: Tx,
  accountId: string,
  connectionId: string,
  ids: string[],
): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('messages')
    .select('carrierMessageId')
    .where('accountId', '=', accountId)
    .where('connectionId', '=', connectionId)
    .where('carrierMessageId', 'in', ids)
    .execute()
  return new Set(rows.map((row) => row.carrierMessageId!))
}
