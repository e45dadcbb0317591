import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import {
  authToken,
  business,
  businessSid,
  caller,
  plumber,
  type Received,
  startWorld,
  twilio,
  until,
  type World,
} from './testkit.ts'

async function pointNumber(world: World, fragment = '', more: Record<string, string> = {}) {
  const list = await twilio(world, 'GET', `IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(business)}`)
  const changed = await twilio(world, 'POST', `IncomingPhoneNumbers/${list.json.incoming_phone_numbers[0].sid}.json`, {
    VoiceUrl: `${world.appUrl}/voice${fragment}`,
    StatusCallback: `${world.appUrl}/status`,
    SmsUrl: `${world.appUrl}/sms`,
    ...more,
  })
  assert.equal(changed.json.voice_url, `${world.appUrl}/voice${fragment}`)
}

const twiml = (inside: string) => ({ body: `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>` })
const path = (wanted: string) => (one: Received) => one.path === wanted

function ringPlumber(one: Received) {
  if (one.path !== '/voice') return twiml('')
  return twiml(`<Dial timeout="20" answerOnBridge="true" action="/dial">
    <Number statusCallback="/target" statusCallbackEvent="answered completed">${plumber}</Number></Dial>`)
}

const ended = async (world: World, id: string) =>
  (await world.control('GET', `/calls/${id}?state=ended&waitMs=5000`)).json

test('nobody answers: Dial times out, then its action and the status callback are called', async (t) => {
  const world = await startWorld(t, ringPlumber)
  await pointNumber(world)
  const { json: call } = await world.control('POST', '/calls', { from: caller, to: business, callerName: 'JANE DOE' })

  const voice = await world.webhook(path('/voice'))
  assert.equal(voice.form.CallSid, call.carrierCallId)
  assert.equal(voice.form.CallStatus, 'ringing')
  assert.equal(voice.form.CallerName, 'JANE DOE')
  const sorted = Object.keys(voice.form).sort()
  const signed = `${world.appUrl}/voice${sorted.map((name) => name + voice.form[name]).join('')}`
  const expected = createHmac('sha1', authToken).update(signed).digest('base64')
  assert.equal(voice.headers['x-twilio-signature'], expected)

  const action = await world.webhook(path('/dial'))
  assert.equal(action.form.DialCallStatus, 'no-answer')
  assert.equal(action.form.CallStatus, 'ringing')
  const status = await world.webhook(path('/status'))
  assert.equal(status.form.CallStatus, 'no-answer')
  assert.equal(status.form.CallDuration, '0')

  const seen = await ended(world, call.id)
  assert.equal(seen.endedBy, 'app')
  const legs = (await twilio(world, 'GET', `Calls.json?ParentCallSid=${call.carrierCallId}`)).json.calls
  assert.deepEqual([legs[0].status, legs[0].direction, legs[0].to], ['no-answer', 'outbound-dial', plumber])
})

test('the plumber answers, they talk, the plumber hangs up', async (t) => {
  const world = await startWorld(t, ringPlumber)
  await pointNumber(world)
  await world.control('PUT', `/phones/${encodeURIComponent(plumber)}`, { whenCalled: 'answer', afterMs: 2000 })
  const { json: call } = await world.control('POST', '/calls', { from: caller, to: business })

  const answered = await world.webhook((one) => one.path === '/target' && one.form.CallStatus === 'in-progress')
  assert.equal(answered.form.ParentCallSid, call.carrierCallId)
  await world.control('GET', `/calls/${call.id}?state=in_progress&waitMs=5000`)
  await world.control('POST', `/calls/${call.id}/callee-hangup`)
  const action = await world.webhook(path('/dial'))
  assert.equal(action.form.DialCallStatus, 'completed')
  assert.equal(action.form.DialBridged, 'true')
  assert.equal((await world.webhook(path('/status'))).form.CallStatus, 'completed')
  assert.ok(world.received.some((one) => one.path === '/target' && one.form.CallStatus === 'completed'))
})

