import { sql } from 'kysely'
import type { Tx } from '../db.ts'

/** Calls whose number was deleted before they were decided. */
export type OrphanedCall = {
  id: string
  accountId: string
  connectionId: string
  number: string
  fromPhone: string
  answeredAt: Date | null
  rangUntil: Date | null
  endedAt: Date | null
  startedAt: Date
  timezone: string
}

/** Whether calls to the number that began after `since` are still undecided. */
export async function isBusy(tx: Tx, accountId: string, number: string, since: Date): Promise<boolean> {
  const row = await tx
    .selectFrom('calls')
    .select('id')
    .where('accountId', '=', accountId)
    .where('number', '=', number)
    .where('decidedAt', 'is', null)
    .where('startedAt', '>=', since)
    .executeTakeFirst()
  return row !== undefined
}

/** The orphaned calls of one account, or of all (null), that began before `before`; locked in the transaction. */
export async function lockOrphanedCalls(tx: Tx, accountId: string | null, before: Date): Promise<OrphanedCall[]> {
  const { rows } = await sql<OrphanedCall>`
    select c.id, c.account_id, c.connection_id, c.number, c.from_phone, c.answered_at, c.rang_until, c.ended_at, c.started_at, a.timezone
    from calls c join accounts a on a.id = c.account_id
    where (${accountId}::text is null or c.account_id = ${accountId}) and a.erasing_since is null and c.decided_at is null and c.started_at < ${before}
      and not exists (select from numbers n where n.account_id = c.account_id and n.number = c.number)
    order by c.started_at limit 500 for update of c skip locked`.execute(tx)
  return rows
}

/** Marks an orphaned call as over; the time of its end is unknown. */
export async function endOrphanedCall(tx: Tx, call: OrphanedCall): Promise<void> {
  await sql`update calls set ended_at = coalesce(ended_at, rang_until, answered_at, started_at)
    where account_id = ${call.accountId} and id = ${call.id}`.execute(tx)
}
