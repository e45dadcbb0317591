import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../postgres.ts'
import { signedHooks } from '../signed.ts'
import { freePort, type Json } from '../world.ts'
import { caller, endOfMissedCall, faultsOf } from './load.ts'
import { all, atEnd, soak, startNetwork, within } from './network.ts'
import { startTextback } from './process.ts'

/** More than one process runs at once (40), so that it dies with jobs that it took but had not begun. */
const CALLS = 60

for (let round = 1; round <= (soak ? 10 : 1); round++)
  test(`two processes, one is killed in the middle of its jobs: the other goes on within 20 s (round ${round})`, async (t) => {
    const [network, database] = await Promise.all([startNetwork(t), testDatabase()])
    atEnd(t, () => database.drop())
    const start = async () =>
      startTextback(t, {
        port: await freePort(),
        provision: network.provision,
        databaseUrl: database.url,
        dataDir: network.folder,
      })
    const survivor = await start()
    // Started last, so the carriers' webhooks come to this one.
    const victim = await start()
    await network.untilConfigured(victim.api)

    // No send is answered and no receipt comes, so that each job runs for 8 s. The other process is stopped meanwhile,
    // so that the victim takes all jobs.
    await network.ask('PUT', '/settings', { webhooks: false })
    await network.ask('POST', '/faults/next', { what: 'acceptThenTimeout', times: 40 })
    survivor.send('SIGSTOP')
    const hooks = signedHooks({ url: victim.url, network: network.ask })
    const calls = Array.from({ length: CALLS }, (_, n) => endOfMissedCall(caller(n)))
    for (const call of calls) assert.equal((await hooks.twilio('status', call.webhook)).status, 204)
    const statuses = async (api = victim.api) => (await all(api, '/messages')).map(({ status }: Json) => status)
    await within(10, '40 texts being sent and 20 waiting', async () => {
      const now = await statuses()
      return now.filter((status) => status === 'sending').length === 40 && now.length === CALLS
    })
    await victim.kill()
    const killed = performance.now()
    survivor.send('SIGCONT')

    await within(20, 'work that goes on', async () =>
      (await statuses(survivor.api)).every((status) => status !== 'sending' && status !== 'queued'),
    )
    t.diagnostic(`nothing is waiting or half done ${Math.round(performance.now() - killed)} ms after the kill`)
    await within(20, 'an outcome of every text', async () => !(await statuses(survivor.api)).includes('unknown'))
    const took = performance.now() - killed
    t.diagnostic(`every text is accounted for ${Math.round(took)} ms after the kill`)
    assert.ok(took < 20_000)
    assert.deepEqual(await faultsOf(network, survivor.api, calls), [])
    assert.match(survivor.output(), /a worker died; its jobs go on here/)
  })
