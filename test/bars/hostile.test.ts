import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testDatabase } from '../postgres.ts'
import { CALLER, freePort, MAIN, SALES, until } from '../world.ts'
import { startInside } from './inside.ts'
import { faultsOf, missCall, placeCalls, seeded, untilSettled } from './load.ts'
import { all, atEnd, soak, startNetwork } from './network.ts'

const seeds = process.env.SEED ? [Number(process.env.SEED)] : soak ? [1, 2, 3, 4, 5, 6, 7, 8] : [1]

for (const seed of seeds)
  test(`a hostile carrier, seed ${seed}: at most one text for each call, and every text is settled`, async (t) => {
    const { network, textback } = await startHostile(t)
    await network.ask('PUT', '/faults', {
      seed,
      duplicate: 0.1,
      reorder: 0.2,
      status429: 0.05,
      status500: 0.05,
      acceptThenTimeout: 0.05,
      // A receipt at once would reveal every text that was accepted in spite of the error.
      delayMs: [0, 4_000],
    })
    const calls = await placeCalls(t, network, { count: soak ? 1_000 : 150, everyMs: 25, random: seeded(seed) }).placed
    // Shows how far Twilio's list has come, long enough after the last attempt.
    await sleep(3_500)
    await network.ask('DELETE', '/faults')
    calls.push(await missCall(network, CALLER, MAIN, 50))
    await untilSettled(textback.api, calls, 30, network)
    // No call is without a text: what the carrier did not process was sent again, once.
    assert.deepEqual(await faultsOf(network, textback.api, calls), [])

    const sends = (await network.wire()).filter(
      ({ method, url, direction }) => direction === 'to_carrier' && method === 'POST' && /messages/i.test(url),
    )
    const countOf = (what: (one: (typeof sends)[number]) => boolean) => sends.filter(what).length
    const faults = [429, 500, null].map((status) => countOf((send) => send.status === status))
    t.diagnostic(`${sends.length} sends for ${calls.length} calls; of them 429, 500, no answer: ${faults.join(', ')}`)
    assert.ok(
      faults.every((count) => count > 0),
      'the carrier was not hostile enough to show anything',
    )
  })

test('an unknown outcome is settled when its callback comes', async (t) => {
  const { network, textback } = await startHostile(t)
  // The list cannot be read, so only the callback says it. It comes 20 ms after the text, which this clock makes 2 s.
  await network.ask('PUT', '/settings', { listsReadable: false })
  await network.ask('PUT', '/clock', { speed: 0.01 })
  await network.ask('POST', '/faults/next', { what: 'acceptThenTimeout', times: 2 })
  await Promise.all([missCall(network, CALLER, MAIN, 50), missCall(network, CALLER, SALES, 50)])
  const statuses = async () => (await all(textback.api, '/messages')).map(({ status }) => status)
  await until(async () => (await statuses()).join() === 'unknown,unknown', 'two texts of unknown outcome')
  await until(async () => (await statuses()).join() === 'sent,sent', 'what the callbacks said')
  assert.equal((await network.texts()).length, 2)
})

async function startHostile(t: Parameters<typeof startNetwork>[0]) {
  const [network, database, port] = await Promise.all([startNetwork(t), testDatabase(), freePort()])
  atEnd(t, () => database.drop())
  // The lists settle later than a carrier may answer, so that "absent" is true.
  const times = { answerWithinMs: 1_000, listSettlesAfterMs: 2_500 }
  const textback = await startInside(t, { port, provision: network.provision, databaseUrl: database.url, ...times })
  await network.untilConfigured(textback.api)
  return { network, textback }
}
