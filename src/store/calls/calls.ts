import { sql } from 'kysely'
import type { Hours } from '../domain/schedule.ts'
import type { TextBackFacts } from '../domain/textback.ts'
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
  /** Told once and whole: who tells of it again says the same, or means another call. */
  exact: boolean
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
 * Writes calls down, each once, however often and in whatever order its events come: what is known stays, what is new is
 * added. An arrival is the better witness of the start than an end that is counted back from. The answers are in the order
 * of the calls, each of which occurs once; null when the account has no such number, and for an exact call whose id
 * another one has.
 */
export async function noteCalls(tx: Tx, accountId: string, calls: NewCall[]): Promise<(NotedCall | null)[]> {
  const exact = [...new Set(calls.filter((call) => call.exact).map((call) => call.carrier))]
  const { rows } = await sql<NotedCall & { carrier: string; carrierCallId: string }>`
    with line as (
      select n.number, n.mode, ${lineJson} as line from numbers n join accounts a on a.id = n.account_id
      where n.account_id = ${accountId} and n.number = any(${calls.map((call) => call.number)}::text[])
    ), new as (
      select * from unnest(
        ${calls.map((call) => call.id)}::uuid[], ${calls.map((call) => call.carrier)}::text[],
        ${calls.map((call) => call.carrierCallId)}::text[], ${calls.map((call) => call.legId)}::text[],
        ${calls.map((call) => call.number)}::text[], ${calls.map((call) => call.from)}::text[],
        ${calls.map((call) => call.why)}::text[], ${calls.map((call) => call.callerName)}::text[],
        ${calls.map((call) => call.forwardedFrom)}::text[], ${calls.map((call) => call.stirVerstat)}::text[],
        ${calls.map((call) => call.startedAt)}::timestamptz[], ${calls.map((call) => call.answeredAt)}::timestamptz[],
        ${calls.map((call) => call.endedAt)}::timestamptz[], ${calls.map((call) => call.durationSeconds)}::int[],
        ${calls.map((call) => call.recovered)}::boolean[]
      ) as new (id, carrier, carrier_call_id, leg_id, number, from_phone, why, caller_name, forwarded_from, stir_verstat,
        started_at, answered_at, ended_at, duration_seconds, recovered)
    ), c as (
      insert into calls (id, account_id, carrier, carrier_call_id, leg_id, number, from_phone, mode, outcome, why,
        caller_name, forwarded_from, stir_verstat, started_at, answered_at, rang_until, ended_at, duration_seconds, recovered)
      select new.id, ${accountId}, new.carrier, new.carrier_call_id, new.leg_id, new.number, new.from_phone, line.mode,
        case when new.answered_at is null then 'ringing' else 'in_progress' end, new.why, new.caller_name,
        new.forwarded_from, new.stir_verstat, new.started_at, new.answered_at, new.ended_at, new.ended_at,
        new.duration_seconds, new.recovered
      from new join line using (number) order by new.carrier, new.carrier_call_id
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
      where calls.carrier <> all(${exact}::text[]) or (calls.number, calls.from_phone, calls.started_at)
        = (excluded.number, excluded.from_phone, excluded.started_at)
      returning calls.*, (xmax = 0) as is_new
    )
    select ${callColumns}, c.is_new, c.carrier, c.carrier_call_id, line.line from c join line using (number)`.execute(
    tx,
  )
  const noted = new Map(rows.map((row) => [`${row.carrier} ${row.carrierCallId}`, row]))
  return calls.map((call) => noted.get(`${call.carrier} ${call.carrierCallId}`) ?? null)
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
  await lockCallers(tx, accountId, [phone])
}

/** In one order for everybody, so that two who lock several callers do not wait for each other. */
export async function lockCallers(tx: Tx, accountId: string, phones: string[]): Promise<void> {
  const names = [...new Set(phones)].map((phone) => `${accountId} ${phone}`)
  await sql`select pg_advisory_xact_lock(lock) from (
    select hashtextextended(name, 0) as lock from unnest(${names}::text[]) as name order by 1) ordered`.execute(tx)
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

/** Everything about a caller that the decision looks at. `now` is the app's clock. */
export async function loadCallerFacts(tx: Tx, accountId: string, phone: string, timezone: string, now: Date) {
  const [facts] = await loadCallersFacts(tx, accountId, [phone], timezone, now)
  return facts!
}

/** The same for several callers, in one statement; the answers are in their order. `timezone` is the account's. */
export async function loadCallersFacts(
  tx: Tx,
  accountId: string,
  phones: string[],
  timezone: string,
  now: Date,
): Promise<CallerFacts[]> {
  const hourAgo = new Date(now.getTime() - 3_600_000)
  const { rows } = await sql<
    Omit<CallerFacts, 'lineType' | 'excluded' | 'blocked'> & {
      lists: string[]
      lineType: LineType | null
      lineTypeSource: string | null
      lineTypeAt: Date | null
    }
  >`
    select facts.*
    from unnest(${phones}::text[]) with ordinality as caller (phone, nth), lateral (with contact as (
      select id, name, line_type, line_type_source, line_type_at from contacts
      where account_id = ${accountId} and phone = caller.phone
    ), recent as (
      select m.kind, m.direction, m.body, m.created_at, m.status from messages m, contact
      where m.contact_id = contact.id and m.created_at > ${hourAgo}
    ), last_text_back as (
      select m.created_at, m.body from messages m, contact
      where m.contact_id = contact.id and m.kind = 'text_back' and m.status not in ('refused', 'failed', 'undelivered')
      order by m.created_at desc limit 1
    )
    select contact.id as contact_id, contact.name as contact_name, contact.line_type, contact.line_type_source,
      contact.line_type_at,
      (select created_at from opt_outs where account_id = ${accountId} and phone = caller.phone) as opted_out_at,
      (select coalesce(array_agg(list), '{}') from listed_phones where account_id = ${accountId} and phone = caller.phone) as lists,
      case when exists (select from numbers where account_id = ${accountId} and number = caller.phone) then 'number'
           when exists (select from numbers where account_id = ${accountId} and caller.phone = any(forward_to)) then 'target'
      end as own_phone,
      (select created_at from last_text_back) as last_text_back_at,
      (select body from last_text_back) as last_text_back_body,
      (select count(*)::int from recent where direction = 'outbound' and kind <> 'reply' and status <> 'refused') as texts_last_hour,
      (select coalesce(max(n), 0)::int from (select count(*) as n from recent where direction = 'inbound' group by body) b)
        as same_inbound_last_hour,
      (select coalesce(sum(texts), 0)::int from texts_per_day where account_id = ${accountId}
        and day = (${now}::timestamptz at time zone ${timezone})::date) as texts_today
    from (select 1) one left join contact on true) facts order by nth`.execute(tx)
  return rows.map(({ lists, lineType, lineTypeSource, lineTypeAt, ...row }) => ({
    ...row,
    excluded: lists.includes('exclude'),
    blocked: lists.includes('block'),
    lineType: lineType && { type: lineType, source: lineTypeSource ?? 'carrier', at: lineTypeAt ?? now },
  }))
}
