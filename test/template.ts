import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { openDatabase } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import type { TestServer } from './postgres.ts'

const migrations = new URL('../migrations/', import.meta.url)

/** An arbitrary number. Test files that start together take this lock, so that only one makes the template. */
const TEMPLATE_LOCK = 715_399

/**
 * The name of the migrated database from which test databases are cloned. A change to the result of migrating changes
 * the name, so that many runs, and several versions of this code, can share a server.
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
 * Makes the template unless another process just has. It gets its name when it is complete and closed to connections,
 * because PostgreSQL clones no database that has connections.
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
    // This also releases the lock.
    await client.end()
  }
}
