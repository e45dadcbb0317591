import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { makeApp } from '../../src/app.ts'
import { openDatabase } from '../../src/store/db.ts'
import { makeVendors } from '../../src/vendors/vendors.ts'
import { CALLER, freePort, type Json, KEY, OTHER_KEY, SALES, SECRET_KEY, startWorld, until } from '../world.ts'

test('changes are reported live', async (t) => {
  const world = await startWorld(t)
  const mine = await listen(world.url, KEY)
  const others = await listen(world.url, OTHER_KEY)
  t.after(() => {
    mine.stop()
    others.stop()
  })

  await t.test('a missed call, its lead, its text and what becomes of it, within a second', async () => {
    await world.missedCall(CALLER, SALES)
    const began = Date.now()
    await until(async () => {
      const seen = new Set(mine.changes.map((change) => change.what))
      return ['calls', 'contacts', 'leads', 'conversations', 'messages', 'events'].every((what) => seen.has(what))
    }, 'news of every kind')
    assert.ok(Date.now() - began < 1000, `it took ${Date.now() - began} ms`)
    const [call] = await world.callsFrom(CALLER)
    const told = mine.changes.filter((change) => change.what === 'messages' && change.id === call.messageId)
    assert.deepEqual(told[0], { what: 'messages', id: call.messageId, contact: call.contactId, deleted: false })
  })

  await t.test('with ids only: no phone and no text', () => {
    assert.doesNotMatch(mine.raw(), /5550143|missed your call|acme/i)
  })

  await t.test('a connection by the word of its route', async () => {
    await world.api('POST', '/carriers/main/check')
    await until(async () => mine.changes.some(({ what, id }) => what === 'carriers' && id === 'main'), 'the connection')
  })

  await t.test('also what another process did', async () => {
    const { vendors, close } = makeVendors()
    const port = await freePort()
    const app = await makeApp({
      db: await openDatabase(world.database.config, 4),
      vendors,
      log: pino({ level: 'silent' }),
      publicUrl: world.url,
      secretKey: SECRET_KEY,
      provision: null,
      allowApiUrl: true,
    })
    await app.start({ host: '127.0.0.1', port })
    const there = await listen(`http://127.0.0.1:${port}`, KEY)
    const authorization = `Bearer ${KEY}`
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/contacts`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ phone: '+13125550177' }),
    })
    const { id } = (await answer.json()) as Json
    for (const { changes } of [mine, there])
      await until(async () => changes.some((change) => change.what === 'contacts' && change.id === id), 'the contact')
    there.stop()
    await app.stop()
    await close()
  })

  await t.test('a deletion says that it is one', async () => {
    const { id } = await world.api('POST', '/contacts', { phone: '+13125550178' })
    await world.api('DELETE', `/contacts/${id}`)
    await until(async () => mine.changes.some((change) => change.id === id && change.deleted), 'the deletion')
  })

  await t.test('nothing of it to another account, which hears its own', async () => {
    const { id } = await world.api('POST', '/contacts', { phone: CALLER }, OTHER_KEY)
    await until(async () => others.changes.some((change) => change.id === id), 'its own contact')
    for (const { contact } of others.changes) assert.equal(contact, id)
    const next = await world.api('POST', '/contacts', { phone: '+13125550179' })
    await until(async () => mine.changes.some((change) => change.id === next.id), 'what came after it')
    assert.ok(!mine.changes.some((change) => change.id === id))
  })

  await t.test('closing the app ends the feed', async () => {
    await world.stop()
    await until(async () => mine.ended(), 'an end')
  })
})

/** Follows the feed as a browser does, once it is ready. */
async function listen(url: string, key: string) {
  const abort = new AbortController()
  const answer = await fetch(`${url}/api/v1/live`, {
    headers: { authorization: `Bearer ${key}` },
    signal: abort.signal,
  })
  assert.equal(answer.headers.get('content-type'), 'text/event-stream')
  const changes: Json[] = []
  let raw = ''
  let ready = false
  let ended = false
  const read = async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      raw += chunk
      for (const [, event, data] of chunk.matchAll(/event: (\w+)\ndata: (.*)\n/g)) {
        if (event === 'ready') ready = true
        if (event === 'change') changes.push(JSON.parse(data!))
      }
    }
  }
  read()
    .catch(() => {})
    .finally(() => {
      ended = true
    })
  await until(async () => ready, 'a feed that is ready')
  return { changes, raw: () => raw, ended: () => ended, stop: () => abort.abort() }
}
