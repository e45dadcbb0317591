import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import {
  type Answer,
  apiKey,
  caller,
  plumber,
  type Received,
  startWorld,
  telnyx,
  telnyxBusiness,
  until,
  type World,
} from './testkit.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const data = (one: Received) => JSON.parse(one.body).data
const is = (type: string, clientState?: string) => (one: Received) =>
  data(one).event_type === type && (!clientState || data(one).payload.client_state === base64(clientState))

/** A world whose Telnyx number is pointed at the fake app through the API. */
async function startTelnyx(t: TestContext, answer: (received: Received) => Answer = () => ({ body: '' })) {
  const world = await startWorld(t, answer)
  const { json: numbers } = await telnyx(world, 'GET', `phone_numbers?filter[phone_number]=${telnyxBusiness.slice(1)}`)
  const { json: application } = await telnyx(world, 'POST', 'call_control_applications', {
    application_name: 'Test',
    webhook_event_url: `${world.appUrl}/events`,
  })
  const { json: profile } = await telnyx(world, 'POST', 'messaging_profiles', {
    name: 'Test',
    whitelisted_destinations: ['US'],
    webhook_url: `${world.appUrl}/events`,
  })
  const id = numbers.data[0].id
  await telnyx(world, 'PATCH', `phone_numbers/${id}/voice`, { connection_id: application.data.id })
  await telnyx(world, 'PATCH', `phone_numbers/${id}/messaging`, { messaging_profile_id: profile.data.id })
  const call = async () => {
    const { json } = await world.control('POST', '/calls', { from: caller, to: telnyxBusiness })
    const { payload } = data(await world.webhook(is('call.initiated')))
    const command = (action: string, body: object = {}) =>
      telnyx(world, 'POST', `calls/${payload.call_control_id}/actions/${action}`, body)
    return { id: json.id as string, payload, command }
  }
  return { world, connectionId: application.data.id as string, call }
}

async function publicKey(world: World) {
  const { json } = await world.control('GET', '/config')
  const raw = Buffer.from(json.telnyx[0].publicKey, 'base64')
  const key = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw])
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

test('nobody acts: the leg is parked, rings, and the caller gives up', async (t) => {
  const { world, call } = await startTelnyx(t)
  const { id, payload } = await call()
  assert.deepEqual([payload.direction, payload.state, payload.client_state], ['incoming', 'parked', null])
  assert.deepEqual([payload.from, payload.to], [caller, telnyxBusiness])
  await world.control('POST', `/calls/${id}/hangup`)
  const hook = await world.webhook(is('call.hangup'))
  const hangup = data(hook).payload
  assert.equal(hangup.call_session_id, payload.call_session_id)
  assert.deepEqual(
    [hangup.hangup_cause, hangup.hangup_source, hangup.sip_hangup_cause],
    ['originator_cancel', 'caller', '487'],
  )
  assert.ok(!('direction' in hangup) && !('state' in hangup))
  assert.ok(Date.parse(hangup.end_time) >= Date.parse(hangup.start_time))

  const timestamp = String(hook.headers['telnyx-timestamp'])
  assert.ok(Math.abs(Number(timestamp) - Date.now() / 1000) < 10)
  const signature = Buffer.from(String(hook.headers['telnyx-signature-ed25519']), 'base64')
  assert.ok(verify(null, Buffer.from(`${timestamp}|${hook.body}`), await publicKey(world), signature))
  const records = await telnyx(
    world,
    'GET',
    `detail_records?filter[record_type]=call-control&filter[cli]=%2B${caller.slice(1)}`,
  )
  assert.equal(records.json.data[0].call_session_id, payload.call_session_id)
})

test('a transfer that is answered bridges; the target hangs up and both legs end', async (t) => {
  const { world, call } = await startTelnyx(t)
  await world.control('PUT', `/phones/${encodeURIComponent(plumber)}`, { whenCalled: 'answer' })
  const { id, payload, command } = await call()
  const transfer = { to: plumber, timeout_secs: 20, target_leg_client_state: base64('target'), command_id: 'once' }
  assert.deepEqual((await command('transfer', transfer)).json, { data: { result: 'ok' } })
  assert.equal((await command('transfer', transfer)).status, 200)
  const answered = data(await world.webhook(is('call.answered', 'target'))).payload
  assert.equal(answered.call_session_id, payload.call_session_id)
  await world.webhook(is('call.bridged'), 2)
  await world.control('POST', `/calls/${id}/callee-hangup`)
  await world.webhook(is('call.hangup'), 2)
  const { json } = await world.control('GET', `/calls/${id}`)
  assert.deepEqual([json.state, json.endedBy, json.legs.length], ['ended', 'callee', 2])
  const status = await telnyx(world, 'GET', `calls/${payload.call_control_id}`)
  assert.equal(status.json.data.is_alive, false)
  const late = await command('speak', { payload: 'hello', voice: 'female' })
  assert.deepEqual([late.status, late.json.errors[0].code], [422, '90018'])
})