const givesUp = {
  'no-action': { action: false, status: 'completed' },
  canceled: { action: true, status: 'completed' },
  'no-answer': { action: false, status: 'no-answer' },
}
for (const [variant, expected] of Object.entries(givesUp)) {
  test(`the caller gives up while the plumber's phone rings (${variant})`, async (t) => {
    const world = await startWorld(t, ringPlumber)
    await pointNumber(world)
    await world.control('PUT', '/settings', { twilioCallerGivesUp: variant })
    await world.control('PUT', '/clock', { speed: 1 })
    const { json: call } = await world.control('POST', '/calls', { from: caller, to: business })
    const ringing = () => twilio(world, 'GET', `Calls.json?ParentCallSid=${call.carrierCallId}`)
    await until(async () => (await ringing()).json.calls.length === 1)
    await world.control('POST', `/calls/${call.id}/hangup`)
    const status = await world.webhook(path('/status'))
    assert.equal(status.form.CallStatus, expected.status)
    assert.equal((await ended(world, call.id)).endedBy, 'caller')
    if (expected.action) assert.equal((await world.webhook(path('/dial'))).form.DialCallStatus, 'canceled')
    else assert.ok(!world.received.some(path('/dial')))
    assert.equal((await ringing()).json.calls[0].status, 'canceled')
  })
}

test('busy, declining, unreachable and missing phones give their own DialCallStatus', async (t) => {
  const world = await startWorld(t, ringPlumber)
  await pointNumber(world)
  const cases = [
    [{ whenCalled: 'busy' }, 'busy'],
    [{ whenCalled: 'decline' }, 'busy'],
    [{ whenCalled: 'unreachable' }, 'failed'],
    [{ kind: 'invalid' }, 'failed'],
  ] as const
  for (const [nature, status] of cases) {
    await world.control('PUT', `/phones/${encodeURIComponent(plumber)}`, nature)
    const { json: call } = await world.control('POST', '/calls', { from: caller, to: business })
    const action = await world.webhook((one) => one.path === '/dial' && one.form.CallSid === call.carrierCallId)
    assert.equal(action.form.DialCallStatus, status)
  }
})

test('screening: the first to press a key gets the caller, the other phone stops ringing', async (t) => {
  const helper = '+12025550151'
  const world = await startWorld(t, (one) => {
    if (one.path === '/voice') {
      const numbers = [plumber, helper].map((number) => `<Number url="/screen">${number}</Number>`).join('')
      return twiml(`<Dial action="/dial">${numbers}</Dial>`)
    }
    if (one.path === '/screen') return twiml('<Gather numDigits="1" action="/key" timeout="60"/><Hangup/>')
    return twiml('')
  })
  await pointNumber(world)
  await world.control('PUT', '/clock', { speed: 10 })
  await world.control('PUT', `/phones/${encodeURIComponent(plumber)}`, { whenCalled: 'answer' })
  const { json: call } = await world.control('POST', '/calls', { from: caller, to: business })
  const screen = await world.webhook(path('/screen'))
  assert.equal(screen.form.To, plumber)
  // The key counts only once the Gather listens, which the app cannot see, so press until it does.
  await until(async () => {
    await world.control('POST', `/calls/${call.id}/digits`, { digits: '1', phone: plumber })
    return world.received.some(path('/key'))
  })
  assert.equal((await world.webhook(path('/key'))).form.Digits, '1')
  const isCanceled = (leg: { ending: string }) => leg.ending === 'canceled'
  await until(async () => (await world.control('GET', `/calls/${call.id}`)).json.legs.some(isCanceled))
  await world.control('POST', `/calls/${call.id}/hangup`)
  const action = await world.webhook(path('/dial'))
  assert.deepEqual([action.form.DialCallStatus, action.form.DialBridged], ['completed', 'true'])
})

test('voicemail: Say, Record, hang up; the recording is saved and can be fetched', async (t) => {
  const world = await startWorld(t, (one) =>
    one.path === '/voice'
      ? twiml('<Say>Leave a message.</Say><Record maxLength="30" action="/recorded" recordingStatusCallback="/saved"/>')
      : twiml(''),
  )
  await pointNumber(world)
  await world.control('POST', '/calls', { from: caller, to: business })
  const saved = await world.webhook(path('/saved'))
  // Timers of a busy machine are late, and at this speed 10 ms are a second.
  assert.ok(Number(saved.form.RecordingDuration) >= 30)
  const recording = await twilio(world, 'GET', `Recordings/${saved.form.RecordingSid}.json`)
  assert.equal(recording.json.duration, saved.form.RecordingDuration)
  assert.equal((await world.webhook(path('/recorded'))).form.RecordingUrl, saved.form.RecordingUrl)
})

