import { sql } from 'kysely'
import { asPlatform, type Database, type Tx } from '../../store/db.ts'
import { type SealedValue, sealedTables, sealedValues } from '../../store/sealed.ts'

/** `running`: so many connections of running processes. `closed`: what neither of the keys opens. */
type Refused = { outcome: 'running'; connections: number } | { outcome: 'closed'; closed: SealedValue[] }

/**
 * Opens everything that is sealed with the old key and seals it with the new one, in one transaction: a kill in the
 * middle leaves the old key in force. Values that the new key opens already stay, so that it can be done again. Ends all
 * sessions, whose cookies the old key has signed. Refuses while Textback runs: its processes have the old key in memory,
 * could open nothing any more, and would seal with the old key what people enter.
 */
export async function changeKey(
  db: Database,
  { from, to }: { from: string; to: string },
): Promise<{ outcome: 'changed'; values: SealedValue[] } | Refused> {
  return asPlatform(db, async (tx) => {
    const connections = await closeDoors(tx)
    if (connections > 0) return { outcome: 'running', connections }
    const old: SealedValue[] = []
    const closed: SealedValue[] = []
    const values = await sealedValues(tx)
    for (const value of values)
      if (await value.opensWith(from)) old.push(value)
      else if (!(await value.opensWith(to))) closed.push(value)
    if (closed.length > 0) return { outcome: 'closed', closed }
    for (const value of old) await value.reseal(from, to)
    if (values.length > 0) await tx.deleteFrom('sessions').execute()
    return { outcome: 'changed', values }
  })
}

/**
 * Keeps everybody from the sealed values until the transaction is over, and counts the connections of running Textbacks.
 * A process that starts now connects first, so it is counted, or waits for its proof of the key and is refused by it.
 */
export async function closeDoors(tx: Tx): Promise<number> {
  const before = await othersConnected(tx)
  const tables = await sealedTables(tx)
  // The lock would hold up the processes that run.
  if (before > 0 || tables.length === 0) return before
  await sql`lock table ${sql.join(tables.map((table) => sql.table(table)))} in access exclusive mode`.execute(tx)
  return othersConnected(tx)
}

async function othersConnected(tx: Tx): Promise<number> {
  // Within a transaction PostgreSQL would answer the second time what it did the first.
  await sql`select pg_stat_clear_snapshot()`.execute(tx)
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and application_name = current_setting('application_name')
      and pid <> pg_backend_pid()`.execute(tx)
  return rows[0]!.count
}
