import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Faults, noFaults } from './faults.ts'
import { business, caller, startWorld, twilio, type World } from './testkit.ts'

const send = (world: World, body = 'hi') =>
  twilio(world, 'POST', 'Messages.json', {
    To: caller,
    From: business,
    Body: body,
    StatusCallback: `${world.appUrl}/r`,
  })
const accepted = async (world: World) => (await world.control('GET', '/messages')).json.length

test('the same seed gives the same faults', () => {
  const drawn = (seed: number) => {
    const faults = new Faults()
    faults.set({ ...noFaults, seed, duplicate: 0.3, reorder: 0.3, delayMs: [0, 50], status429: 0.1, status500: 0.2 })
    return Array.from({ length: 50 }, () => [faults.forWebhook(), faults.forSend()])
  }
  assert.deepEqual(drawn(7), drawn(7))
  assert.notDeepEqual(drawn(7), drawn(8))
})

test('one-shot faults: 429 and a cut are not processed, a text accepted then timed out is delivered', async (t) => {
  const world = await startWorld(t)
  await world.control('POST', '/faults/next', { what: 'status429' })
  assert.deepEqual([(await send(world)).status, await accepted(world)], [429, 0])
  await world.control('POST', '/faults/next', { what: 'refuse' })
  await assert.rejects(send(world))
  assert.equal(await accepted(world), 0)

  await world.control('POST', '/faults/next', { what: 'acceptThenTimeout' })
  const sending = send(world, 'heard of no more').catch((error: Error) => error.message)
  const { json } = await world.control('GET', `/phones/${encodeURIComponent(caller)}?messages=1&waitMs=5000`)
  assert.equal(json.messages[0].body, 'heard of no more')
  assert.equal((await send(world)).status, 201)
  const wire = (await world.control('GET', '/wire')).json
  assert.ok(wire.some((one: { note?: string }) => one.note?.includes('the answer never comes')))
  await world.simulator.stop()
  assert.equal(await sending, 'fetch failed')
})

test('half of the 500s were processed', async (t) => {
  const world = await startWorld(t)
  await world.control('PUT', '/faults', { seed: 3, status500: 1 })
  for (let i = 0; i < 20; i++) assert.equal((await send(world)).status, 500)
  const count = await accepted(world)
  assert.ok(count > 4 && count < 16, `${count} of 20`)
  await world.control('DELETE', '/faults')
  assert.equal((await send(world)).status, 201)
})

test('webhooks come twice, and overtake each other', async (t) => {
  const world = await startWorld(t)
  await world.control('PUT', '/faults', { duplicate: 1 })
  await send(world)
  const first = await world.webhook((one) => one.form.MessageStatus === 'delivered', 1)
  const second = await world.webhook((one) => one.form.MessageStatus === 'delivered', 2)
  assert.equal(first.body, second.body)

  await world.control('PUT', '/faults', { seed: 11, reorder: 0.5 })
  let overtaken = false
  for (let i = 0; i < 20 && !overtaken; i++) {
    const { sid } = (await send(world)).json
    const mine = (status: string) =>
      world.webhook((one) => one.form.MessageSid === sid && one.form.MessageStatus === status)
    const [sent, delivered] = await Promise.all([mine('sent'), mine('delivered')])
    overtaken = world.received.indexOf(delivered) < world.received.indexOf(sent)
  }
  assert.ok(overtaken)
})

test('an app that is down gets nothing; reset forgets', async (t) => {
  const world = await startWorld(t)
  await world.control('PUT', '/settings', { webhooks: false })
  await send(world)
  await world.control('GET', `/phones/${encodeURIComponent(caller)}?messages=1&waitMs=5000`)
  const wire = (await world.control('GET', '/wire')).json
  assert.ok(
    wire.some(
      (one: { direction: string; note?: string }) => one.direction === 'to_app' && one.note?.includes('dropped'),
    ),
  )
  assert.equal(world.received.length, 0)
  await world.control('DELETE', '/everything')
  assert.equal(await accepted(world), 0)
  assert.deepEqual((await world.control('GET', '/wire')).json, [])
})

test('a list that lags shows each text when its own lag is over; receipts can come later still', async (t) => {
  const world = await startWorld(t)
  const faults = { seed: 4, listLagMs: [200, 600], receiptDelayMs: [900, 900] }
  await world.control('PUT', '/faults', faults)
  const listed = async () => (await twilio(world, 'GET', `Messages.json?From=${encodeURIComponent(business)}`)).json
  for (const body of ['one', 'two', 'three']) await send(world, body)
  assert.equal(await accepted(world), 3)
  assert.deepEqual((await listed()).messages, [])
  assert.equal(world.received.length, 0)
  await new Promise((done) => setTimeout(done, 700))
  assert.equal((await listed()).messages.length, 3)
  assert.equal(world.received.length, 0)
  await world.webhook((one) => one.form.MessageStatus === 'delivered', 3)

  const drawn = (seed: number) => {
    const some = new Faults()
    some.set({ ...noFaults, ...faults, seed, listLagMs: [33_000, 60_000], receiptDelayMs: [0, 0] })
    return Array.from({ length: 20 }, () => some.forText().listLagMs)
  }
  assert.deepEqual(drawn(4), drawn(4))
  assert.notDeepEqual(drawn(4), drawn(5))
  assert.ok(drawn(4).every((ms) => ms >= 33_000 && ms <= 60_000))
})
