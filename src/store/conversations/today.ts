import { sql } from 'kysely'
import { primaryPhone } from '../contacts/addresses.ts'
import type { Tx } from '../db.ts'

export type Waiting = {
  conversationId: string
  contactId: string
  name: string | null
  phone: string | null
  waitingSince: Date
  unread: number
  lastMessagePreview: string | null
  lastMessageDirection: 'inbound' | 'outbound' | null
  texted: boolean
  reason: string | null
  textStatus: string | null
}

/** Who waits for an answer: missed callers, then those who only wrote, longest first. `now` hides the snoozed. */
export async function listWaiting(tx: Tx, accountId: string, now: Date, limit: number): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select v.id as conversation_id, v.contact_id, p.name, ${primaryPhone('p.id')} as phone, v.waiting_since, v.unread, v.last_message_preview,
      (select m.direction from messages m where m.conversation_id = v.id order by m.id desc limit 1) as last_message_direction,
      coalesce(c.decision->>'action' = 'send', false) as texted,
      case when c.decision->>'action' = 'skip' then c.decision->>'reason' end as reason,
      (select m.status from messages m where m.id = c.message_id) as text_status
    from conversations v join contacts p on p.id = v.contact_id
      left join lateral (select decision, message_id from calls 
        where contact_id = v.contact_id and outcome = 'missed' and decided_at >= v.waiting_since order by id desc limit 1) c on true
    where v.account_id = ${accountId} and v.waiting_since is not null and v.status = 'open'
      and (v.snoozed_until is null or v.snoozed_until <= ${now})
    order by (c.decision is null), v.waiting_since limit ${limit}`.execute(tx)
  return rows
}

export async function countWaiting(tx: Tx, accountId: string, now: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from conversations
    where account_id = ${accountId} and waiting_since is not null and status = 'open'
      and (snoozed_until is null or snoozed_until <= ${now})`.execute(tx)
  return rows[0]!.n
}

export type Counts = { missed: number; texted: number; replied: number; won: number; wonCents: number }

/** What happened since `from`. Replied: missed callers who wrote to us after their call. */
export async function countSince(tx: Tx, accountId: string, from: Date): Promise<Counts> {
  const { rows } = await sql<Counts>`
    with missed as (
      select c.contact_id, min(c.started_at) as first_at, count(*) as n,
        count(*) filter (where m.status in ('accepted', 'sent', 'delivered')) as texted
      from calls c left join messages m on m.id = c.message_id
      where c.account_id = ${accountId} and c.started_at >= ${from} and c.outcome = 'missed' group by c.contact_id
    ), won as (
      select count(*)::int as won, coalesce(sum(value_cents), 0)::bigint as won_cents from leads
      where account_id = ${accountId} and status = 'won' and closed_at >= ${from}
    )
    select coalesce(sum(n), 0)::int as missed, coalesce(sum(texted), 0)::int as texted,
      count(*) filter (where exists (select from messages m where m.contact_id = missed.contact_id
        and m.direction = 'inbound' and m.created_at >= missed.first_at))::int as replied,
      (select won from won), (select won_cents from won)
    from missed`.execute(tx)
  return rows[0]!
}

/** Measured seconds from the end of a missed call until the carrier accepted its text. */
export async function hangUpToText(
  tx: Tx,
  accountId: string,
  from: Date,
): Promise<{ median: number; p95: number; slowest: number; texts: number } | null> {
  const { rows } = await sql<{ median: number | null; p95: number | null; slowest: number | null; texts: number }>`
    select percentile_cont(0.5) within group (order by s) as median,
      percentile_cont(0.95) within group (order by s) as p95, max(s) as slowest, count(*)::int as texts
    from (
      select greatest(0, extract(epoch from m.accepted_at - coalesce(c.rang_until, c.ended_at)))::float8 as s
      from calls c join messages m on m.id = c.message_id
      where c.account_id = ${accountId} and c.started_at >= ${from} and m.accepted_at is not null and not c.recovered
    ) t`.execute(tx)
  const { median, p95, slowest, texts } = rows[0]!
  return median === null || p95 === null || slowest === null ? null : { median, p95, slowest, texts }
}

/** The start of today and of the last seven days, in the business's time zone. */
export async function dayAndWeek(tx: Tx, accountId: string, now: Date): Promise<{ day: Date; week: Date }> {
  const { rows } = await sql<{ day: Date; week: Date }>`
    select date_trunc('day', ${now}::timestamptz at time zone timezone) at time zone timezone as day,
      (date_trunc('day', ${now}::timestamptz at time zone timezone) - interval '6 days') at time zone timezone as week
    from accounts where id = ${accountId}`.execute(tx)
  return rows[0]!
}
