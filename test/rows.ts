import type pg from 'pg'
import type { Json, World } from './world.ts'

/** Runs `work` on a new connection with the app's login. `account`: whose rows are visible; '*' is all, null none. */
export async function withDatabase<T>(
  world: World,
  account: string | null,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await world.app.world.db.connect()
  try {
    if (account !== null) await client.query("select set_config('textback.account', $1, false)", [account])
    return await work(client)
  } finally {
    await client.end()
  }
}

export async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    "select tablename from pg_tables where schemaname = 'textback' order by tablename",
  )
  return rows.map((row) => row.tablename)
}

/** How many rows each table has, to show that something wrote nothing. */
export function rowCounts(world: World, account: string | null = '*'): Promise<Record<string, number>> {
  return withDatabase(world, account, async (client) => {
    const counts: Record<string, Json> = {}
    for (const table of await tablesOf(client))
      counts[table] = (await client.query(`select count(*)::int as n from textback.${table}`)).rows[0].n
    return counts
  })
}