test('Reject, an unknown verb, broken TwiML and a failing app', async (t) => {
  const answers: Record<string, { status?: number; body?: string }> = {
    reject: twiml('<Reject reason="busy"/>'),
    unknown: twiml('<Sing>la</Sing><Hangup/>'),
    broken: { body: '<Response><Say>hi</Response>' },
    failing: { status: 500 },
  }
  const results: Record<string, string> = {}
  for (const name of Object.keys(answers)) {
    const world = await startWorld(t, (one) => (one.path === '/voice' ? answers[name]! : twiml('')))
    await pointNumber(world)
    const { json: call } = await world.control('POST', '/calls', { from: 'anonymous', to: business })
    results[name] = (await world.webhook(path('/status'))).form.CallStatus!
    const seen = await ended(world, call.id)
    if (name === 'unknown') assert.match(JSON.stringify(seen.timeline), /<Sing> is no verb/)
    if (name === 'broken') assert.match(JSON.stringify(seen.timeline), /12100/)
  }
  assert.deepEqual(results, { reject: 'busy', unknown: 'completed', broken: 'completed', failing: 'completed' })
})

test('a menu: Gather takes a key, Redirect goes on; a failing page falls back', async (t) => {
  const world = await startWorld(t, (one) => {
    if (one.path === '/voice') {
      return twiml('<Gather numDigits="1" timeout="1000" action="/chosen"><Say>Press 1.</Say></Gather>')
    }
    if (one.path === '/chosen') return twiml('<Redirect>/broken</Redirect>')
    return one.path === '/fallback' ? twiml('<Say>Sorry.</Say>') : { status: 503 }
  })
  await pointNumber(world, '', { VoiceFallbackUrl: `${world.appUrl}/fallback` })
  const { json: call } = await world.control('POST', '/calls', { from: caller, to: business })
  await until(async () => {
    const pressed = await world.control('POST', `/calls/${call.id}/digits`, { digits: '1' })
    return pressed.status === 200 && world.received.some(path('/chosen'))
  })
  assert.equal((await world.webhook(path('/chosen'))).form.Digits, '1')
  const fallback = await world.webhook(path('/fallback'))
  assert.deepEqual([fallback.form.ErrorCode, fallback.form.ErrorUrl], ['11200', `${world.appUrl}/broken`])
  assert.match(JSON.stringify((await ended(world, call.id)).timeline), /hears: Sorry\./)
})

test('retries: once on a cut connection by default, and on 5xx when the fragment says so', async (t) => {
  for (const [fragment, answer, expected] of [
    ['', 'cut', 2],
    ['', { status: 500 }, 1],
    ['#rc=3&rp=5xx,ct,rt', { status: 500 }, 4],
    ['#rc=0', 'cut', 1],
  ] as const) {
    const world = await startWorld(t, (one) => (one.path === '/voice' ? answer : twiml('')))
    await pointNumber(world, fragment)
    await world.control('POST', '/calls', { from: caller, to: business })
    await world.webhook(path('/status'))
    assert.equal(world.received.filter(path('/voice')).length, expected, fragment)
  }
})

test('the app ends a call; lists page, filter and can be unreadable; bad credentials are refused', async (t) => {
  const world = await startWorld(t, () => twiml('<Pause length="3000"/>'))
  await pointNumber(world)
  const { json: call } = await world.control('POST', '/calls', { from: caller, to: business })
  await world.webhook(path('/voice'))
  const over = await twilio(world, 'POST', `Calls/${call.carrierCallId}.json`, { Status: 'completed' })
  assert.equal(over.json.status, 'canceled')
  for (let i = 0; i < 4; i++) await world.control('POST', '/calls', { from: caller, to: business })
  const to = encodeURIComponent(business)
  const today = new Date().toISOString().slice(0, 10)
  const first = await twilio(world, 'GET', `Calls.json?To=${to}&StartTime%3E=${today}&PageSize=2`)
  assert.equal(first.json.calls.length, 2)
  const seen = first.json.calls.map((one: { sid: string }) => one.sid)
  for (let next = first.json.next_page_uri; next; ) {
    const page = await twilio(world, 'GET', next.split(`${businessSid}/`)[1])
    seen.push(...page.json.calls.map((one: { sid: string }) => one.sid))
    next = page.json.next_page_uri
  }
  assert.equal(new Set(seen).size, 5)
  assert.equal(seen.at(-1), call.carrierCallId)
  assert.equal((await twilio(world, 'GET', `Calls.json?StartTime%3E=2999-01-01`)).json.calls.length, 0)
  await world.control('PUT', '/settings', { listsReadable: false })
  assert.equal((await twilio(world, 'GET', 'Calls.json')).status, 503)
  const stranger = await fetch(`${world.simulator.twilioUrl}/2010-04-01/Accounts/${businessSid}/Calls.json`)
  assert.equal(stranger.status, 401)
  assert.match(await stranger.text(), /20003/)
})
