import { sql } from 'kysely'
import type { Leg } from '../../domain/callFlow.ts'
import type { Decision } from '../../domain/textback.ts'
import type { CallOutcome, NumberMode } from '../../domain/words.ts'
import type { Tx } from '../db.ts'
import { type OurNumber, ourNumber } from '../numbers/numbers.ts'
import { recordset } from '../recordset.ts'
import { gathered } from '../together.ts'

/** A call with its number: everything that the next step needs, from one statement. */
export type NotedCall = {
  id: string
  contactId: string | null
  connectionId: string
  carrierCallId: string
  /** The caller's own leg, which commands go to. */
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
  /** The phones that it rang. */
  legs: Leg[]
  our: OurNumber
}

export type NewCall = {
  id: string
  connectionId: string
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
  /** When to ask the carrier, should no end be reported; null where nobody can be asked. */
  dueAt: Date | null
  /** Reported once, as a whole: another report with its id repeats it, or means another call. */
  exact: boolean
}

const columns = sql`c.id, c.contact_id, c.connection_id, c.carrier_call_id, c.leg_id, c.number, c.from_phone, c.mode,
  c.outcome, c.why, c.stir_verstat, c.started_at, c.answered_at, c.rang_until, c.ended_at, c.decided_at, c.recovered,
  (select coalesce(json_agg(json_build_object('address', address, 'state', state)), '[]') from call_legs where call_id = c.id) as legs`

const ofOurs = sql`join numbers n on n.account_id = c.account_id and n.number = c.number join accounts a on a.id = c.account_id`

/**
 * Stores a call once, however often and in whatever order its events arrive: known facts stay, new ones are added. The
 * start comes from the arrival rather than from an end counted back. Null when the account has no such number, and for
 * an exact call whose id another call has.
 */
export const noteCall = gathered(async (tx, accountId, calls: NewCall[]): Promise<(NotedCall | null)[]> => {
  const items = calls.map((call) => ({
    id: call.id,
    connection_id: call.connectionId,
    carrier_call_id: call.carrierCallId,
    leg_id: call.legId,
    number: call.number,
    from_phone: call.from,
    why: call.why,
    caller_name: call.callerName,
    forwarded_from: call.forwardedFrom,
    stir_verstat: call.stirVerstat,
    started_at: call.startedAt,
    answered_at: call.answeredAt,
    ended_at: call.endedAt,
    duration_seconds: call.durationSeconds,
    recovered: call.recovered,
    due_at: call.dueAt,
  }))
  const exact = [...new Set(calls.filter((call) => call.exact).map((call) => call.connectionId))]
  const { rows } = await sql<NotedCall>`
    with our as (
      select n.number, n.mode, ${ourNumber} as our from numbers n join accounts a on a.id = n.account_id
      where n.account_id = ${accountId} and n.number = any(${calls.map((call) => call.number)}::text[])
    ), c as (
      insert into calls (id, account_id, connection_id, carrier_call_id, leg_id, number, from_phone, mode, outcome, why,
        caller_name, forwarded_from, stir_verstat, started_at, answered_at, rang_until, ended_at, duration_seconds, recovered,
        due_at)
      select id, ${accountId}, connection_id, carrier_call_id, leg_id, number, from_phone, our.mode,
        case when answered_at is null then 'ringing' else 'in_progress' end, why, caller_name, forwarded_from,
        stir_verstat, started_at, answered_at, ended_at, ended_at, duration_seconds, recovered, due_at
      from ${recordset(
        `id uuid, connection_id text, carrier_call_id text, leg_id text, number text, from_phone text, why text,
         caller_name text, forwarded_from text, stir_verstat text, started_at timestamptz, answered_at timestamptz,
         ended_at timestamptz, duration_seconds int, recovered boolean, due_at timestamptz`,
        items,
      )} join our using (number) order by connection_id, carrier_call_id
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
      where calls.connection_id <> all(${exact}::text[]) or (calls.number, calls.from_phone, calls.started_at)
        = (excluded.number, excluded.from_phone, excluded.started_at)
      returning calls.*
    )
    select ${columns}, our.our from c join our using (number)`.execute(tx)
  const noted = new Map(rows.map((row) => [`${row.connectionId} ${row.carrierCallId}`, row]))
  return calls.map((call) => noted.get(`${call.connectionId} ${call.carrierCallId}`) ?? null)
})

export type CallProgress = {
  connectionId: string
  carrierCallId: string
} & ({ answeredAt: Date } | { rangUntil: Date; why: string })

/** Adds to a stored call and to the phone that it rings; null when there is no such call. */
export const noteProgress = gathered(async (tx, accountId, all: CallProgress[]): Promise<(NotedCall | null)[]> => {
  const items = all.map((one) => ({
    connection_id: one.connectionId,
    carrier_call_id: one.carrierCallId,
    answered_at: 'answeredAt' in one ? one.answeredAt : null,
    rang_until: 'rangUntil' in one ? one.rangUntil : one.answeredAt,
    why: 'why' in one ? one.why : null,
  }))
  const { rows } = await sql<NotedCall>`
    with c as (
      update calls set
        answered_at = coalesce(calls.answered_at, item.answered_at),
        outcome = case when decided_at is null and item.answered_at is not null then 'in_progress' else outcome end,
        rang_until = coalesce(calls.rang_until, item.rang_until),
        why = coalesce(calls.why, item.why)
      from ${recordset(
        'connection_id text, carrier_call_id text, answered_at timestamptz, rang_until timestamptz, why text',
        items,
      )}
      where account_id = ${accountId} and calls.connection_id = item.connection_id
        and calls.carrier_call_id = item.carrier_call_id
      returning calls.*, item.answered_at as leg_answered_at, item.rang_until as leg_rang_until, item.why as leg_why
    ), leg as (
      update call_legs l set
        state = case when leg_answered_at is null then 'ended' else 'answered' end,
        answered_at = coalesce(l.answered_at, leg_answered_at),
        ended_at = case when leg_answered_at is null then leg_rang_until end,
        why = coalesce(l.why, leg_why)
      from c where l.account_id = ${accountId} and l.call_id = c.id and l.state = 'ringing'
    )
    select ${columns}, ${ourNumber} as our from c ${ofOurs}`.execute(tx)
  const noted = new Map(rows.map((row) => [`${row.connectionId} ${row.carrierCallId}`, row]))
  return all.map((one) => noted.get(`${one.connectionId} ${one.carrierCallId}`) ?? null)
})

