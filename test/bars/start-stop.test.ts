import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { testDatabase } from '../postgres.ts'
import { freePort, MAIN } from '../world.ts'
import { acknowledgedEnds, caller, faultsOf, missCall, placeCalls, seeded, untilSettled } from './load.ts'
import { atEnd, startNetwork, within } from './network.ts'
import { healthz, launchTextback, startTextback } from './process.ts'

for (const carrier of ['a quick carrier', 'a carrier that keeps some sends waiting'] as const)
  test(`SIGTERM under load with ${carrier}: ends within 10 s, with nothing lost and nothing half done`, async (t) => {
    const [network, database, port] = await Promise.all([startNetwork(t), testDatabase(), freePort()])
    atEnd(t, () => database.drop())
    const start = () =>
      startTextback(t, { port, provision: network.provision, databaseUrl: database.url, dataDir: network.folder })
    const first = await start()
    await network.untilConfigured(first.api)
    const load = placeCalls(t, network, { everyMs: 40, random: seeded(1) })
    await within(10, 'twenty texts', async () => (await network.texts()).length >= 20)
    if (carrier !== 'a quick carrier') {
      await network.ask('POST', '/faults/next', { what: 'acceptThenTimeout', times: 3 })
      await within(
        10,
        'three sends without an answer',
        async () => (await network.wire()).filter(({ note }) => note?.includes('the answer never comes')).length === 3,
      )
    }

    const asked = performance.now()
    first.send('SIGTERM')
    assert.deepEqual(await first.exited, { code: 0, signal: null })
    const took = performance.now() - asked
    t.diagnostic(`ended after ${Math.round(took)} ms`)
    assert.ok(took < 10_000, `it took ${Math.round(took)} ms`)
    load.stop()
    const calls = await load.placed
    assert.deepEqual(await inSending(database.config), [])

    const second = await start()
    const acknowledged = acknowledgedEnds(await network.wire())
    const owed = calls.filter((call) => acknowledged.has(call.carrierCallId))
    await untilSettled(second.api, owed, 15)
    assert.deepEqual(await faultsOf(network, second.api, calls, owed), [])
  })

test('Ctrl-C, pressed twice, ends PostgreSQL and the phone network; the next start takes less than 3 s', async (t) => {
  // The demo's phone network has the fixed ports of its provisioning file.
  const taken = (await Promise.all([4009, 4010, 4011].map(isTaken))).includes(true)
  if (taken) return t.skip('another program holds the ports of the demo: 4009, 4010 or 4011')
  const dataDir = await mkdtemp(join(tmpdir(), 'textback-bars-'))
  await chmod(dataDir, 0o711)
  atEnd(t, () => rm(dataDir, { recursive: true, force: true }))
  const start = async () =>
    startTextback(t, { port: await freePort(), dataDir, env: { SIMULATOR: 'on', DATABASE_URL: '', PROVISION: '' } })

  const readyInMs: number[] = []
  for (const _ of ['first', 'second', 'third', 'fourth']) {
    const textback = await start()
    readyInMs.push(Math.round(textback.readyInMs))
    const postgres = await postmasterOf(dataDir)
    assert.ok(postgres && (await isTaken(4009)))

    textback.pressCtrlC()
    await sleep(20)
    textback.pressCtrlC()
    assert.deepEqual(await textback.exited, { code: 0, signal: null })
    assert.equal(isRunning(postgres), false, 'PostgreSQL runs on')
    assert.equal(await isTaken(4009), false, 'the phone network runs on')
  }
  t.diagnostic(`the first start, which makes the database, and three more were ready after ${readyInMs.join(', ')} ms`)
  // Three seconds on an idle machine. On a busy one a start gets only a share of it, and the fastest start counts.
  const share = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
  assert.ok(Math.min(...readyInMs.slice(1)) < 3_000 * share, `with a load of ${share.toFixed(1)} for each core`)
})

test('Ctrl-C while it is still starting: PostgreSQL ends as well', async (t) => {
  const [network, port] = await Promise.all([startNetwork(t), freePort()])
  const settings = { port, provision: network.provision, dataDir: join(network.folder, 'data') }
  const first = await startTextback(t, settings)
  first.pressCtrlC()
  await first.exited

  for (const ms of [0, 20, 50, 100, 200, 400]) {
    const textback = launchTextback(t, settings)
    const postgres = await within(10, 'a PostgreSQL', () => postmasterOf(settings.dataDir))
    await sleep(ms)
    textback.pressCtrlC()
    assert.deepEqual(await textback.exited, { code: 0, signal: null }, textback.output())
    assert.equal(isRunning(postgres), false, `PostgreSQL runs on after a Ctrl-C ${ms} ms after it began`)
  }
})

test('PostgreSQL is killed under the running app: it starts again, and the work goes on', async (t) => {
  const [network, port] = await Promise.all([startNetwork(t), freePort()])
  const dataDir = join(network.folder, 'data')
  const textback = await startTextback(t, { port, provision: network.provision, dataDir })
  await network.untilConfigured(textback.api)
  const before = await missCall(network, caller(1), MAIN, 50)
  await untilSettled(textback.api, [before], 10)

  const killed = (await postmasterOf(dataDir))!
  process.kill(killed, 'SIGKILL')
  await within(5, 'a process that is gone', async () => !isRunning(killed))
  // The carrier repeats its webhook at once and then no more, so this call comes from the carrier's list.
  const meanwhile = await missCall(network, caller(2), MAIN, 50)
  await within(15, 'a database', async () => (await healthz(textback.url)) === 200)
  const after = await missCall(network, caller(3), MAIN, 50)
  await untilSettled(textback.api, [before, meanwhile, after], 20)
  assert.deepEqual(await faultsOf(network, textback.api, [before, meanwhile, after]), [])

  const next = (await postmasterOf(dataDir))!
  assert.notEqual(next, killed)
  textback.send('SIGTERM')
  assert.deepEqual(await textback.exited, { code: 0, signal: null })
  assert.equal(isRunning(next), false)
})

/** The process id of the PostgreSQL that runs on this data folder; null when there is none. */
async function postmasterOf(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return pid && isRunning(pid) ? pid : null
}

/** The texts that a stopped app has left in `sending`. */
async function inSending(config: pg.ClientConfig): Promise<unknown[]> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    await client.query("set textback.account = '*'")
    const { rows } = await client.query("select id, to_address from textback.messages where status = 'sending'")
    return rows
  } finally {
    await client.end()
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      answer(true)
    }).on('error', () => answer(false))
  })
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
