import { sql } from 'kysely'
import type { Hours } from '../domain/schedule.ts'
import type { Decision, TextBackFacts } from '../domain/textback.ts'
import type { CallOutcome, LineType, NumberMode } from '../domain/words.ts'
import type { Tx } from './db.ts'

/** A call with the line that it came in on: all that the next step needs, from one statement. */
export type NotedCall = {
  id: string
  contactId: string | null
  legId: string | null
  number: string
  fromPhone: string
  mode: NumberMode
  outcome: CallOutcome
  why: string | null
  stirVerstat: string | null
  startedAt: Date
  answeredAt: Date | null
  rangUntil: Date | null
  endedAt: Date | null
  decidedAt: Date | null
  recovered: boolean
  isNew: boolean
  line: Line
}

export type Line = {
  number: string
  carrier: string
  textsThrough: string | null
  enabled: boolean
  mode: NumberMode
  forwardTo: string[]
  ringSeconds: number
  minRingSeconds: number
  greeting: string
  textBackEnabled: boolean
  textBackMessage: string
  textBackRepeatMessage: string | null
  afterHoursMessage: string | null
  hours: Hours | null
  cooldownMinutes: number
  forgedCallerId: 'skip' | 'send'
  business: string
  countries: string[]
  timezone: string
  dailyCap: number
  lateAfterMinutes: number
}

export type NewCall = {
  id: string
  accountId: string
  carrier: string
  carrierCallId: string
  legId: string | null
  number: string
  from: string
  callerName: string | null
  forwardedFrom: string | null
  stirVerstat: string | null
  startedAt: Date
  answeredAt: Date | null
  endedAt: Date | null
  why: string | null
  durationSeconds: number | null
  recovered: boolean
}

/** The line's columns as one JSON value, so that a call and its line come in one row. */
const lineJson = sql`json_build_object(
  'number', n.number, 'carrier', n.carrier, 'textsThrough', n.texts_through, 'enabled', n.enabled, 'mode', n.mode,
  'forwardTo', n.forward_to, 'ringSeconds', n.ring_seconds, 'minRingSeconds', n.min_ring_seconds, 'greeting', n.greeting,
  'textBackEnabled', n.text_back_enabled, 'textBackMessage', n.text_back_message,
  'textBackRepeatMessage', n.text_back_repeat_message, 'afterHoursMessage', n.after_hours_message, 'hours', n.hours, 'cooldownMinutes', n.cooldown_minutes,
  'forgedCallerId', n.forged_caller_id, 'business', a.name, 'countries', array_prepend(a.country, a.also_texts_countries),
  'timezone', a.timezone, 'dailyCap', a.daily_cap, 'lateAfterMinutes', a.late_after_minutes)`

const callColumns = sql`c.id, c.contact_id, c.leg_id, c.number, c.from_phone, c.mode, c.outcome, c.why, c.stir_verstat,
  c.started_at, c.answered_at, c.rang_until, c.ended_at, c.decided_at, c.recovered`

/**
 * Writes a call down once, however often and in whatever order its events come: what is known stays, what is new is
 * added. An arrival is the better witness of the start than an end that is counted back from. Null when the account has no such number.
 */
export async function noteCall(tx: Tx, call: NewCall): Promise<NotedCall | null> {
  const { rows } = await sql<NotedCall>`
    with line as (
      select n.mode, ${lineJson} as line from numbers n join accounts a on a.id = n.account_id
      where n.account_id = ${call.accountId} and n.number = ${call.number}
    ), c as (
      insert into calls (id, account_id, carrier, carrier_call_id, leg_id, number, from_phone, mode, outcome, why,
        caller_name, forwarded_from, stir_verstat, started_at, answered_at, rang_until, ended_at, duration_seconds, recovered)
      select ${call.id}, ${call.accountId}, ${call.carrier}, ${call.carrierCallId}, ${call.legId}, ${call.number},
        ${call.from}, line.mode, ${call.answeredAt ? 'in_progress' : 'ringing'}, ${call.why}, ${call.callerName},
        ${call.forwardedFrom}, ${call.stirVerstat}, ${call.startedAt}::timestamptz, ${call.answeredAt}::timestamptz,
        ${call.endedAt}::timestamptz, ${call.endedAt}::timestamptz, ${call.durationSeconds}::int, ${call.recovered}
      from line
      on conflict on constraint one_row_per_call do update set
        leg_id = coalesce(calls.leg_id, excluded.leg_id),
        started_at = case when excluded.ended_at is null
          then least(calls.started_at, excluded.started_at) else calls.started_at end,
        answered_at = coalesce(calls.answered_at, excluded.answered_at),
        rang_until = coalesce(calls.rang_until, excluded.rang_until),
        ended_at = coalesce(calls.ended_at, excluded.ended_at),
        why = coalesce(calls.why, excluded.why),
        caller_name = coalesce(calls.caller_name, excluded.caller_name),
        forwarded_from = coalesce(calls.forwarded_from, excluded.forwarded_from),
        stir_verstat = coalesce(calls.stir_verstat, excluded.stir_verstat),
        duration_seconds = coalesce(calls.duration_seconds, excluded.duration_seconds)
      returning calls.*, (xmax = 0) as is_new
    )
    select ${callColumns}, c.is_new, line.line from c, line`.execute(tx)
  return rows[0] ?? null
}