/** Records the phone that a call rings now. Each target is rung once for a call. */
export const startLeg = gathered(
  async (tx, accountId, legs: { id: string; callId: string; address: string; at: Date }[]): Promise<undefined[]> => {
    await sql`
      insert into call_legs (id, account_id, call_id, address, rang_at)
      select id, ${accountId}, call_id, address, at
      from ${recordset(
        'id uuid, call_id uuid, address text, at timestamptz',
        legs.map(({ callId, ...leg }) => ({ ...leg, call_id: callId })),
      )}
      on conflict on constraint one_leg_per_target do nothing`.execute(tx)
    return legs.map(() => undefined)
  },
)

/** The phones that a call rang, in that order. */
export async function legsOf(tx: Tx, accountId: string, callId: string) {
  return tx
    .selectFrom('callLegs')
    .select(['address as to', 'state', 'why', 'rangAt', 'answeredAt', 'endedAt'])
    .where('accountId', '=', accountId)
    .where('callId', '=', callId)
    .orderBy('rangAt')
    .orderBy('id')
    .execute()
}

export type SettledCall = {
  callId: string
  outcome: 'answered' | 'missed'
  /** Why nobody picked up; null when somebody did. */
  why: string | null
  decision: Decision
  /** Null for a caller without a number, who cannot be a contact. */
  contactId: string | null
  /** The text-back, if one is sent. */
  messageId: string | null
  at: Date
}

/** Stores a call's end and its decision. The first decision is final, so pass only undecided calls. */
export const settle = gathered(async (tx, accountId, calls: SettledCall[]): Promise<undefined[]> => {
  const items = calls.map((call) => ({
    id: call.callId,
    outcome: call.outcome,
    why: call.why,
    decision: call.decision,
    contact_id: call.contactId,
    message_id: call.messageId,
    at: call.at,
  }))
  await sql`
    with settled as (
      update calls c set outcome = item.outcome, why = coalesce(c.why, item.why), contact_id = item.contact_id,
        decision = item.decision, decided_at = item.at, message_id = item.message_id, due_at = null
      from ${recordset('id uuid, outcome text, why text, decision jsonb, contact_id uuid, message_id uuid, at timestamptz', items)}
      where c.account_id = ${accountId} and c.id = any(${calls.map((call) => call.callId)}::uuid[]) and c.id = item.id
      returning c.id, c.rang_until, c.ended_at, c.why
    )
    update call_legs l set state = 'ended', ended_at = coalesce(settled.ended_at, settled.rang_until),
      why = coalesce(l.why, case when l.answered_at is null then settled.why end)
    from settled where l.account_id = ${accountId} and l.call_id = settled.id and l.state <> 'ended'
      and (l.state = 'ringing' or settled.ended_at is not null)`.execute(tx)
  return calls.map(() => undefined)
})

/** A stored call, locked until the transaction ends; null when it, or its number, is deleted. */
export async function lockCall(tx: Tx, accountId: string, id: string): Promise<NotedCall | null> {
  const { rows } = await sql<NotedCall>`
    select ${columns}, ${ourNumber} as our from calls c ${ofOurs}
    where c.account_id = ${accountId} and c.id = ${id} for update of c`.execute(tx)
  return rows[0] ?? null
}

/** Undecided calls that began before `before`: their last webhook may be lost. */
export async function openCalls(tx: Tx, accountId: string, connectionId: string, before: Date) {
  return await tx
    .selectFrom('calls')
    .select(['id', 'carrierCallId', 'legId', 'number', 'startedAt'])
    .where('accountId', '=', accountId)
    .where('connectionId', '=', connectionId)
    .where('decidedAt', 'is', null)
    .where('startedAt', '<', before)
    .orderBy('startedAt')
    .limit(500)
    .execute()
}

/** Whether there is such a call, even if its number is deleted. */
export async function isStored(tx: Tx, accountId: string, call: { connectionId: string; carrierCallId: string }) {
  const row = await tx
    .selectFrom('calls')
    .select('id')
    .where('accountId', '=', accountId)
    .where('connectionId', '=', call.connectionId)
    .where('carrierCallId', '=', call.carrierCallId)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether the connection's call with that id is a different one: another caller, number or time. */
export async function isIdOfAnother(tx: Tx, accountId: string, call: NewCall): Promise<boolean> {
  const row = await tx
    .selectFrom('calls')
    .select(['number', 'fromPhone', 'startedAt'])
    .where('accountId', '=', accountId)
    .where('connectionId', '=', call.connectionId)
    .where('carrierCallId', '=', call.carrierCallId)
    .executeTakeFirst()
  if (!row) return false
  const same = row.number === call.number && row.fromPhone === call.from
  return !same || row.startedAt.getTime() !== call.startedAt.getTime()
}

/** Asks the carrier again then, unless the call is decided or over by now. */
export async function askAgainAt(tx: Tx, accountId: string, id: string, at: Date): Promise<void> {
  await sql`update calls set due_at = ${at}
    where account_id = ${accountId} and id = ${id} and decided_at is null and ended_at is null`.execute(tx)
}
