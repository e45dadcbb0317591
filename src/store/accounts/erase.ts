import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import { deleteLinks } from '../people/links.ts'

/** Rows that one statement deletes: with triggers and notifications it takes some tenths of its 2.5 s. */
export const CHUNK = 500

/** Deletes some of an account's rows and returns how many: fewer than CHUNK when none are left. */
export async function eraseChunk(tx: Tx, accountId: string, table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} where account_id = ${accountId} limit ${CHUNK})) returning 1
    ) select count(*)::int as count from gone`.execute(tx)
  return rows[0]!.count
}

/** Deletes the jobs that are not running; a running one finds no rows, and ends by itself. */
export async function eraseJobs(tx: Tx, accountId: string): Promise<void> {
  await sql`delete from graphile_worker._private_jobs
    where payload ->> 'accountId' = ${accountId} and locked_at is null`.execute(tx)
  // The account is one word of the queue's name, see addJob's callers.
  await sql`delete from graphile_worker._private_job_queues q
    where ${accountId} = any(string_to_array(queue_name, ' ')) and locked_at is null
      and not exists (select from graphile_worker._private_jobs j where j.job_queue_id = q.id)`.execute(tx)
}

/** Removes all members; users who belong to no other account are deleted with everything that they sign in with. */
export async function eraseMembers(tx: Tx, accountId: string): Promise<void> {
  const members = await tx.deleteFrom('members').where('accountId', '=', accountId).returning('userId').execute()
  for (const { userId } of members) {
    const gone = await tx
      .deleteFrom('users')
      .where('id', '=', userId)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('members').select('id').where('members.userId', '=', userId))),
      )
      .returning('email')
      .executeTakeFirst()
    if (gone) await deleteLinks(tx, { id: userId, email: gone.email })
  }
}