test('a transfer that nobody answers ends the target leg only; then the app says goodbye', async (t) => {
  const { world, call } = await startTelnyx(t)
  for (const [nature, cause] of [
    [{ whenCalled: 'busy' }, 'user_busy'],
    [{ whenCalled: 'decline' }, 'call_rejected'],
    [{ whenCalled: 'ring' }, 'timeout'],
    [{ kind: 'invalid' }, 'not_found'],
  ] as const) {
    await world.control('PUT', `/phones/${encodeURIComponent(plumber)}`, nature)
    world.received.length = 0
    const { id, command } = await call()
    await command('transfer', { to: plumber, timeout_secs: 5, target_leg_client_state: base64('target') })
    assert.equal(data(await world.webhook(is('call.hangup', 'target'))).payload.hangup_cause, cause)
    assert.equal((await command('speak', { payload: 'x', voice: 'female' })).json.errors[0].code, '90034')
    await command('answer', { client_state: base64('goodbye') })
    await world.webhook(is('call.answered', 'goodbye'))
    await command('speak', { payload: 'We will text you.', voice: 'female' })
    assert.equal(data(await world.webhook(is('call.speak.ended'))).payload.status, 'completed')
    await command('hangup')
    assert.equal(data(await world.webhook(is('call.hangup', 'goodbye'))).payload.hangup_cause, 'normal_clearing')
    assert.equal((await world.control('GET', `/calls/${id}`)).json.endedBy, 'app')
  }
})

test('simultaneous ring: the first to answer gets the caller; digits and a recording', async (t) => {
  const { world, connectionId, call } = await startTelnyx(t)
  const helper = '+12025550151'
  await world.control('PUT', '/clock', { speed: 10 })
  const { id, payload, command } = await call()
  const link = { link_to: payload.call_control_id, bridge_on_answer: true }
  const dialled = await telnyx(world, 'POST', 'calls', {
    connection_id: connectionId,
    to: [plumber, helper],
    from: telnyxBusiness,
    timeout_secs: 30,
    ...link,
  })
  assert.equal(dialled.json.data.call_session_id, payload.call_session_id)
  await world.control('POST', `/calls/${id}/answer`, { phone: helper })
  await world.webhook(is('call.bridged'), 2)
  const stopped = data(await world.webhook(is('call.hangup'))).payload
  assert.deepEqual([stopped.to, stopped.hangup_cause], [plumber, 'originator_cancel'])

  await command('record_start', { format: 'wav', channels: 'single' })
  await command('gather_using_speak', { payload: 'Press 1', voice: 'female', maximum_digits: 1 })
  await world.control('POST', `/calls/${id}/digits`, { digits: '1' })
  const gathered = data(await world.webhook(is('call.gather.ended'))).payload
  assert.deepEqual([gathered.digits, gathered.status], ['1', 'valid'])
  await world.control('POST', `/calls/${id}/hangup`)
  const { recording_urls: urls } = data(await world.webhook(is('call.recording.saved'))).payload
  assert.equal((await fetch(urls.wav)).headers.get('content-type'), 'audio/x-wav')
})

test('a rejected call is over; a number without an application takes none', async (t) => {
  const { world, call } = await startTelnyx(t)
  const { id, command } = await call()
  await command('reject', { cause: 'USER_BUSY' })
  assert.equal(data(await world.webhook(is('call.hangup'))).payload.hangup_cause, 'user_busy')
  assert.equal((await world.control('GET', `/calls/${id}`)).json.state, 'ended')
  await world.control('PUT', '/config', { telnyx: [{ apiKey, numbers: [{ number: '+12025550112' }] }] })
  const bare = await world.control('POST', '/calls', { from: caller, to: '+12025550112' })
  assert.deepEqual([bare.json.state, bare.json.endedBy], ['ended', 'carrier'])
})

const send = (world: World, body: object = {}) =>
  telnyx(world, 'POST', 'messages', {
    from: telnyxBusiness,
    to: caller,
    text: 'Sorry we missed your call',
    webhook_url: `${world.appUrl}/receipt/m1`,
    use_profile_webhooks: false,
    ...body,
  })

