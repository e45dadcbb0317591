import { sql } from 'kysely'
import type { Tx } from './db.ts'

/** The texts that left, or will leave, on this day of the account. */
export async function textsToday(tx: Tx, accountId: string, timezone: string, now: Date): Promise<number> {
  const { rows } = await sql<{ texts: number }>`
    select coalesce(sum(texts), 0)::int as texts from texts_per_day where account_id = ${accountId}
      and day = (${now}::timestamptz at time zone ${timezone})::date`.execute(tx)
  return rows[0]?.texts ?? 0
}

/** More than may be decided elsewhere at one moment without being counted yet. */
const IN_FLIGHT = 200

/**
 * The count that one may decide by, when `seen` was just read: near the cap all who decide take turns, so that none
 * goes over it, and far from it nobody waits. The turn ends with the transaction; take no other lock after it.
 */
export async function textsTodayInTurn(
  tx: Tx,
  accountId: string,
  line: { timezone: string; dailyCap: number },
  now: Date,
  seen: number,
): Promise<number> {
  if (seen >= line.dailyCap || seen + IN_FLIGHT < line.dailyCap) return seen
  await sql`select pg_advisory_xact_lock(hashtextextended(${`daily cap ${accountId}`}, 0))`.execute(tx)
  return textsToday(tx, accountId, line.timezone, now)
}
