import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireEntry } from '../../simulator/wire.ts'
import { testDatabase } from '../postgres.ts'
import { CALLER, freePort, type Json, KEY, MAIN, SALES } from '../world.ts'
import { caller, MOVING, seeded } from './load.ts'
import { all, atEnd, type Network, soak, startNetwork, within } from './network.ts'
import { startTextback } from './process.ts'

const OTHER_CALLER = '+13125550144'

test('STOP comes while five texts wait for their second: none of them leaves after it', async (t) => {
  const { network, api } = await startWithQueue(t, { segmentsPerSecond: 1 })
  const textsTo = async (phone: string) => (await network.texts()).filter(({ to }) => to === phone).length
  for (const n of [1, 2, 3, 4, 5])
    await api('POST', '/messages', { from: MAIN, to: CALLER, body: `Text ${n} of five.` })
  await within(10, 'the first text', async () => (await textsTo(CALLER)) > 0)

  await network.ask('POST', '/messages', { from: CALLER, to: MAIN, body: 'STOP' })
  await untilRefused(api, CALLER)
  const sent = await textsTo(CALLER)
  assert.ok(sent <= 2, `${sent} texts left within a second`)
  // The five keep their places in the queue of the number, so a sixth comes after them all.
  await api('POST', '/messages', { from: MAIN, to: OTHER_CALLER, body: 'The sixth.' })
  await within(20, 'the sixth text', async () => (await textsTo(OTHER_CALLER)) > 0)
  assert.equal(await textsTo(CALLER), sent)
  assert.deepEqual(requestedAfterStop(await network.wire(), CALLER), [])
  const outbound = (await all(api, '/messages')).filter((message: Json) => message.direction === 'outbound')
  assert.equal(outbound.filter((message: Json) => message.trouble?.code === 'opted_out').length, 5 - sent)
})

const seeds = process.env.SEED ? [Number(process.env.SEED)] : soak ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2]

for (const seed of seeds)
  test(`STOP comes during a send: no text is requested after its 2xx (seed ${seed})`, async (t) => {
    const { network, api, url } = await startWithQueue(t, { segmentsPerSecond: 0 })
    const random = seeded(seed)
    const phones = Array.from({ length: 120 }, (_, n) => caller(n))
    // How long a text takes depends on the machine: the longest pause grows while every STOP is first, and else shrinks.
    let longestMs = 40
    for (const [n, phone] of phones.entries()) {
      const number = n % 2 === 0 ? MAIN : SALES
      const answers = [1, 2, 3].map((text) => write(url, { from: number, to: phone, body: `Text ${text} of three.` }))
      await sleep(random() * longestMs)
      await network.ask('POST', '/messages', { from: phone, to: number, body: 'STOP' })
      // 422 is for one that came after the STOP: refused at once.
      for (const status of await Promise.all(answers)) assert.ok(status === 201 || status === 422, `${status}`)
      const left = (await network.texts()).filter(({ to }) => to === phone).length
      longestMs *= left === 0 ? 1.25 : 0.9
    }
    await within(10, 'rest', async () => (await all(api, '/messages')).every(({ status }) => !MOVING.includes(status)))
    const wire = await within(10, 'an answer to every STOP', async () => {
      const wire = await network.wire()
      return phones.every((phone) => stopOf(wire, phone)) && wire
    })
    assert.deepEqual(
      phones.flatMap((phone) => requestedAfterStop(wire, phone)),
      [],
    )

    const counts = new Map<string, number>()
    for (const { direction, status } of await all(api, '/messages'))
      if (direction === 'outbound') counts.set(status, (counts.get(status) ?? 0) + 1)
    t.diagnostic(`of the texts: ${JSON.stringify(Object.fromEntries(counts))}`)
    assert.ok(counts.get('refused')! > 0 && counts.get('delivered')! > 0, 'no STOP met a text on its way')
  })

async function startWithQueue(t: TestContext, rate: { segmentsPerSecond: number }) {
  const [network, database, port] = await Promise.all([startNetwork(t, rate), testDatabase(), freePort()])
  atEnd(t, () => database.drop())
  const textback = await startTextback(t, {
    port,
    provision: network.provision,
    databaseUrl: database.url,
    dataDir: network.folder,
  })
  await network.untilConfigured(textback.api)
  return { network, api: textback.api, url: textback.url }
}

async function write(url: string, message: { from: string; to: string; body: string }): Promise<number> {
  const answer = await fetch(`${url}/api/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(message),
  })
  await answer.arrayBuffer()
  return answer.status
}

/** The sends to this phone that reached a carrier after the app had answered the webhook of its STOP. */
function requestedAfterStop(wire: WireEntry[], phone: string): string[] {
  const about = wire.filter(({ body }) => decodeURIComponent(body).includes(phone))
  const stop = stopOf(wire, phone)
  assert.ok(stop, `the STOP of ${phone} was answered`)
  const answeredAt = Date.parse(stop.at) + stop.ms
  return about
    .filter(({ direction, method, url }) => direction === 'to_carrier' && method === 'POST' && /messages/i.test(url))
    .filter(({ at }) => Date.parse(at) > answeredAt)
    .map(({ at, status }) => `${phone}: ${Date.parse(at) - answeredAt} ms after the 2xx, answered ${status}`)
}

/** The webhook of this phone's STOP, once the app has answered it. */
function stopOf(wire: WireEntry[], phone: string): WireEntry | undefined {
  return wire.find(
    ({ direction, body, status }) =>
      direction === 'to_app' && status === 200 && /\bSTOP\b/.test(body) && decodeURIComponent(body).includes(phone),
  )
}

/** Waits until the STOP has refused the queued texts. */
function untilRefused(api: Parameters<Network['untilConfigured']>[0], phone: string) {
  return within(5, 'a refused text', async () =>
    (await all(api, '/messages')).some(({ to, status }: Json) => to === phone && status === 'refused'),
  )
}
