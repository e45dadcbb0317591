import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { getSchema } from 'better-auth/db'
import { openDatabase } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { emptyDatabase } from './postgres.ts'
import { sessionsOf } from './session.ts'

const root = resolve(import.meta.dirname, '..')

/** Read at sign-in, before an account is known; our code filters the rows of `accounts` and `members`. */
const SIGN_IN = [
  'accounts',
  'address_proofs',
  'attempts',
  'invitations',
  'members',
  'sessions',
  'sign_in_methods',
  'two_factors',
  'users',
  'verifications',
]
/** Words and ids for the search, without a policy so that an index can be used; contacts/search.ts alone reads them. */
const SEARCH = ['contact_words', 'message_words']
/** These belong to no account. */
const PLATFORM = ['migrations', 'workers']

test('the migrated database', async (t) => {
  const { config, url, drop } = await emptyDatabase()
  const db = await openDatabase(config, 4)
  t.after(() => db.close().then(drop))
  await migrate(db)
  const query = async (sql: string) => (await db.pool.query(sql)).rows

  await t.test('matches src/store/tables.ts, which kysely-codegen makes', async () => {
    const command = resolve(root, 'node_modules/.bin/kysely-codegen')
    const options = ['--dialect', 'postgres', '--default-schema', 'textback', '--include-pattern', 'textback.*']
    const file = ['--camel-case', '--verify', '--out-file', 'src/store/tables.ts', '--url', url]
    await assert.doesNotReject(promisify(execFile)(command, [...options, ...file], { cwd: root }))
  })

  await t.test('is migrated once: a second time changes nothing', async () => {
    assert.deepEqual(await migrate(db), [])
  })

  await t.test('two processes that start together migrate one after the other', async () => {
    const fresh = await emptyDatabase()
    const apps = await Promise.all([openDatabase(fresh.config, 2), openDatabase(fresh.config, 2)])
    const ran = await Promise.all(apps.map(migrate))
    assert.deepEqual(ran.filter((files) => files.length > 0).length, 1)
    for (const app of apps) await app.close()
    await fresh.drop()
  })

  await t.test('guards every table of accounts by row-level security', async () => {
    const tables = await query(`
      select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        exists (select from pg_policy p where p.polrelid = c.oid) as has_policy,
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id') as has_account
      from pg_class c where c.relnamespace = 'textback'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') order by 1`)
    const unguarded = tables.filter((table) => !(table.enabled && table.forced && table.has_policy))
    assert.deepEqual(
      unguarded.map((table) => table.name),
      [...SIGN_IN, ...SEARCH, ...PLATFORM].toSorted(),
    )
    for (const table of tables)
      if (!unguarded.includes(table)) assert.ok(table.has_account, `${table.name} has no account_id to guard it by`)
  })

  await t.test('has its unguarded search words read by one file only', () => {
    const readers = globSync('src/**/*.ts', { cwd: root }).filter(
      (path) =>
        !path.endsWith('tables.ts') && /(contact|message)_?words/i.test(readFileSync(resolve(root, path), 'utf8')),
    )
    assert.deepEqual(readers, ['src/store/contacts/search.ts'])
  })

  await t.test('binds the app’s login to its policies', async () => {
    const [login] = await query('select rolsuper, rolbypassrls from pg_roles where rolname = current_user')
    assert.deepEqual(login, { rolsuper: false, rolbypassrls: false })
  })

  await t.test('binds a superuser’s login too: its connections take a role that is bound', async (t) => {
    const superuser = JSON.parse(process.env.TEST_POSTGRES ?? 'null')?.superuser
    if (!superuser) return t.skip('bin/test hands the superuser of its server on')
    const privileged = await openDatabase({ ...superuser, database: config.database }, 1)
    const { rows } = await privileged.pool.query(
      'select rolsuper or rolbypassrls as unbound from pg_roles where rolname = current_user',
    )
    await privileged.close()
    assert.deepEqual(rows, [{ unbound: false }])
  })

  await t.test('has all that better-auth expects, under our names', async () => {
    const sessions = sessionsOf(db, 'http://127.0.0.1:3000')
    const columns = new Set(
      (await query("select table_name || '.' || column_name as name from information_schema.columns")).map(
        (c) => c.name,
      ),
    )
    const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const expected = Object.entries(getSchema(sessions.options)).flatMap(([table, { fields }]) =>
      Object.entries(fields).map(([name, field]) => `${snake(table)}.${snake(field.fieldName || name)}`),
    )
    assert.ok(expected.length > 40)
    assert.deepEqual(
      expected.filter((column) => !columns.has(column)),
      [],
    )
  })
})
