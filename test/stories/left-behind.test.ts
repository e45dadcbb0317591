import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { startInside } from '../bars/inside.ts'
import { caller } from '../bars/load.ts'
import { all, atEnd, startNetwork, within } from '../bars/network.ts'
import { startProxy } from '../bars/proxy.ts'
import { testDatabase } from '../postgres.ts'
import { openBrowser } from '../session.ts'
import { signedHooks } from '../signed.ts'
import { CALLER, freePort, type Json, MAIN, startWorld, until, type World } from '../world.ts'

/** Found after 15 s at most; the rest is for a busy machine. */
const MOVED_WITHIN_S = 25

test('the job of a queued text is lost: the text leaves all the same, once', async (t) => {
  const world = await startWorld(t)
  const database = await looksInto(t, world.database)
  await world.network('POST', '/faults/next', { what: 'status429', times: 1 })
  const { id } = await world.api('POST', '/messages', { from: MAIN, to: CALLER, body: 'On our way.' })
  await until(() => database.loses('deliver-message', id), 'a text that is to be offered again')
  await within(MOVED_WITHIN_S, 'a text on the phone', async () => (await world.textsSentTo(CALLER)).length > 0)
  await until(async () => ['sent', 'delivered'].includes((await database.message(id)).status))
  assert.equal((await world.textsSentTo(CALLER)).length, 1)
  assert.match((await world.ask('GET', '/metrics')).body, /^textback_left_behind_total\{what="text"\} 1$/m)
  assert.equal((await database.message(id)).due_at, null)
})

test('the job that asks about an unknown outcome is lost: it is asked all the same', async (t) => {
  const world = await startWorld(t)
  const database = await looksInto(t, world.database)
  await world.network('PUT', '/settings', { webhooks: false })
  await world.network('POST', '/faults/next', { what: 'acceptThenTimeout', times: 1 })
  const { id } = await world.api('POST', '/messages', { from: MAIN, to: CALLER, body: 'On our way.' })
  await until(() => database.loses('reconcile-message', id), 'a text of unknown outcome')
  assert.equal((await database.message(id)).status, 'unknown')
  await within(MOVED_WITHIN_S, 'an outcome', async () => (await database.message(id)).status !== 'unknown')
  assert.equal((await world.textsSentTo(CALLER)).length, 1)
})

test('the job that concludes a call is lost: the call is decided all the same', async (t) => {
  const world = await startWorld(t)
  const database = await looksInto(t, world.database)
  const id = await world.ringing(CALLER, MAIN, '+12025550111')
  // Of what comes now only the last webhook arrives, which does not tell whether anybody answered.
  await world.network('PUT', '/settings', { webhooks: false })
  await world.network('POST', `/calls/${id}/answer`, { phone: '+12025550111' })
  await world.network('POST', `/calls/${id}/hangup`, {})
  const { carrierCallId } = await world.network('GET', `/calls/${id}`)
  const hooks = signedHooks(world)
  await hooks.twilio('status', { CallSid: carrierCallId, From: CALLER, To: MAIN, CallStatus: 'completed' })
  const [call] = (await world.api('GET', '/calls')).data
  await until(() => database.loses('conclude-call', call.id), 'a call that waits to be concluded')
  await within(MOVED_WITHIN_S, 'a decision', async () => (await world.api('GET', '/calls')).data[0].decision)
  assert.equal((await world.api('GET', '/calls')).data[0].outcome, 'answered')
})

test('nothing more is heard of a call: its carrier is asked', async (t) => {
  let aheadMs = 0
  const world = await startWorld(t, { now: () => new Date(Date.now() + aheadMs) })
  const id = await world.ringing(CALLER, MAIN, '+12025550111')
  await world.network('PUT', '/settings', { webhooks: false })
  await world.network('POST', `/calls/${id}/hangup`, {})
  aheadMs = 3 * 60_000
  await within(MOVED_WITHIN_S, 'a decision', async () => (await world.api('GET', '/calls')).data[0].decision)
  assert.equal((await world.textsSentTo(CALLER)).length, 1)
})

test('the worker has lost a job that the queue thinks it has: it runs all the same', async (t) => {
  const world = await startWorld(t)
  const database = await looksInto(t, world.database)
  const pool = await until(async () => (await database.query('select pool_id from textback.workers')).rows[0]?.pool_id)
  await database.query("update textback.connections set checked_at = null where id = 'main'")
  await database.query(
    `select graphile_worker.add_job('check-connection', '{"accountId": "acme", "connectionId": "main"}', run_at := now() + interval '1 day', job_key := 'forgotten')`,
  )
  await database.query(
    `update graphile_worker._private_jobs set locked_by = $1, locked_at = now(), run_at = now() where key = 'forgotten'`,
    [pool],
  )
  await within(MOVED_WITHIN_S, 'the job done', async () => {
    const { rows } = await database.query("select checked_at from textback.connections where id = 'main'")
    return rows[0].checked_at
  })
})

