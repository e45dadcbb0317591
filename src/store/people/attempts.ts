import { type Expression, type SqlBool, sql } from 'kysely'
import type { Brake, Budget } from '../../domain/attempts.ts'
import { after, before } from '../../domain/time.ts'
import type { Tx } from '../db.ts'

/**
 * Counts one attempt, in one statement, so that a hundred at the same moment are counted too. Gives the moment from
 * which the next is allowed, or null when this one is.
 */
export async function spend(tx: Tx, budget: Budget, whose: string, now: Date): Promise<Date | null> {
  const key = keyOf(budget, whose)
  const begin = before(now, budget.withinMs)
  // Or it begins in the future: the clock was set back.
  const isOver = sql<SqlBool>`(attempts.at <= ${begin} or attempts.at > ${now})`
  const taken = await tx
    .insertInto('attempts')
    .values({ key, count: 1, at: now, blockedUntil: now })
    .onConflict((c) =>
      c
        .column('key')
        .doUpdateSet({
          count: sql`case when ${isOver} then 1 else attempts.count + 1 end`,
          at: sql`case when ${isOver} then ${now}::timestamptz else attempts.at end`,
          blockedUntil: now,
        })
        .where(({ or }) => or([isOver, sql<SqlBool>`attempts.count < ${budget.most}`])),
    )
    .returning('key')
    .executeTakeFirst()
  if (taken) return null
  const row = await tx.selectFrom('attempts').select('at').where('key', '=', key).executeTakeFirst()
  return after(row?.at ?? now, budget.withinMs)
}

/** Counts one attempt and, when there were many, lets the next wait. As `spend` otherwise. */
export async function brake(tx: Tx, brake: Brake, whose: string, now: Date): Promise<Date | null> {
  const key = keyOf(brake, whose)
  const isForgotten = sql<SqlBool>`attempts.at < ${before(now, brake.forgetAfterMs)}`
  const count = sql<number>`case when ${isForgotten} then 1 else attempts.count + 1 end`
  const taken = await tx
    .insertInto('attempts')
    .values({ key, count: 1, at: now, blockedUntil: now })
    .onConflict((c) =>
      c
        .column('key')
        .doUpdateSet({ count, at: now, blockedUntil: sql`${now}::timestamptz + ${waitAfter(brake, count)}` })
        // A wait that is longer than any: the clock was set back.
        .where(({ eb, or }) =>
          or([eb('attempts.blockedUntil', '<=', now), eb('attempts.blockedUntil', '>', after(now, brake.longestMs))]),
        ),
    )
    .returning('key')
    .executeTakeFirst()
  if (taken) return null
  const row = await tx.selectFrom('attempts').select('blockedUntil').where('key', '=', key).executeTakeFirst()
  return row && row.blockedUntil > now ? row.blockedUntil : null
}

const waitAfter = ({ free, waitMs, longestMs }: Brake, count: Expression<number>) =>
  sql`case when ${count} < ${free} then interval '0'
    else least(${longestMs}, ${waitMs} * 2 ^ least(${count} - ${free}, 20)) * interval '1 millisecond' end`

/** Takes one attempt back that was none: the password was right. */
export async function giveBack(tx: Tx, { name }: { name: string }, whose: string): Promise<void> {
  await tx
    .updateTable('attempts')
    .set({ count: sql`greatest(count - 1, 0)`, blockedUntil: sql`at` })
    .where('key', '=', keyOf({ name }, whose))
    .execute()
}

export async function forget(tx: Tx, { name }: { name: string }, whose: string): Promise<void> {
  await tx.deleteFrom('attempts').where('key', '=', keyOf({ name }, whose)).execute()
}

/** Deletes what no budget and no brake reads any more, and the links and sessions that have ended. */
export async function forgetOld(tx: Tx, now: Date, keptMs: number): Promise<void> {
  await tx.deleteFrom('attempts').where('at', '<', before(now, keptMs)).execute()
  await tx.deleteFrom('addressProofs').where('expiresAt', '<', now).execute()
  await tx.deleteFrom('sessions').where('expiresAt', '<', now).execute()
}

const keyOf = ({ name }: { name: string }, whose: string) => `${name} ${whose}`
