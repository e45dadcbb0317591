import { readdir, readFile } from 'node:fs/promises'
import { runMigrations } from 'graphile-worker'
import type pg from 'pg'
import type { Database } from './db.ts'

const folder = new URL('../../migrations/', import.meta.url)

/** Any number will do, the same in every Textback: two processes that start together migrate one after the other. */
const MIGRATION_LOCK = 715_301

/**
 * Brings the database to the newest schema: our SQL files in order, each once and in its own transaction, then the job
 * queue's. Forward only. Throws with the name of a file that fails; those before it stay.
 */
export async function migrate(db: Database): Promise<string[]> {
  // Its own connection: a migration, or the wait for another process, may take longer than a statement may.
  const client = await db.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query('create schema if not exists textback')
    await client.query(
      'create table if not exists textback.migrations (name text primary key, at timestamptz not null default now())',
    )
    const { rows } = await client.query<{ name: string }>('select name from textback.migrations')
    const done = new Set(rows.map((row) => row.name))
    const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
    const ran: string[] = []
    for (const name of files) {
      if (done.has(name)) continue
      await runFile(client, name)
      ran.push(name)
    }
    const patient = db.newPool(2, '', 0)
    await runMigrations({ pgPool: patient }).finally(() => patient.end())
    return ran
  } finally {
    // This releases the lock too.
    await client.end()
  }
}

async function runFile(client: pg.Client, name: string): Promise<void> {
  const text = await readFile(new URL(name, folder), 'utf8')
  try {
    await client.query('begin')
    await client.query(text)
    await client.query('insert into textback.migrations (name) values ($1)', [name])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${name} failed and was rolled back: ${(error as Error).message}`, { cause: error })
  }
}
