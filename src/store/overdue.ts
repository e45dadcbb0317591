import { sql } from 'kysely'
import { before, SECOND } from '../domain/time.ts'
import type { Tx } from './db.ts'

/**
 * A text on its way, or a call that is not decided, that should have moved on by itself at `dueAt`, and has not. `goesOn`:
 * a call whose end was not reported; most such calls are just long.
 */
export type Overdue = {
  what: 'text' | 'call'
  accountId: string
  id: string
  status: string
  goesOn: boolean
  dueAt: Date
}

/** Until then a text that leaves may still be at a carrier that is slow to answer; see deliverMessage.ts. */
const LEAVES_MS = 15 * SECOND

/** At most this many are read at a time, and counted. */
const MOST = 100
const MOST_COUNTED = 1_000

/**
 * What was due before `before`, of all accounts, without those just tried. Read from both ends: what has just become
 * overdue must not wait behind somebody's long queue.
 */
export async function findOverdue(tx: Tx, dueBefore: Date, now: Date, tried: string[]): Promise<Overdue[]> {
  const texts = (order: 'asc' | 'desc') => sql`(
    select 'text' as what, account_id, id, status, false as goes_on, due_at from messages
    where due_at < ${dueBefore} and (status <> 'sending' or attempted_at < ${before(now, LEAVES_MS)})
      and id <> all(${tried}::uuid[])
    order by due_at ${sql.raw(order)} limit ${MOST})`
  const { rows } = await sql<Overdue>`
    ${texts('asc')} union ${texts('desc')} union all (
      select 'call', account_id, id, outcome, ended_at is null, due_at from calls c
      where due_at < ${dueBefore} and id <> all(${tried}::uuid[])
        -- the calls of a deleted number are closed by catching up
        and exists (select from numbers n where n.account_id = c.account_id and n.number = c.number)
      order by due_at limit ${MOST})`.execute(tx)
  return rows
}

/** What is still there so long after it was due could not be moved: people are told. */
export const LEFT_BEHIND_MS = 60 * SECOND

export type LeftBehind = { texts: number; calls: number; since: Date }

/** How much was due before `before`, of an account or of all (null), counted up to 1,000; null when there is none. */
export async function countLeftBehind(tx: Tx, accountId: string | null, before: Date): Promise<LeftBehind | null> {
  const from = (table: 'messages' | 'calls') => sql`select due_at from ${sql.table(table)} t
    where due_at < ${before} and (${accountId}::text is null or account_id = ${accountId}) order by due_at limit ${MOST_COUNTED}`
  const { rows } = await sql<{ texts: number; calls: number; since: Date | null }>`
    with text as (${from('messages')}), call as (${from('calls')})
    select (select count(*)::int from text) as texts, (select count(*)::int from call) as calls,
      least((select min(due_at) from text), (select min(due_at) from call)) as since`.execute(tx)
  const { texts, calls, since } = rows[0]!
  return since ? { texts, calls, since } : null
}

/** Makes the calls that go on, as far as we know, due now: their ends may have been refused while the database was away. */
export async function askAboutOpenCalls(tx: Tx, now: Date): Promise<void> {
  await sql`update calls set due_at = ${now} where decided_at is null and due_at > ${now} and ended_at is null`.execute(
    tx,
  )
}