test('two processes find the same texts left behind: nobody is texted twice', async (t) => {
  const [network, database, ...ports] = await Promise.all([startNetwork(t), testDatabase(), freePort(), freePort()])
  atEnd(t, () => database.drop())
  const settings = { databaseUrl: database.url, provision: network.provision }
  const one = await startInside(t, { ...settings, port: ports[0]! })
  const other = await startInside(t, { ...settings, port: ports[1]! })
  await network.untilConfigured(other.api)
  const look = await looksInto(t, database)
  const phones = Array.from({ length: 30 }, (_, n) => caller(n))
  await network.ask('POST', '/faults/next', { what: 'status429', times: phones.length })
  const sent = await Promise.all(
    phones.map((to) => one.api('POST', '/messages', { from: MAIN, to, body: 'On our way.' })),
  )
  // Both would run the jobs too: all are lost while their texts wait to be offered again.
  await within(10, 'thirty lost jobs', async () => {
    await look.query("delete from graphile_worker._private_jobs where key like 'deliver %' and locked_at is null")
    const waiting = (await all(one.api, '/messages')).filter(({ status }: Json) => status === 'queued').length
    return waiting > 0 && waiting + (await network.texts()).length >= phones.length
  })
  await within(2 * MOVED_WITHIN_S, 'all texts', async () => {
    const { rows } = await look.query('select status from textback.messages where id = any($1)', [
      sent.map(({ id }) => id),
    ])
    return rows.every(({ status }) => ['accepted', 'sent', 'delivered'].includes(status))
  })
  const texts = await network.texts()
  assert.deepEqual(texts.map(({ to }) => to).toSorted(), phones.toSorted())
})

test('the database stands still as texts leave: what carriers answered is written after it, and none is in doubt', async (t) => {
  let proxy: Awaited<ReturnType<typeof startProxy>>
  const world = await startWorld(t, {
    async between(config) {
      proxy = await startProxy(t, config)
      return { ...config, host: '127.0.0.1', port: proxy.port }
    },
  })
  const database = await looksInto(t, world.database)
  const phones = Array.from({ length: 40 }, (_, n) => caller(n))
  const written = phones.map((to) => world.ask('POST', '/api/v1/messages', { from: MAIN, to, body: 'On our way.' }))
  await until(async () => (await world.network('GET', '/messages')).length > 0, 'a first text')
  proxy!.hang()
  await new Promise((done) => setTimeout(done, 3_500))
  await proxy!.restore()
  const queued = (await Promise.all(written)).filter(({ status }) => status === 201).length
  await within(12, 'all texts taken', async () => {
    const { rows } = await database.query('select status from textback.messages')
    assert.equal(rows.filter(({ status }) => status === 'unknown').length, 0)
    return rows.length >= queued && rows.every(({ status }) => ['accepted', 'sent', 'delivered'].includes(status))
  })
  const texts: Json[] = await world.network('GET', '/messages')
  assert.equal(new Set(texts.map(({ to }) => to)).size, texts.length, 'nobody is texted twice')
})

test('a text cannot be moved: /healthz, the metrics and Today say so, until it is', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true })
  const database = await looksInto(t, world.database)
  await world.network('POST', '/faults/next', { what: 'status429', times: 1 })
  const { id } = await world.api('POST', '/messages', { from: MAIN, to: CALLER, body: 'On our way.' })
  await until(() => database.loses('deliver-message', id))
  await database.query(`create function textback.refuse() returns trigger language plpgsql as $$
    begin raise exception 'this row cannot be written'; end $$`)
  await database.query(`update textback.messages set due_at = now() - interval '70 seconds' where id = $1`, [id])
  await database.query(
    `create trigger refuse before update on textback.messages for each row execute function textback.refuse()`,
  )

  const health = await within(10, 'a text that is left behind', async () => {
    const { status, body } = await world.ask('GET', '/healthz')
    // It goes on taking calls, so the answer stays 200.
    assert.deepEqual([status, body.ready], [200, true])
    return body.leftBehind
  })
  assert.deepEqual([health.texts, health.calls], [1, 0])
  assert.ok(Date.now() - Date.parse(health.since) > 60_000)
  assert.match((await world.ask('GET', '/metrics')).body, /^textback_left_behind\{what="text"\} 1$/m)
  const browser = await openBrowser(world)
  await browser.signIn('mike@acme.test', 'mikes-password')
  const { leftBehind } = (await browser.ask('GET', '/api/v1/today')).body
  assert.deepEqual([leftBehind.texts, leftBehind.calls, leftBehind.since], [1, 0, health.since])
  const other = await world.api('GET', '/today', undefined, 'tb_key_of_the_other_account')
  assert.equal(other.leftBehind, null)

  await database.query('drop trigger refuse on textback.messages')
  await within(60, 'a text on the phone', async () => (await world.textsSentTo(CALLER)).length === 1)
  await until(async () => (await world.ask('GET', '/healthz')).body.leftBehind === undefined, 'a clean bill of health')
  assert.equal((await world.api('GET', '/today')).leftBehind, null)
})

test('the watch reads by its indexes, also under row-level security', async (t) => {
  const world = await startWorld(t)
  const database = await looksInto(t, world.database)
  await database.query('set enable_seqscan = off')
  for (const table of ['messages', 'calls']) {
    const { rows } = await database.query(
      `explain select id from textback.${table} where due_at < now() order by due_at limit 100`,
    )
    assert.match(JSON.stringify(rows), new RegExp(`Index Scan (using|on) ${table}_due .*Index Cond: \\(due_at <`))
  }
})

/** A connection with the product's own role, which sees all accounts. */
async function looksInto(t: TestContext, { config }: Pick<World['database'], 'config'>) {
  const client = new pg.Client(config)
  await client.connect()
  t.after(() => client.end().catch(() => {}))
  client.on('error', () => {})
  const query = (text: string, values: unknown[] = []) => client.query<Json>(text, values)
  await query("select set_config('textback.account', '*', false)")
  return {
    query,
    message: async (id: string) => (await query('select * from textback.messages where id = $1', [id])).rows[0],
    /** Deletes the job about this row; false while there is none that waits. */
    async loses(name: string, id: string): Promise<boolean> {
      const { rowCount } = await query(
        `delete from graphile_worker._private_jobs j using graphile_worker._private_tasks k
          where k.id = j.task_id and k.identifier = $1 and j.payload::text like '%' || $2 || '%' and j.locked_at is null
            and j.run_at > now()`,
        [name, id],
      )
      return rowCount === 1
    },
  }
}