/** What became known of a call that was noted before; null when there is none. */
export async function noteProgress(
  tx: Tx,
  accountId: string,
  carrier: string,
  carrierCallId: string,
  progress: { answeredAt?: Date; rangUntil?: Date; why?: string },
): Promise<NotedCall | null> {
  const { rows } = await sql<NotedCall>`
    with c as (
      update calls set
        answered_at = coalesce(answered_at, ${progress.answeredAt ?? null}::timestamptz),
        outcome = case when decided_at is null and ${progress.answeredAt != null}::boolean then 'in_progress' else outcome end,
        rang_until = coalesce(rang_until, ${progress.rangUntil ?? progress.answeredAt ?? null}::timestamptz),
        why = coalesce(why, ${progress.why ?? null}::text)
      where account_id = ${accountId} and carrier = ${carrier} and carrier_call_id = ${carrierCallId}
      returning *
    )
    select ${callColumns}, false as is_new, ${lineJson} as line
    from c join numbers n on n.account_id = c.account_id and n.number = c.number
      join accounts a on a.id = c.account_id`.execute(tx)
  return rows[0] ?? null
}

/** A call that is noted already, locked until the transaction ends. */
export async function lockCall(
  tx: Tx,
  accountId: string,
  id: string,
): Promise<(NotedCall & { carrier: string; carrierCallId: string }) | null> {
  const { rows } = await sql<NotedCall & { carrier: string; carrierCallId: string }>`
    select ${callColumns}, c.carrier, c.carrier_call_id, false as is_new, ${lineJson} as line
    from calls c join numbers n on n.account_id = c.account_id and n.number = c.number
      join accounts a on a.id = c.account_id
    where c.account_id = ${accountId} and c.id = ${id} for update of c`.execute(tx)
  return rows[0] ?? null
}

/** A line with everything of its account that a decision depends on; null when the account has no such number. */
export async function findLine(tx: Tx, accountId: string, number: string): Promise<Line | null> {
  const { rows } = await sql<{ line: Line }>`
    select ${lineJson} as line from numbers n join accounts a on a.id = n.account_id
    where n.account_id = ${accountId} and n.number = ${number}`.execute(tx)
  return rows[0]?.line ?? null
}

/** Undecided calls that began before `before`: their last webhook may be lost. */
export async function openCalls(tx: Tx, accountId: string, carrier: string, before: Date) {
  return await tx
    .selectFrom('calls')
    .select(['id', 'carrierCallId', 'legId', 'number', 'startedAt'])
    .where('accountId', '=', accountId)
    .where('carrier', '=', carrier)
    .where('decidedAt', 'is', null)
    .where('startedAt', '<', before)
    .orderBy('startedAt')
    .limit(500)
    .execute()
}

/** Two calls of one caller are decided one after the other: the second sees the first one's text and contact. */
export async function lockCaller(tx: Tx, accountId: string, phone: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${accountId} ${phone}`}, 0))`.execute(tx)
}

export type CallerFacts = {
  contactId: string | null
  contactName: string | null
  optedOutAt: Date | null
  excluded: boolean
  blocked: boolean
  ownPhone: TextBackFacts['ownPhone']
  lineType: { type: LineType; source: string; at: Date } | null
  lastTextBackAt: Date | null
  lastTextBackBody: string | null
  textsLastHour: number
  sameInboundLastHour: number
  textsToday: number
}

