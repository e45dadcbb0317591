import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../postgres.ts'
import { CALLER, freePort, type Json, MAIN, SALES } from '../world.ts'
import { startInside } from './inside.ts'
import { missCall, placeCalls, seeded, textsByPhone } from './load.ts'
import { all, atEnd, soak, startNetwork, within } from './network.ts'

const seeds = process.env.SEED ? [Number(process.env.SEED)] : soak ? [1, 2, 3, 4] : [1]

/** A tenth of what was seen: lists that are 33 to 60 s behind, where we take a list to be out of order by 30 s at most. */
const LAG_MS = [3_300, 6_000]
const times = { answerWithinMs: 1_000, listSettlesAfterMs: 3_000 }

for (const seed of seeds)
  test(`lists that lag, and no early receipts, seed ${seed}: nobody is texted twice`, async (t) => {
    const [network, database, port] = await Promise.all([startNetwork(t), testDatabase(), freePort()])
    atEnd(t, () => database.drop())
    const { api } = await startInside(t, { port, provision: network.provision, databaseUrl: database.url, ...times })
    await network.untilConfigured(api)
    await network.ask('PUT', '/faults', {
      seed,
      status500: 0.15,
      acceptThenTimeout: 0.15,
      listLagMs: LAG_MS,
      receiptDelayMs: [25_000, 25_000],
    })
    const calls = await placeCalls(t, network, { count: soak ? 1_200 : 240, everyMs: 50, random: seeded(seed) }).placed

    const messages = () => all(api, '/messages')
    const unknown = (all: Json[]) => all.filter(({ status }) => status === 'unknown')
    await within(20, 'an answer about every text', async () => {
      const now = await messages()
      return (
        now.length === calls.length && now.every(({ status }) => status !== 'queued' && status !== 'sending') && now
      )
    })
    // Until every list has shown everything, and its reader has come twice more.
    await within(40, 'the texts that the lists prove', async () => {
      const texted = await textsByPhone(network)
      return unknown(await messages()).every(({ to }) => !texted.has(to))
    })
    const texted = await textsByPhone(network)
    assert.deepEqual(
      [...texted].filter(([, times]) => times > 1),
      [],
    )
    const left = unknown(await messages())
    t.diagnostic(`${calls.length} calls, ${texted.size} texted, ${left.length} wait for a person`)
    // Those were never taken: whoever was texted is known to be.
    for (const { to } of left) assert.equal(texted.get(to), undefined)
    // What Twilio did not take is sent again once its list shows something so much later.
    await network.ask('DELETE', '/faults')
    await missCall(network, CALLER, MAIN, 50)
    await within(40, 'an end of every text through Twilio', async () =>
      unknown(await messages()).every(({ from }) => from === SALES),
    )
    assert.ok([...(await textsByPhone(network)).values()].every((times) => times === 1))
  })
