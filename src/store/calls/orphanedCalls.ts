import { sql } from 'kysely'
import type { NewCall } from './calls.ts'
import type { Tx } from './db.ts'

/** Whether the connection's call of that id is another than this: of somebody else, on another line or at another time. */
export async function isIdOfAnother(tx: Tx, accountId: string, told: NewCall): Promise<boolean> {
  const row = await tx
    .selectFrom('calls')
    .select(['number', 'fromPhone', 'startedAt'])
    .where('accountId', '=', accountId)
    .where('carrier', '=', told.carrier)
    .where('carrierCallId', '=', told.carrierCallId)
    .executeTakeFirst()
  if (!row) return false
  const same = row.number === told.number && row.fromPhone === told.from
  return !same || row.startedAt.getTime() !== told.startedAt.getTime()
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

/**
 * Ends the calls that nothing else can decide any more, their line being deleted: over, without a text. Of one account,
 * or of all (null). A call in whose middle the line went shows up here, too, once it began before `before`.
 */
export async function closeCallsWithoutLine(tx: Tx, accountId: string | null, before: Date, now: Date): Promise<void> {
  const skip = (reason: string, sentence: string) =>
    JSON.stringify({ action: 'skip', reason, checks: [{ name: reason, passed: false, facts: {}, sentence }] })
  await sql`
    update calls c set outcome = case when answered_at is null then 'missed' else 'answered' end,
      ended_at = coalesce(ended_at, rang_until, answered_at, started_at), decided_at = ${now},
      decision = case when answered_at is null
        then ${skip('number_deleted', 'The number was deleted before the call was decided.')}::jsonb
        else ${skip('answered', 'Somebody answered.')}::jsonb end
    where (${accountId}::text is null or account_id = ${accountId}) and decided_at is null and started_at < ${before}
      and not exists (select from numbers n where n.account_id = c.account_id and n.number = c.number)`.execute(tx)
}