/** Everything about the caller that the decision looks at, in one statement. `now` is the app's clock. */
export async function loadCallerFacts(
  tx: Tx,
  accountId: string,
  phone: string,
  timezone: string,
  now: Date,
): Promise<CallerFacts> {
  const hourAgo = new Date(now.getTime() - 3_600_000)
  const { rows } = await sql<
    Omit<CallerFacts, 'lineType' | 'excluded' | 'blocked'> & {
      lists: string[]
      lineType: LineType | null
      lineTypeSource: string | null
      lineTypeAt: Date | null
    }
  >`
    with contact as (
      select id, name, line_type, line_type_source, line_type_at from contacts
      where account_id = ${accountId} and phone = ${phone}
    ), recent as (
      select m.kind, m.direction, m.body, m.created_at, m.status from messages m, contact
      where m.contact_id = contact.id and m.created_at > ${hourAgo}
    ), last_text_back as (
      select m.created_at, m.body from messages m, contact
      where m.contact_id = contact.id and m.kind = 'text_back' and m.status <> 'refused'
      order by m.created_at desc limit 1
    )
    select contact.id as contact_id, contact.name as contact_name, contact.line_type, contact.line_type_source,
      contact.line_type_at,
      (select created_at from opt_outs where account_id = ${accountId} and phone = ${phone}) as opted_out_at,
      (select coalesce(array_agg(list), '{}') from listed_phones where account_id = ${accountId} and phone = ${phone}) as lists,
      case when exists (select from numbers where account_id = ${accountId} and number = ${phone}) then 'number'
           when exists (select from numbers where account_id = ${accountId} and ${phone} = any(forward_to)) then 'target'
      end as own_phone,
      (select created_at from last_text_back) as last_text_back_at,
      (select body from last_text_back) as last_text_back_body,
      (select count(*)::int from recent where direction = 'outbound' and status <> 'refused') as texts_last_hour,
      (select coalesce(max(n), 0)::int from (select count(*) as n from recent where direction = 'inbound' group by body) b)
        as same_inbound_last_hour,
      coalesce((select texts from texts_per_day where account_id = ${accountId}
        and day = (${now}::timestamptz at time zone ${timezone})::date), 0) as texts_today
    from (select 1) one left join contact on true`.execute(tx)
  const { lists, lineType, lineTypeSource, lineTypeAt, ...row } = rows[0]!
  return {
    ...row,
    excluded: lists.includes('exclude'),
    blocked: lists.includes('block'),
    lineType: lineType && { type: lineType, source: lineTypeSource ?? 'carrier', at: lineTypeAt ?? now },
  }
}

export type SettledCall = {
  call: {
    id: string
    accountId: string
    from: string
    number: string
    outcome: 'answered' | 'missed'
    why: string | null
  }
  decision: Decision
  now: Date
  timezone: string
  /** Null for a caller without a number: there is nobody to make a contact of. */
  contactId: string | null
  lead: { id: string } | null
  conversation: { id: string } | null
  text: { id: string; carrier: string; body: string; segments: number } | null
  /** Ids for the events that may come of it: the call's end, the lead, the queued text. */
  eventIds: [string, string, string]
  recovered: boolean
}

/**
 * Writes down how a call ended and everything that follows: contact, lead, conversation, the queued text with its job,
 * the events. One statement, so that there is nothing between "decided" and "queued". Gives the ids that stand now,
 * which may be those of rows that were there before.
 */
