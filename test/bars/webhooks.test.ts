import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { testDatabase } from '../postgres.ts'
import { startReceiver, verify } from '../receiver.ts'
import { freePort, type Json } from '../world.ts'
import { startInside } from './inside.ts'
import { seeded } from './load.ts'
import { atEnd, soak, startNetwork, within } from './network.ts'
import { startTextback } from './process.ts'

const seed = Number(process.env.SEED ?? 1)

test('killed while events are sent: each acknowledged one arrives, under one id', async (t) => {
  const random = seeded(seed)
  const [network, database, port, receiver] = await Promise.all([
    startNetwork(t),
    testDatabase(),
    freePort(),
    startReceiver(t),
  ])
  atEnd(t, () => database.drop())
  const settings = { port, provision: network.provision, databaseUrl: database.url }
  const begun = await startInside(t, settings)
  const { secret } = await begun.api('POST', '/webhooks', { url: receiver.url, events: ['contact.created'] })
  await begun.stop()

  const owed: string[] = []
  let next = 0
  for (let kills = 0; kills < (soak ? 12 : 3); kills++) {
    const textback = await startTextback(t, { ...settings, dataDir: network.folder })
    const before = owed.length
    let lives = true
    const adding = Array.from({ length: 4 }, async () => {
      while (lives) {
        const made: Json = await textback.api('POST', '/contacts', { phone: phoneOf(next++) }).catch(() => null)
        if (made) owed.push(made.id)
      }
    })
    await within(20, 'some contacts', async () => owed.length >= before + 8)
    await sleep(random() * 300)
    await textback.kill()
    lives = false
    await Promise.all(adding)
  }

  // The processes above may not send to their own machine, so every attempt has failed. This one may.
  await startInside(t, settings)
  const client = new pg.Client(database.config)
  await client.connect()
  atEnd(t, () => client.end())
  const missing = () => {
    const received = new Set(receiver.received.map(({ body }) => body.data.contactId))
    return owed.filter((id) => !received.has(id))
  }
  await within(60, 'every event at the receiver', async () => {
    // Some have failed twice and would wait for minutes.
    await client.query("update graphile_worker._private_jobs set run_at = now() where key like 'deliver webhook %'")
    return missing().length === 0
  })
  t.diagnostic(`seed ${seed}: ${owed.length} acknowledged, ${receiver.received.length} requests`)
  const ids = Map.groupBy(receiver.received, ({ body }) => body.data.id)
  for (const requests of ids.values())
    assert.equal(new Set(requests.map(({ headers }) => headers['webhook-id'])).size, 1)
  for (const one of receiver.received) verify(secret, one)
})

const AREAS = [202, 206, 212, 303, 305, 312, 404, 415, 512, 617]

/** A thousand fictional phones. */
const phoneOf = (n: number) => `+1${AREAS[n % 10]}5550${String(100 + (Math.floor(n / 10) % 100))}`
