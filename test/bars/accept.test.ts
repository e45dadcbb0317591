import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testDatabase } from '../postgres.ts'
import { signedHooks } from '../signed.ts'
import { freePort, MAIN, SALES, until } from '../world.ts'
import { caller, endOfMissedCall, faultsOf, missCall, untilSettled } from './load.ts'
import { atEnd, startNetwork, within } from './network.ts'
import { healthz, startTextback, type Textback } from './process.ts'
import { startProxy } from './proxy.ts'

for (const failure of ['refuses connections', 'hangs'] as const)
  test(`the database ${failure}: webhooks get 503 within 3 s, and come again when it is back`, async (t) => {
    const { network, proxy, textback, hooks } = await startBehindProxy(t)
    // A first call, so that the app's connections are open, as in normal operation.
    const before = await missCall(network, caller(0), MAIN, 50)
    await untilSettled(textback.api, [before], 10)

    if (failure === 'hangs') proxy.hang()
    else await proxy.cut()
    // More webhooks than the app has connections (16), at once and in turn: those that queue must not wait longer.
    const ends = Array.from({ length: 40 }, (_, n) => endOfMissedCall(caller(1 + n)))
    const answers = await Promise.all(
      ends.map(async ({ webhook }, n) => {
        await sleep(n < 20 ? 0 : (n - 20) * 150)
        const asked = performance.now()
        const { status } = await hooks.twilio('status', webhook)
        return { status, ms: performance.now() - asked }
      }),
    )
    const slowest = Math.max(...answers.map(({ ms }) => ms))
    t.diagnostic(`the slowest of ${answers.length} answers took ${Math.round(slowest)} ms`)
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [503])
    assert.ok(slowest < 3_000, `a webhook waited ${Math.round(slowest)} ms`)
    const asked = performance.now()
    assert.equal(await healthz(textback.url), 503)
    assert.ok(performance.now() - asked < 3_000)

    // A call in the meantime, whose carrier keeps trying.
    const meanwhile = await missCall(network, caller(99), SALES, 50)
    await until(
      async () =>
        (await network.wire()).some(
          ({ direction, status, body }) =>
            direction === 'to_app' && body.includes(meanwhile.carrierCallId) && status !== 200,
        ),
      'a webhook that failed',
    )
    await proxy.restore()
    await until(async () => (await healthz(textback.url)) === 200, 'a healthy app')

    for (const { webhook } of ends) assert.equal((await hooks.twilio('status', webhook)).status, 204)
    const calls = [before, meanwhile, ...ends]
    await untilSettled(textback.api, calls, 15)
    assert.deepEqual(await faultsOf(network, textback.api, calls), [])
  })

test('the database goes away while the app is idle: the work goes on when it is back', async (t) => {
  const { network, proxy, textback } = await startBehindProxy(t)
  await proxy.cut()
  await untilLogged(textback, 'the watch over dead workers could not look')
  await proxy.restore()
  await until(async () => (await healthz(textback.url)) === 200, 'a healthy app')
  const back = performance.now()
  const call = await missCall(network, caller(0), MAIN, 50)
  await untilSettled(textback.api, [call], 10)
  t.diagnostic(`the first text after it was out within ${Math.round(performance.now() - back)} ms`)
  assert.deepEqual(await faultsOf(network, textback.api, [call]), [])
})

test('jobs end while the database is away: they run again, and the work goes on', async (t) => {
  const { network, proxy, textback, hooks } = await startBehindProxy(t)
  // Sends without an answer or a receipt: the app gives them up after 8 s and cannot store that.
  await network.ask('PUT', '/settings', { webhooks: false })
  await network.ask('POST', '/faults/next', { what: 'acceptThenTimeout', times: 5 })
  const calls = [1, 2, 3, 4, 5].map((n) => endOfMissedCall(caller(n)))
  for (const { webhook } of calls) assert.equal((await hooks.twilio('status', webhook)).status, 204)
  await within(5, 'five sends without an answer', async () => (await network.texts()).length === 5)
  await proxy.cut()
  await untilLogged(textback, 'the worker could not go on')
  await proxy.restore()
  await until(async () => (await healthz(textback.url)) === 200, 'a healthy app')

  const next = endOfMissedCall(caller(6))
  assert.equal((await hooks.twilio('status', next.webhook)).status, 204)
  await untilSettled(textback.api, [...calls, next], 20)
  assert.deepEqual(await faultsOf(network, textback.api, [...calls, next]), [])
  const asked = performance.now()
  textback.send('SIGTERM')
  assert.deepEqual(await textback.exited, { code: 0, signal: null })
  assert.ok(performance.now() - asked < 10_000, `it took ${Math.round(performance.now() - asked)} ms to end`)
})

/** Waits until the process has written this into its log. */
function untilLogged(textback: Textback, what: string) {
  return until(async () => textback.output().includes(what), `“${what}” in the log`)
}

async function startBehindProxy(t: TestContext) {
  const [network, database, port] = await Promise.all([startNetwork(t), testDatabase(), freePort()])
  const proxy = await startProxy(t, database.config)
  atEnd(t, () => database.drop())
  const { user, password, database: name } = database.config
  const databaseUrl = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${proxy.port}/${name}`
  const textback = await startTextback(t, { port, provision: network.provision, databaseUrl, dataDir: network.folder })
  await network.untilConfigured(textback.api)
  return { network, proxy, textback, hooks: signedHooks({ url: textback.url, network: network.ask }) }
}
