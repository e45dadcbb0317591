import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startProxy } from '../../test/bars/proxy.ts'
import { testDatabase } from '../../test/postgres.ts'
import { openDatabase } from './db.ts'
import { type Change, startLiveFeed } from './live.ts'

const change = { account: 'acme', what: 'leads', id: 'a lead', contact: null, deleted: false }

test('a connection that falls silent is noticed, made anew, and everybody is told of the gap', async (t) => {
  const database = await testDatabase()
  const proxy = await startProxy(t, database.config)
  const through = await openDatabase({ ...database.config, host: '127.0.0.1', port: proxy.port }, 1)
  const beside = await openDatabase(database.config, 1)
  const heard: Change[] = []
  const gap = Promise.withResolvers<void>()
  const beat = { everyMs: 20, answerMs: 100 }
  const feed = await startLiveFeed(
    through,
    (change) => heard.push(change),
    () => {},
    beat,
  )
  t.after(async () => {
    await feed.stop()
    await Promise.all([through.close(), beside.close()])
    await database.drop()
  })
  const told = Promise.withResolvers<Change>()
  feed.follow('acme', told.resolve, gap.resolve)
  const tell = (id: string) =>
    beside.pool.query("select pg_notify('textback', $1)", [JSON.stringify([{ ...change, id }])])

  proxy.forget()
  await tell('lost')
  await gap.promise
  await tell('heard')
  assert.equal((await told.promise).id, 'heard')
  assert.deepEqual(
    heard.map(({ id }) => id),
    ['heard'],
  )
})

test('a feed ends also when its connection has fallen silent', async (t) => {
  const database = await testDatabase()
  const proxy = await startProxy(t, database.config)
  const through = await openDatabase({ ...database.config, host: '127.0.0.1', port: proxy.port }, 1)
  t.after(async () => {
    await through.close()
    await database.drop()
  })
  const nothing = () => {}
  const feed = await startLiveFeed(through, nothing, nothing, { everyMs: 60_000, answerMs: 50 })
  proxy.forget()
  await feed.stop()
})
