import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testDatabase } from '../postgres.ts'
import { freePort, MAIN } from '../world.ts'
import { startInside } from './inside.ts'
import { acknowledgedEnds, caller, faultsOf, missCall, placeCalls, seeded, untilSettled } from './load.ts'
import { all, atEnd, soak, startNetwork } from './network.ts'
import { startTextback } from './process.ts'

const seed = Number(process.env.SEED ?? 1)

test('killed every 0.2 to 2 s under load: no acknowledged call is lost, nobody is texted twice', async (t) => {
  const random = seeded(seed)
  const [network, database, port] = await Promise.all([startNetwork(t), testDatabase(), freePort()])
  atEnd(t, () => database.drop())
  const start = () =>
    startTextback(t, { port, provision: network.provision, databaseUrl: database.url, dataDir: network.folder })

  let textback = await start()
  await network.untilConfigured(textback.api)
  const load = placeCalls(t, network, { everyMs: soak ? 200 : 50, random })
  const until = Date.now() + (soak ? 180_000 : 12_000)
  let kills = 0
  while (Date.now() < until || kills < 4) {
    await sleep(200 + random() * 1800)
    await textback.kill()
    kills++
    textback = await start()
  }
  load.stop()
  const calls = await load.placed
  const acknowledged = acknowledgedEnds(await network.wire())
  const owed = calls.filter((call) => acknowledged.has(call.carrierCallId))
  // The last start is in this process, where lists settle sooner. A text that was being sent when the app died, and
  // that Twilio does not have, is sent again once its list shows a text of the same number that is so much later.
  await textback.kill()
  const { api } = await startInside(t, { port, provision: network.provision, databaseUrl: database.url })
  await sleep(4_000)
  calls.push(await missCall(network, caller(9_599), MAIN, 50))
  await untilSettled(api, owed, soak ? 120 : 30, network)

  t.diagnostic(`seed ${seed}: ${kills} kills, ${calls.length} calls, ${owed.length} of them acknowledged`)
  assert.ok(owed.length >= 30, 'too little happened to show anything')
  assert.deepEqual(await faultsOf(network, api, calls, owed), [])
})

test('killed with its own PostgreSQL: the next start takes the data over and goes on', async (t) => {
  const [network, port] = await Promise.all([startNetwork(t), freePort()])
  const start = () => startTextback(t, { port, provision: network.provision, dataDir: join(network.folder, 'data') })

  const killed = await start()
  await network.untilConfigured(killed.api)
  const calls = await Promise.all([1, 2, 3, 4, 5].map((n) => missCall(network, caller(n), MAIN, 50)))
  await untilSettled(killed.api, calls, 10)
  await killed.kill()

  const textback = await start()
  t.diagnostic(`ready again in ${Math.round(textback.readyInMs)} ms`)
  assert.ok(textback.readyInMs < 8_000, `the start after the kill took ${Math.round(textback.readyInMs)} ms`)
  assert.equal((await all(textback.api, '/calls')).length, calls.length)
  assert.deepEqual(await faultsOf(network, textback.api, calls), [])

  const next = await missCall(network, caller(6), MAIN, 50)
  await untilSettled(textback.api, [next], 10)
  textback.send('SIGTERM')
  assert.deepEqual(await textback.exited, { code: 0, signal: null })
})
