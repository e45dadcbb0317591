import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import { gathered } from '../together.ts'

/** The texts that left, or will leave, on this day of the account. */
export async function textsToday(tx: Tx, accountId: string, timezone: string, now: Date): Promise<number> {
  const { rows } = await sql<{ texts: number }>`
    select coalesce(sum(texts), 0)::int as texts from texts_per_day where account_id = ${accountId}
      and day = (${now}::timestamptz at time zone ${timezone})::date`.execute(tx)
  return rows[0]?.texts ?? 0
}

/** More than can be decided at one moment, and not counted yet. */
const IN_FLIGHT = 200

/** How far the turns of a transaction have counted. */
const granted = new WeakMap<Tx, number>()

export type CapTurn = { timezone: string; dailyCap: number; seen: number; now: Date }

/**
 * The count to decide by, when `seen` was just read and a text is about to be queued. Near the cap the askers take
 * turns, so that none exceeds it; far from it nobody waits. Each asker is assumed to send; its turn ends with the
 * transaction.
 */
export const textsTodayInTurn = gathered(async (tx, accountId, all: CapTurn[]): Promise<number[]> => {
  const near = ({ seen, dailyCap }: CapTurn) => seen < dailyCap && seen + IN_FLIGHT >= dailyCap
  const first = all.find(near)
  if (!first) return all.map(({ seen }) => seen)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`daily cap ${accountId}`}, 0))`.execute(tx)
  // Within a shared transaction some have their turn already, and have not queued their texts yet.
  const queued = await textsToday(tx, accountId, first.timezone, first.now)
  let today = Math.max(queued, granted.get(tx) ?? 0)
  const counts = all.map((one) => (near(one) ? today++ : one.seen))
  granted.set(tx, today)
  return counts
})
