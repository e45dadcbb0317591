import assert from 'node:assert/strict'
import { test } from 'node:test'
import { business, businessSid, caller, plumber, startWorld, twilio, type World } from './testkit.ts'

const send = (world: World, form: Record<string, string> = {}) =>
  twilio(world, 'POST', 'Messages.json', {
    To: caller,
    From: business,
    Body: 'Sorry we missed your call',
    StatusCallback: `${world.appUrl}/receipt/m1`,
    ...form,
  })
const phone = (number: string) => `/phones/${encodeURIComponent(number)}`

test('a text is queued, sent, delivered, and on the phone', async (t) => {
  const world = await startWorld(t)
  const sent = await send(world)
  assert.equal(sent.status, 201)
  assert.equal(sent.json.status, 'queued')
  assert.match(sent.json.sid, /^SM[0-9a-f]{32}$/)
  await world.webhook((one) => one.form.MessageStatus === 'sent')
  const delivered = await world.webhook((one) => one.form.MessageStatus === 'delivered')
  assert.equal(delivered.path, '/receipt/m1')
  assert.equal(delivered.form.MessageSid, sent.json.sid)
  const seen = await world.control('GET', `${phone(caller)}?messages=1&waitMs=5000`)
  assert.equal(seen.json.messages[0].body, 'Sorry we missed your call')
  assert.equal(seen.json.messages[0].direction, 'received')
  const accepted = await world.control('GET', `/messages?to=${encodeURIComponent(caller)}`)
  assert.deepEqual(
    accepted.json.map(({ id, status }: { id: string; status: string }) => [id, status]),
    [[sent.json.sid, 'delivered']],
  )
  assert.equal((await twilio(world, 'GET', `Messages/${sent.json.sid}.json`)).json.status, 'delivered')
})

test('the nature of the phone decides how a text ends', async (t) => {
  const world = await startWorld(t)
  for (const [kind, status, code] of [
    ['landline', 'undelivered', '30006'],
    ['filtered', 'undelivered', '30007'],
    ['unreachable', 'undelivered', '30003'],
  ] as const) {
    await world.control('PUT', phone(plumber), { kind })
    await send(world, { To: plumber })
    const receipt = await world.webhook((one) => one.form.ErrorCode === code)
    assert.equal(receipt.form.MessageStatus, status)
  }
  assert.equal((await world.control('GET', phone(plumber))).json.messages.length, 0)
})

test('refusals have their own codes', async (t) => {
  const world = await startWorld(t)
  await world.control('PUT', phone(plumber), { kind: 'invalid' })
  const code = async (form: Record<string, string>) => {
    const { status, json } = await send(world, form)
    assert.equal(json.status, status)
    return json.code
  }
  assert.equal(await code({ To: '' }), 21604)
  assert.equal(await code({ Body: '' }), 21602)
  assert.equal(await code({ Body: 'x'.repeat(1601) }), 21617)
  assert.equal(await code({ To: plumber }), 21211)
  assert.equal(await code({ To: '555-0143' }), 21211)
  assert.equal(await code({ From: '+12025550199' }), 21606)
  assert.equal((await world.control('GET', '/messages')).json.length, 0)
})

test('STOP blocks the pair until START, and the network itself confirms', async (t) => {
  const world = await startWorld(t)
  const { incoming_phone_numbers: numbers } = (await twilio(world, 'GET', 'IncomingPhoneNumbers.json')).json
  await twilio(world, 'POST', `IncomingPhoneNumbers/${numbers[0].sid}.json`, { SmsUrl: `${world.appUrl}/sms` })
  const say = (body: string) => world.control('POST', '/messages', { from: caller, to: business, body })
  await say(' stop ')
  const stop = await world.webhook((one) => one.path === '/sms')
  assert.equal(stop.form.Body, ' stop ')
  assert.equal(stop.form.OptOutType, undefined)
  assert.deepEqual([(await send(world)).status, (await send(world)).json.code], [400, 21610])
  const { messages } = (await world.control('GET', `${phone(caller)}?messages=1&waitMs=5000`)).json
  assert.match(messages[1].body, /unsubscribed/)
  await say('START')
  assert.equal((await send(world)).status, 201)

  const account = { accountSid: businessSid, authToken: 'a-token-of-the-test', advancedOptOut: true }
  await world.control('PUT', '/config', { twilio: [account] })
  await say('Quit')
  assert.equal((await world.webhook((one) => one.form.Body === 'Quit')).form.OptOutType, 'STOP')
})

test('a list by the date of sending has every text of the day', async (t) => {
  const world = await startWorld(t)
  const { json } = await send(world)
  await world.webhook((one) => one.form.MessageStatus === 'delivered')
  const today = new Date().toISOString().slice(0, 10)
  const to = encodeURIComponent(caller)
  const list = await twilio(
    world,
    'GET',
    `Messages.json?To=${to}&From=${encodeURIComponent(business)}&DateSent>=${today}`,
  )
  assert.deepEqual(
    list.json.messages.map((one: { sid: string }) => one.sid),
    [json.sid],
  )
  assert.equal(list.json.next_page_uri, null)
})

test('an app that answers a webhook with plain text has it texted back', async (t) => {
  const world = await startWorld(t, (one) => (one.form.Body === 'plain' ? { type: 'text/plain', body: 'ok' } : {}))
  const { incoming_phone_numbers: numbers } = (await twilio(world, 'GET', 'IncomingPhoneNumbers.json')).json
  await twilio(world, 'POST', `IncomingPhoneNumbers/${numbers[0].sid}.json`, { SmsUrl: `${world.appUrl}/sms` })
  await world.control('POST', '/messages', { from: caller, to: business, body: 'empty answer' })
  await world.control('POST', '/messages', { from: caller, to: business, body: 'plain' })
  const { messages } = (await world.control('GET', `${phone(caller)}?messages=1&waitMs=5000`)).json
  const got = messages.filter((one: { direction: string }) => one.direction === 'received')
  assert.deepEqual(
    got.map((one: { body: string }) => one.body),
    ['ok'],
  )
})

test('Lookup returns the line type', async (t) => {
  const world = await startWorld(t)
  await world.control('PUT', phone(plumber), { kind: 'landline' })
  const authorization = `Basic ${Buffer.from(`${businessSid}:a-token-of-the-test`).toString('base64')}`
  const url = `${world.simulator.twilioUrl}/v2/PhoneNumbers/${encodeURIComponent(plumber)}?Fields=line_type_intelligence`
  const answer = (await (await fetch(url, { headers: { authorization } })).json()) as {
    line_type_intelligence: { type: string }
  }
  assert.equal(answer.line_type_intelligence.type, 'landline')
})