export async function settleCall(
  tx: Tx,
  s: SettledCall,
): Promise<{ contactId: string | null; messageId: string | null }> {
  const { call } = s
  const [callEvent, leadEvent, textEvent] = s.eventIds
  const preview = s.text?.body.slice(0, 140) ?? null
  const sends = s.text !== null
  const { rows } = await sql<{ contactId: string | null; messageId: string | null }>`
    with contact as (
      insert into contacts (id, account_id, phone)
      select ${s.contactId}::uuid, ${call.accountId}, ${call.from} where ${s.contactId !== null}::boolean
      on conflict (account_id, phone) do update set updated_at = ${s.now}
      returning id
    ), first_stage as (
      select p.id as pipeline_id, st.id as stage_id from pipelines p join stages st on st.pipeline_id = p.id
      where p.account_id = ${call.accountId} and p.is_default order by st.position limit 1
    ), lead as (
      insert into leads (id, account_id, contact_id, pipeline_id, stage_id, created_at)
      select ${s.lead?.id ?? null}::uuid, ${call.accountId}, contact.id, pipeline_id, stage_id, ${s.now}
      from contact, first_stage where ${s.lead !== null}::boolean
      on conflict (account_id, contact_id) where status = 'open' do update set updated_at = ${s.now}
      returning id, (xmax = 0) as is_new
    ), conversation as (
      insert into conversations (id, account_id, contact_id, number, unread, last_message_at, last_message_preview,
        waiting_since, updated_at)
      select ${s.conversation?.id ?? null}::uuid, ${call.accountId}, contact.id, ${call.number}, ${sends ? 0 : 1},
        case when ${sends}::boolean then ${s.now}::timestamptz end, ${preview}, ${s.now}, ${s.now}
      from contact where ${s.conversation !== null}::boolean
      on conflict (account_id, contact_id) do update set
        number = excluded.number, status = 'open', updated_at = excluded.updated_at,
        unread = conversations.unread + excluded.unread, snoozed_until = null,
        waiting_since = case when conversations.status = 'closed' then excluded.waiting_since
          else coalesce(conversations.waiting_since, excluded.waiting_since) end,
        last_message_at = coalesce(excluded.last_message_at, conversations.last_message_at),
        last_message_preview = coalesce(excluded.last_message_preview, conversations.last_message_preview)
      returning id
    ), talked as (
      -- whoever waited for an answer has just had one
      update conversations set waiting_since = null from contact
      where ${call.outcome === 'answered'}::boolean and account_id = ${call.accountId} and contact_id = contact.id
    ), message as (
      insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_phone, to_phone, body,
        segments, status, carrier, call_id, created_at)
      select ${s.text?.id ?? null}::uuid, ${call.accountId}, conversation.id, contact.id, 'text_back', 'outbound',
        ${call.number}, ${call.from}, ${s.text?.body ?? null}, ${s.text?.segments ?? null}::int, 'queued',
        ${s.text?.carrier ?? null}, ${call.id}::uuid, ${s.now}
      from contact, conversation where ${sends}::boolean
      returning id
    ), counted as (
      insert into texts_per_day (account_id, day, texts)
      select ${call.accountId}, (${s.now}::timestamptz at time zone ${s.timezone})::date, 1 from message
      on conflict (account_id, day) do update set texts = texts_per_day.texts + 1
    ), job as (
      select graphile_worker.add_job('deliver-message',
        json_build_object('accountId', ${call.accountId}::text, 'messageId', message.id)) from message
    ), events_made as (
      insert into events (id, account_id, type, contact_id, lead_id, call_id, message_id, cause_id, data, at)
      select ${callEvent}::uuid, ${call.accountId}, ${`call.${call.outcome}`}, (select id from contact),
        (select id from lead), ${call.id}::uuid, (select id from message), null::uuid,
        ${JSON.stringify({ number: call.number, reason: s.decision.reason, ...(s.recovered && { recovered: true }) })}::jsonb, ${s.now}::timestamptz
      union all
      select ${leadEvent}::uuid, ${call.accountId}, 'lead.created', contact.id, lead.id, ${call.id}::uuid, null,
        ${callEvent}::uuid, '{}', ${s.now} from contact, lead where lead.is_new
      union all
      select ${textEvent}::uuid, ${call.accountId}, 'message.queued', contact.id, (select id from lead), ${call.id}::uuid,
        message.id, ${callEvent}::uuid, '{}', ${s.now} from contact, message
    ), settled as (
      update calls set outcome = ${call.outcome}, why = coalesce(why, ${call.why}), contact_id = (select id from contact),
        decision = ${JSON.stringify(s.decision)}::jsonb, decided_at = ${s.now}, message_id = (select id from message)
      where account_id = ${call.accountId} and id = ${call.id}::uuid
    )
    select (select id from contact) as contact_id, (select id from message) as message_id,
      (select count(*) from job) as jobs`.execute(tx)
  return rows[0]!
}
