import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { openDatabase } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import type { TestServer } from './postgres.ts'

const migrations = new URL('../migrations/', import.meta.url)

/** Any number will do: test files that start together make the template one after the other. */
const TEMPLATE_LOCK = 715_399

/**
 * The name of the migrated database that test databases are cloned from. Whatever changes the result of migrating
 * changes the name, so that a server may be used by many runs, and by several versions of this code at once.
 */
export function templateName({ role }: TestServer): Promise<string> {
  named ??= contentOfMigrations().then((content) => {
    const hash = createHash('sha256').update(content).update(role.user).digest('hex')
    return `test_template_${hash.slice(0, 16)}`
  })
  return named
}
let named: Promise<string> | undefined

/** Our own files, and the version of the job queue, which migrates itself. */
async function contentOfMigrations(): Promise<string> {
  const names = (await readdir(migrations)).sort()
  const files = await Promise.all(names.map((name) => readFile(new URL(name, migrations), 'utf8')))
  const { dependencies } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  return JSON.stringify([names, files, dependencies['graphile-worker']])
}

/**
 * Makes the template unless somebody else just has. It gets its name when it is complete and nobody is connected to
 * it, and nobody may connect then: PostgreSQL clones no database that somebody is connected to.
 */
export async function makeTemplate({ superuser, role }: TestServer, name: string): Promise<void> {
  const client = new pg.Client(superuser)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount) return
    const unfinished = `test_${randomBytes(6).toString('hex')}`
    await client.query(`create database ${unfinished} owner ${role.user}`)
    try {
      const database = await openDatabase({ ...superuser, ...role, database: unfinished }, 1)
      await migrate(database).finally(() => database.close())
      await client.query(`alter database ${unfinished} with allow_connections false`)
      await client.query(`alter database ${unfinished} rename to ${name}`)
    } catch (error) {
      await client.query(`drop database if exists ${unfinished} with (force)`)
      throw error
    }
  } finally {
    // Ends the lock with it.
    await client.end()
  }
}
