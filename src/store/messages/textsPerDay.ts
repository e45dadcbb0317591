import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import { gathered } from '../together.ts'

/** The texts that left, or will leave, on this day of the account, and their segments. */
export async function usedToday(
  tx: Tx,
  accountId: string,
  timezone: string,
  now: Date,
): Promise<{ texts: number; segments: number }> {
  const { rows } = await sql<{ texts: number; segments: number }>`
    select coalesce(sum(texts), 0)::int as texts, coalesce(sum(segments), 0)::int as segments
    from texts_per_day where account_id = ${accountId}
      and day = (${now}::timestamptz at time zone ${timezone})::date`.execute(tx)
  return rows[0]!
}

/** More texts than can be decided at one moment, and not counted yet. They are taken to be as long as the asker's. */
const IN_FLIGHT = 200

/** How far the turns of a transaction have counted. */
const granted = new WeakMap<Tx, number>()

export type CapTurn = { timezone: string; dailyCap: number; seen: number; segments: number; now: Date }

/**
 * The count to decide by, when `seen` was just read and a text of so many segments is about to be queued. Near the cap
 * the askers take turns, so that none exceeds it; far from it nobody waits. Whoever has room is assumed to send; its
 * turn ends with the transaction.
 */
export const segmentsTodayInTurn = gathered(async (tx, accountId, all: CapTurn[]): Promise<number[]> => {
  const near = ({ seen, segments, dailyCap }: CapTurn) => seen < dailyCap && seen + IN_FLIGHT * segments >= dailyCap
  const first = all.find(near)
  if (!first) return all.map(({ seen }) => seen)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`daily cap ${accountId}`}, 0))`.execute(tx)
  // Within a shared transaction some have their turn already, and have not queued their texts yet.
  const queued = await usedToday(tx, accountId, first.timezone, first.now)
  let today = Math.max(queued.segments, granted.get(tx) ?? 0)
  const counts = all.map((one) => {
    if (!near(one)) return one.seen
    const before = today
    if (before + one.segments <= one.dailyCap) today += one.segments
    return before
  })
  granted.set(tx, today)
  return counts
})
