import { sql } from 'kysely'
import type { Tx } from './db.ts'

/**
 * The given time zones that PostgreSQL does not have. Node.js and PostgreSQL each bring their own list of names, and
 * both compute an account's day.
 */
export async function unknownTimezones(tx: Tx, zones: string[]): Promise<string[]> {
  const { rows } = await sql<{ zone: string }>`
    select zone from unnest(${zones}::text[]) as zone
    where lower(zone) not in (select lower(name) from pg_timezone_names)`.execute(tx)
  return rows.map((row) => row.zone)
}
