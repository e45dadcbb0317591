import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { WireEntry } from '../../simulator/wire.ts'
import { testDatabase } from '../postgres.ts'
import { freePort, type Json, MAIN, MIKE, SALES } from '../world.ts'
import { startInside } from './inside.ts'
import { caller, faultsOf, missCall, type PlacedCall, textsByPhone, untilSettled } from './load.ts'
import { all, atEnd, type Network, SERVICE, startNetwork, within } from './network.ts'
import { startTextback } from './process.ts'

const MINUTE = 60_000

test('down for a moment: the missed calls that the carriers list are recovered and texted', async (t) => {
  const { network, databaseUrl, port } = await startBusiness(t)
  const start = () => startTextback(t, { port, provision: network.provision, databaseUrl, dataDir: network.folder })
  const before = await start()
  await network.untilConfigured(before.api)
  before.send('SIGTERM')
  await before.exited

  const calls = await missCallsWhileDown(network)
  const textback = await start()
  await untilSettled(textback.api, calls, 15)
  assert.deepEqual(await faultsOf(network, textback.api, calls), [])
  for (const call of await all(textback.api, '/calls')) {
    assert.equal(call.recovered, true)
    assert.equal(call.outcome, 'missed')
  }
})

test('down for 20 minutes: the missed calls are recovered, and nobody is texted so late', async (t) => {
  const { network, databaseUrl, port } = await startBusiness(t)
  const before = await startInside(t, { port, provision: network.provision, databaseUrl })
  await network.untilConfigured(before.api)
  await before.stop()

  const calls = await missCallsWhileDown(network)
  const textback = await startInside(t, {
    port,
    provision: null,
    databaseUrl,
    now: () => new Date(Date.now() + 20 * MINUTE),
  })
  await untilSettled(textback.api, calls, 15)
  const stored = await all(textback.api, '/calls')
  assert.deepEqual(
    stored.map(({ recovered, outcome, decision }) => ({ recovered, outcome, reason: decision.reason })),
    calls.map(() => ({ recovered: true, outcome: 'missed', reason: 'late' })),
  )
  assert.deepEqual(await network.texts(), [])
  // They are still leads: somebody will want to call them.
  assert.equal((await all(textback.api, '/leads')).length, calls.length)
})

test('only the last webhook of a call is lost: the carrier is asked, and an answered call gets no text', async (t) => {
  const { network, databaseUrl, port } = await startBusiness(t)
  const before = await startInside(t, { port, provision: network.provision, databaseUrl })
  await network.untilConfigured(before.api)

  const missed = [await ring(network, caller(1), MAIN), await ring(network, caller(2), SERVICE)]
  const answered = [await ring(network, caller(3), MAIN), await ring(network, caller(4), SERVICE)]
  for (const { id } of answered) await network.ask('POST', `/calls/${id}/answer`, { phone: MIKE })
  await within(
    5,
    'two calls in progress',
    async () => (await all(before.api, '/calls')).filter(({ outcome }: Json) => outcome === 'in_progress').length === 2,
  )
  await network.ask('PUT', '/settings', { webhooks: false })
  for (const { id } of [...missed, ...answered]) await network.ask('POST', `/calls/${id}/hangup`, {})
  await untilGivenUp(network, [...missed, ...answered])
  await before.stop()
  await network.ask('PUT', '/settings', { webhooks: true })

  // The app asks about a call when it should be over: after two minutes.
  const textback = await startInside(t, {
    port,
    provision: null,
    databaseUrl,
    now: () => new Date(Date.now() + 3 * MINUTE),
  })
  await untilSettled(textback.api, [...missed, ...answered], 15)
  const outcomes = new Map((await all(textback.api, '/calls')).map(({ from, outcome }: Json) => [from, outcome]))
  const texted = await textsByPhone(network)
  for (const { from } of missed) assert.deepEqual([outcomes.get(from), texted.get(from)], ['missed', 1])
  for (const { from } of answered) assert.deepEqual([outcomes.get(from), texted.get(from)], ['answered', undefined])
})

async function startBusiness(t: TestContext) {
  const [network, database, port] = await Promise.all([startNetwork(t), testDatabase(), freePort()])
  atEnd(t, () => database.drop())
  return { network, port, databaseUrl: database.url }
}

/** Three missed calls at each carrier while the app is down; waits for the last try of every webhook. */
async function missCallsWhileDown(network: Network) {
  // Telnyx pauses for a second between its tries.
  await network.ask('PUT', '/clock', { speed: 20 })
  const calls = await Promise.all(
    [MAIN, SALES, MAIN, SALES, MAIN, SERVICE].map((to, n) => missCall(network, caller(n), to, 100)),
  )
  await untilGivenUp(network, calls)
  await network.ask('PUT', '/clock', { speed: 1 })
  return calls
}

/** Waits until the carriers have tried for the last time to report the end of each of these calls. */
async function untilGivenUp(network: Network, calls: PlacedCall[]) {
  await within(10, 'the last try of every webhook', async () => {
    const tries = (await network.wire()).filter(({ direction }) => direction === 'to_app')
    const isLast = ({ url, body, note = '' }: WireEntry) =>
      url.endsWith('/status') ? note.includes('retry 3') : body.includes('"call.hangup"') && /try 3|dropped/.test(note)
    return calls.every(({ carrierCallId }) => tries.some((one) => one.body.includes(carrierCallId) && isLast(one)))
  })
}

/** Somebody calls and Mike's phone rings. */
async function ring(network: Network, from: string, to: string) {
  const { id, carrierCallId } = await network.ask('POST', '/calls', { from, to })
  await within(5, `a ringing phone for ${to}`, async () => {
    const { legs } = await network.ask('GET', `/calls/${id}`)
    return legs.some((leg: Json) => leg.to === MIKE && leg.state === 'ringing')
  })
  return { id, carrierCallId, from, to }
}
