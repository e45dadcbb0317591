import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { SIGN_IN_ROUTES } from '../../src/http/auth/routes.ts'
import { asAccount, isPassingFault, openDatabase } from '../../src/store/db.ts'
import { testDatabase } from '../postgres.ts'
import { routesIn } from '../routes.ts'
import { openBrowser } from '../session.ts'
import { signedHooks, telnyxEvent } from '../signed.ts'
import { SALES, startWorld, until, WORKSHOP } from '../world.ts'
import { caller, endOfMissedCall } from './load.ts'
import { atEnd } from './network.ts'
import { startProxy } from './proxy.ts'

const MIKE = { email: 'mike@acme.test', password: 'mikes-password' }

/** What needs no database: files, descriptions, and the counters, which tell of the absence. */
const WITHOUT_DATABASE = /^GET \/(\*|assets\/\*|theme\.js|favicon\.svg|api\/docs.*|api\/openapi\.json|metrics)$/

for (const failure of ['refuses connections', 'hangs'] as const)
  test(`the database ${failure}: every way in says 503, within a second once that is known`, async (t) => {
    const { world, proxy } = await startBehindProxy(t)
    const browser = await openBrowser(world)
    assert.equal((await browser.signIn(MIKE.email, MIKE.password)).status, 200)
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    const hooks = signedHooks(world)
    const routes = routesIn(world.app.server.printRoutes()).filter((name) => !WITHOUT_DATABASE.test(name))
    const signIn = SIGN_IN_ROUTES.map(([method, path]) => `${method} /api/auth${path}`)

    if (failure === 'hangs') proxy.hang()
    else await proxy.cut()
    await until(async () => {
      const asked = performance.now()
      return (await world.ask('GET', '/healthz')).status === 503 && performance.now() - asked < 200
    }, 'a database that is known to be away')

    const asks: [string, () => Promise<{ status: number }>][] = [
      ['Twilio', () => hooks.twilio('status', endOfMissedCall(caller(1)).webhook)],
      ['Telnyx', () => hooks.telnyx('events', telnyxEvent('call.hangup', endedCall()))],
      ['a PBX', () => hooks.generic(report())],
    ]
    for (const name of routes.filter((name) => !signIn.includes(name) && !name.includes('/hooks/'))) {
      const [method, path] = name.split(' ') as [string, string]
      const at = path.replace(/:[a-z]+|\*/g, '0')
      const body = method === 'POST' || method === 'PATCH' || method === 'PUT' ? {} : undefined
      asks.push([`${name} with a key`, () => world.ask(method, at, body)])
      if (at.startsWith('/api/v1'))
        asks.push([
          `${name} with a session`,
          () => world.ask(method, at, body, { authorization: '', cookie, origin: world.url }),
        ])
    }
    for (const [name, ask] of asks) {
      const asked = performance.now()
      const { status } = await ask()
      const ms = performance.now() - asked
      assert.deepEqual({ name, status, late: ms >= 1_000 }, { name, status: 503, late: false })
    }
    const headers = { authorization: '', cookie, origin: world.url }
    for (const name of signIn) {
      const [method, path] = name.split(' ') as [string, string]
      const asked = performance.now()
      const { status } = await world.ask(method, path, method === 'POST' ? {} : undefined, headers)
      const late = performance.now() - asked >= 1_000
      assert.deepEqual({ name, status, late }, { name, status: 503, late: false })
    }

    const metrics = await world.ask('GET', '/metrics')
    assert.equal(metrics.status, 200)
    assert.match(metrics.body, /^textback_database_away 1$/m)

    await proxy.restore()
    await until(async () => (await world.ask('GET', '/healthz')).status === 200, 'a healthy app')
    assert.equal((await world.ask('GET', '/api/v1/today')).status, 200)
    assert.match((await world.ask('GET', '/metrics')).body, /^textback_database_away 0$/m)
    assert.equal((await browser.ask('GET', '/api/auth/get-session')).body.user.email, MIKE.email)
  })

test('a server is frozen and its queue of connections full: that is a passing fault too', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tb-'))
  atEnd(t, () => rm(folder, { recursive: true }))
  const path = join(folder, '.s.PGSQL.5432')
  const database = await testDatabase()
  atEnd(t, () => database.drop())
  const { host, port } = database.config
  const through = createServer((app) => {
    const server = host.startsWith('/') ? dial(`${host}/.s.PGSQL.${port}`) : dial(port, host)
    app.pipe(server).pipe(app)
    for (const socket of [app, server]) socket.on('error', () => {})
  }).listen(path)
  await once(through, 'listening')
  const db = await openDatabase({ ...database.config, host: folder, port: 5432 }, 64)
  atEnd(t, () => db.close())
  through.close()

  const frozen = spawn(process.execPath, [
    '-e',
    `require('node:net').createServer().listen({ path: ${JSON.stringify(path)}, backlog: 1 }, () => process.kill(process.pid, 'SIGSTOP'))`,
  ])
  atEnd(t, () => frozen.kill('SIGKILL'))
  await until(
    async () => new Promise<boolean>((there) => dial(path, () => there(true)).on('error', () => there(false))),
  )
  const faults = await Promise.all(
    Array.from({ length: 64 }, () =>
      asAccount(db, 'acme', (tx) => sql`select 1`.execute(tx)).then(
        () => null,
        (error) => error,
      ),
    ),
  )
  assert.deepEqual(
    faults.filter((fault) => !isPassingFault(fault)),
    [],
  )
  // The whole answer must be there at once now.
  const asked = performance.now()
  await assert.rejects(asAccount(db, 'acme', (tx) => sql`select 1`.execute(tx)))
  assert.ok(performance.now() - asked < 1_000)
})

test('two actions wait for each other: the one that PostgreSQL ends is done once more', async (t) => {
  const database = await testDatabase()
  atEnd(t, () => database.drop())
  const db = await openDatabase(database.config)
  atEnd(t, () => db.close())
  const both = Promise.withResolvers<void>()
  let holding = 0
  const lockBoth = (first: number, second: number) =>
    asAccount(db, 'acme', async (tx) => {
      await sql`select pg_advisory_xact_lock(${first})`.execute(tx)
      if (++holding === 2) both.resolve()
      await both.promise
      await sql`select pg_advisory_xact_lock(${second})`.execute(tx)
      return 'done'
    })
  assert.deepEqual(await Promise.all([lockBoth(1, 2), lockBoth(2, 1)]), ['done', 'done'])
  assert.equal(holding, 3)
})

async function startBehindProxy(t: TestContext) {
  let proxy: Awaited<ReturnType<typeof startProxy>>
  const world = await startWorld(t, {
    mikeSignsIn: true,
    async between(config) {
      proxy = await startProxy(t, config)
      return { ...config, host: '127.0.0.1', port: proxy.port }
    },
  })
  return { world, proxy: proxy! }
}

const endedCall = () => ({
  call_session_id: 'a-session',
  call_control_id: 'a-leg',
  direction: 'incoming',
  from: caller(2),
  to: SALES,
  hangup_cause: 'originator_cancel',
  start_time: new Date().toISOString(),
  end_time: new Date().toISOString(),
})

const report = () => ({
  id: 'a-call',
  from: caller(3),
  to: WORKSHOP,
  started_at: new Date(Date.now() - 10_000).toISOString(),
  ended_at: new Date().toISOString(),
  outcome: 'missed',
})
