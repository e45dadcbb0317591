import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { signedHooks } from '../signed.ts'
import { CALLER, freePort, startWorld, until, type World } from '../world.ts'
import { startInside } from './inside.ts'
import { caller, endOfMissedCall, MOVING, textsByPhone } from './load.ts'
import { all, soak } from './network.ts'

test('the same webhook 1,000 times over 50 connections: one call, one lead, one text', async (t) => {
  const world = await startWorld(t)
  const times = soak ? 20_000 : 1_000
  const statuses = await postOverAndOver(world, endOfMissedCall(CALLER).webhook, { times, connections: 50 })
  assert.deepEqual([...new Set(statuses)], [204])
  await untilQuiet(world)
  assert.deepEqual(await counts(world), { calls: 1, contacts: 1, leads: 1, messages: 1, texts: 1 })
})

test('two apps on one database get the same webhook at the same time: one call, one lead, one text', async (t) => {
  const world = await startWorld(t)
  const other = await startInside(t, { port: await freePort(), provision: null, databaseUrl: world.database.url })
  const webhook = endOfMissedCall(CALLER).webhook
  await Promise.all(
    [world, other].map(({ url }) => postOverAndOver({ ...world, url }, webhook, { times: 200, connections: 25 })),
  )
  await untilQuiet(world)
  assert.deepEqual(await counts(world), { calls: 1, contacts: 1, leads: 1, messages: 1, texts: 1 })
})

test('without the unique indexes a repeated webhook makes more calls and texts', async (t) => {
  const world = await startWorld(t)
  const database = new pg.Client(world.database.config)
  await database.connect()
  // The statements name the constraint, so it stays, but with a column that is always different.
  await database.query(`set search_path = textback;
    alter table calls drop constraint one_row_per_call,
      add constraint one_row_per_call unique (account_id, connection_id, carrier_call_id, id);
    drop index one_text_back_per_call`)
  await database.end()
  await postOverAndOver(world, endOfMissedCall(CALLER).webhook, { times: 50, connections: 10 })
  await untilQuiet(world)
  const { calls, texts } = await counts(world)
  assert.ok(calls > 1, `${calls} call`)
  assert.ok(texts > 1, `${texts} text`)
})

test('two calls of one new caller at the same instant: one contact, one lead, two texts', async (t) => {
  const world = await startWorld(t)
  const callers = Array.from({ length: soak ? 500 : 25 }, (_, n) => caller(n))
  const hooks = signedHooks(world)
  for (const from of callers) {
    const answers = await Promise.all([1, 2].map(() => hooks.twilio('status', endOfMissedCall(from).webhook)))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [204, 204],
    )
  }
  await untilQuiet(world)
  const { contacts, leads, ...rest } = await counts(world)
  assert.deepEqual({ contacts, leads }, { contacts: callers.length, leads: callers.length })
  assert.deepEqual(rest, { calls: 2 * callers.length, messages: 2 * callers.length, texts: 2 * callers.length })
})

async function postOverAndOver(
  to: Pick<World, 'url' | 'network'>,
  webhook: Record<string, string>,
  { times, connections }: { times: number; connections: number },
): Promise<number[]> {
  const hooks = signedHooks(to)
  const statuses: number[] = []
  let left = times
  async function post() {
    while (left-- > 0) statuses.push((await hooks.twilio('status', webhook)).status)
  }
  await Promise.all(Array.from({ length: connections }, post))
  return statuses
}

/** Waits until every text is settled. */
function untilQuiet({ api }: World) {
  return until(async () => (await all(api, '/messages')).every(({ status }) => !MOVING.includes(status)), 'quiet')
}

async function counts({ api, network }: World) {
  const [calls, contacts, leads, messages] = await Promise.all(
    ['/calls', '/contacts', '/leads', '/messages'].map(async (path) => (await all(api, path)).length),
  )
  const texts = [...(await textsByPhone({ texts: () => network('GET', '/messages') })).values()]
  return {
    calls: calls!,
    contacts: contacts!,
    leads: leads!,
    messages: messages!,
    texts: texts.reduce((a, b) => a + b, 0),
  }
}
