import { createHash, randomBytes } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { type ConnectionConfig, startEmbedded } from '../src/store/embedded.ts'
import { scratchFolder } from './scratch.ts'
import { makeTemplate, templateName } from './template.ts'

/** A PostgreSQL server for tests: its superuser, and the role that owns the databases. */
export type TestServer = { superuser: ConnectionConfig; role: { user: string; password: string } }

export type TestDatabase = {
  /** With the product's role: no superuser, bound by row-level security. */
  config: ConnectionConfig
  url: string
  /** Ends all connections first. */
  drop(): Promise<void>
}

/**
 * A new, migrated database: a clone of the template (see template.ts), in 25 ms instead of 450. End your pools before
 * `drop` (6 ms): ending connections makes PostgreSQL wait 100 ms.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await testServer()
  const template = await templateName(server)
  try {
    return await makeDatabase(server, template)
  } catch (error) {
    if (!isMissing(error)) throw error
    await makeTemplate(server, template)
    return await makeDatabase(server, template)
  }
}

/** An empty database, for tests that migrate it themselves. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase(await testServer(), 'template1')
}

async function makeDatabase({ superuser, role }: TestServer, template: string): Promise<TestDatabase> {
  const database = `test_${randomBytes(6).toString('hex')}`
  // Copies the files. The default, copying through the log, takes half as long again.
  await execute(superuser, `create database ${database} template ${template} strategy file_copy owner ${role.user}`)
  const config = { ...superuser, ...role, database }
  return { config, url: urlOf(config), drop: () => execute(superuser, `drop database ${database} with (force)`) }
}

/** PostgreSQL's invalid_catalog_name: there is no such template. */
const isMissing = (error: unknown) => (error as { code?: unknown }).code === '3D000'

/**
 * The server of this test run, which bin/test starts once and passes on in TEST_POSTGRES. Without that variable, as
 * when node --test runs one file, this process starts its own and ends it at exit.
 */
function testServer(): Promise<TestServer> {
  found ??= process.env.TEST_POSTGRES
    ? Promise.resolve(JSON.parse(process.env.TEST_POSTGRES))
    : startTestServer().then(({ server, stop }) => {
        process.once('beforeExit', stop)
        // A crash leaves no time to wait, but stop() sends its signal at once.
        process.once('exit', stop)
        return server
      })
  return found
}
let found: Promise<TestServer> | undefined

/** Starts a server in a temporary folder, or uses that of TEST_DATABASE_URL (a superuser's), to try another version. */
export async function startTestServer(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const url = process.env.TEST_DATABASE_URL
  if (url) return { server: await serverAt(url), stop: async () => {} }

  const dir = await scratchFolder('textback-test-')
  // As root, PostgreSQL runs as another user, who must be able to enter.
  await chmod(dir, 0o711)
  // Two test processes run at a time with a few pools each, and these rows need not survive a power cut.
  const settings = { max_connections: '200', fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const { superuser, config, stop } = await startEmbedded({ dataDir: join(dir, 'data'), log: () => {}, settings })
  const { user, password } = config
  // A world opens twenty connections, and the usual 4,096 rounds of hashing for each took a fifth of its start.
  await execute(
    superuser,
    `set scram_iterations = 1;
     alter role ${superuser.user} password '${superuser.password}';
     alter role ${user} password '${password}'`,
  )
  return {
    server: { superuser, role: { user, password } },
    async stop() {
      await stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** An existing server may have a real role `textback`, whose password must not change. */
async function serverAt(url: string): Promise<TestServer> {
  const { host, port, user, password, database } = new pg.Client({ connectionString: url })
  const superuser = { host, port, user: user!, password: password!, database: database!, ssl: false as const }
  const role = { user: 'textback_test', password: createHash('sha256').update(url).digest('hex') }
  await execute(
    superuser,
    `do $$ begin
       perform pg_advisory_xact_lock(hashtext('textback_test')); -- test files start at the same time
       if not exists (select from pg_roles where rolname = '${role.user}') then
         create role ${role.user} login nosuperuser nocreatedb nocreaterole nobypassrls;
       end if;
       alter role ${role.user} password '${role.password}';
     end $$`,
  )
  return { superuser, role }
}

export async function execute(config: ConnectionConfig, sql: string): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function urlOf({ host, port, user, password, database }: ConnectionConfig): string {
  const login = `${user}:${encodeURIComponent(password)}`
  return `postgres://${login}@${encodeURIComponent(host)}:${port}/${database}`
}