test('a text: sent, finalized, on the phone, in the records', async (t) => {
  const { world } = await startTelnyx(t)
  const { json } = await send(world)
  assert.equal(json.data.to[0].status, 'queued')
  const sent = await world.webhook(is('message.sent'))
  assert.equal(sent.path, '/receipt/m1')
  const final = data(await world.webhook(is('message.finalized'))).payload
  assert.deepEqual([final.id, final.to[0].status], [json.data.id, 'delivered'])
  const phone = await world.control('GET', `/phones/${encodeURIComponent(caller)}?messages=1&waitMs=5000`)
  assert.equal(phone.json.messages[0].body, 'Sorry we missed your call')
  const query = `filter[record_type]=messaging&filter[cld]=%2B${caller.slice(1)}&filter[created_at][gte]=2020-01-01`
  const records = await telnyx(world, 'GET', `detail_records?${query}`)
  assert.deepEqual([records.json.data[0].uuid, records.json.meta.total_results], [json.data.id, 1])
  await world.control('PUT', '/settings', { listsReadable: false })
  assert.equal((await telnyx(world, 'GET', `detail_records?${query}`)).status, 503)
})

test('landline, spam and unreachable end as delivery_failed with their codes', async (t) => {
  const { world } = await startTelnyx(t)
  for (const [kind, code] of [
    ['landline', '40001'],
    ['filtered', '40003'],
    ['unreachable', '40008'],
  ]) {
    await world.control('PUT', `/phones/${encodeURIComponent(caller)}`, { kind })
    const { id } = (await send(world)).json.data
    const final = await world.webhook((one) => is('message.finalized')(one) && data(one).payload.id === id)
    assert.equal(data(final).payload.to[0].status, 'delivery_failed')
    assert.equal(data(final).payload.errors[0].code, code)
  }
})

test('STOP is reported, blocks with 409, and is on the opt-out list', async (t) => {
  const { world } = await startTelnyx(t)
  await world.control('POST', '/messages', { from: caller, to: telnyxBusiness, body: 'Stop' })
  const { payload } = data(await world.webhook(is('message.received')))
  assert.deepEqual(
    [payload.from.phone_number, payload.to[0].phone_number, payload.text, payload.autoresponse_type],
    [caller, telnyxBusiness, 'Stop', 'STOP'],
  )
  const refused = await send(world)
  assert.deepEqual([refused.status, refused.json.errors[0].code], [409, '40300'])
  assert.equal((await telnyx(world, 'GET', 'messaging_optouts')).json.data[0].to, caller)
  await world.control('POST', '/messages', { from: caller, to: telnyxBusiness, body: 'unstop' })
  assert.equal((await send(world)).status, 200)
})

test('wrong requests', async (t) => {
  const { world } = await startTelnyx(t)
  const code = async (body: object) => (await send(world, body)).json.errors[0].code
  assert.equal(await code({ to: '' }), '10004')
  assert.equal(await code({ to: '555' }), '40310')
  assert.equal(await code({ from: '+12025550199' }), '40305')
  const stranger = await fetch(`${world.simulator.telnyxUrl}/v2/messaging_profiles`)
  assert.equal(stranger.status, 401)
  assert.match(await stranger.text(), /10009/)
})

test('events are tried three times per URL; a voice event refused with 4xx is lost; failures are listed', async (t) => {
  const answers: Record<string, Answer> = { '/receipt/m1': { status: 500 }, '/events': { status: 404 } }
  const { world } = await startTelnyx(t, (one) => answers[one.path] ?? { body: '' })
  await world.control('PUT', '/clock', { speed: 1000 })
  await send(world, { webhook_failover_url: `${world.appUrl}/failover` })
  const failover = await world.webhook((one) => one.path === '/failover' && is('message.finalized')(one))
  assert.equal(JSON.parse(failover.body).meta.attempt, 4)
  const finalized = world.received.filter((one) => one.path === '/receipt/m1' && is('message.finalized')(one))
  assert.equal(finalized.length, 3)
  assert.equal(new Set(finalized.map((one) => data(one).id)).size, 1)

  const { json: call } = await world.control('POST', '/calls', { from: caller, to: telnyxBusiness })
  await world.webhook(is('call.initiated'))
  const failed = 'webhook_deliveries?filter[status][eq]=failed&filter[event_type]=call.initiated'
  const failures = async () => (await telnyx(world, 'GET', failed)).json.data
  await until(async () => (await failures()).length > 0)
  const list = await failures()
  assert.equal(list[0].webhook.payload.call_session_id, call.carrierCallId)
  assert.deepEqual([list[0].attempts.length, list[0].attempts[0].http.response.status], [1, 404])
})
