import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedHooks, telnyxEvent } from '../signed.ts'
import { CALLER, MAIN, MIKE, SALES, startWorld, until, WORKSHOP } from '../world.ts'

/** Calls whose arrival was refused while the database was away, and that the carrier goes on reporting. */

const CALL = `CA${'5'.repeat(32)}`
const ENDED = { CallSid: CALL, From: CALLER, To: MAIN, CallStatus: 'in-progress' }

test('Twilio: the first that is heard of a call is that nobody answered', async (t) => {
  const world = await startWorld(t)
  const { twilio } = signedHooks(world)
  const answer = await twilio('dial', { ...ENDED, DialCallStatus: 'no-answer' })
  assert.equal(answer.status, 200)
  assert.match(answer.text, /<Hangup\/>/, 'the caller hears the goodbye')
  const { outcome, why, number } = await world.decided(CALLER)
  assert.deepEqual([outcome, why, number], ['missed', 'no_answer', MAIN])
  await until(async () => (await world.textsSentTo(CALLER)).length === 1, 'a text')
  // The arrival, which the carrier brings again, and the end change nothing.
  assert.equal((await twilio('voice', { ...ENDED, CallStatus: 'ringing' })).status, 200)
  assert.equal((await twilio('status', { ...ENDED, CallStatus: 'completed', CallDuration: '24' })).status, 204)
  assert.equal((await world.callsFrom(CALLER)).length, 1)
  assert.equal((await world.textsSentTo(CALLER)).length, 1)
})

test('Twilio: the first that is heard of a call is that somebody answered', async (t) => {
  const world = await startWorld(t)
  const { twilio } = signedHooks(world)
  assert.equal((await twilio('dial', { ...ENDED, DialCallStatus: 'completed', DialCallDuration: '30' })).status, 200)
  assert.equal((await twilio('status', { ...ENDED, CallStatus: 'completed', CallDuration: '31' })).status, 204)
  assert.equal((await world.decided(CALLER)).outcome, 'answered')
  assert.deepEqual(await world.textsSentTo(CALLER), [])
})

test("Twilio: the target's leg does not name the number, so it is brought again until the call is known", async (t) => {
  const world = await startWorld(t)
  const { twilio } = signedHooks(world)
  const target = {
    CallSid: `CA${'6'.repeat(32)}`,
    ParentCallSid: CALL,
    From: CALLER,
    To: MIKE,
    CallStatus: 'in-progress',
  }
  assert.equal((await twilio('target', target)).status, 503)
  assert.equal((await twilio('voice', { ...ENDED, CallStatus: 'ringing' })).status, 200)
  assert.equal((await twilio('target', target)).status, 204)
  assert.equal((await world.api('GET', '/calls')).data[0].outcome, 'in_progress')
})

test('Twilio: a call to a number that is not set up is answered, and nothing is stored', async (t) => {
  const world = await startWorld(t)
  const { twilio } = signedHooks(world)
  const dial = { ...ENDED, To: '+12025550177', DialCallStatus: 'no-answer' }
  assert.equal((await twilio('dial', dial)).status, 200)
  assert.deepEqual((await world.api('GET', '/calls')).data, [])
})

test('Telnyx: an event of the target of an unknown call is brought again until the call is known', async (t) => {
  const world = await startWorld(t, {
    provision: (file) => {
      const sales = file.accounts[0].numbers.find(({ number }: { number: string }) => number === SALES)
      Object.assign(sales, { mode: 'forward', forwardTo: [MIKE] })
    },
  })
  const { telnyx } = signedHooks(world)
  const session = { call_session_id: 'a-session' }
  const target = { ...session, call_control_id: 'a-target', direction: 'outgoing', client_state: btoa('target') }
  const unanswered = telnyxEvent('call.hangup', { ...target, from: CALLER, to: MIKE, hangup_cause: 'timeout' })
  assert.equal((await telnyx('events', unanswered)).status, 503)
  assert.deepEqual((await world.api('GET', '/calls')).data, [])
  // What makes the call known here is its end: the leg of the caller names the number.
  const caller = { ...session, call_control_id: 'a-leg', direction: 'incoming', from: CALLER, to: SALES }
  const ended = { ...caller, hangup_cause: 'originator_cancel', start_time: new Date().toISOString() }
  assert.equal((await telnyx('events', telnyxEvent('call.hangup', ended))).status, 200)
  assert.equal((await telnyx('events', unanswered)).status, 200)
  assert.equal((await world.decided(CALLER)).outcome, 'missed')
  await until(async () => (await world.textsSentTo(CALLER)).length === 1, 'a text')
})

test('a PBX reports whole calls: one of a number that is not here is refused as before', async (t) => {
  const world = await startWorld(t)
  const { generic } = signedHooks(world)
  const call = {
    id: 'a-call',
    from: CALLER,
    started_at: new Date(Date.now() - 60_000).toISOString(),
    ended_at: new Date().toISOString(),
    outcome: 'answered',
  }
  const refused = await generic({ ...call, to: '+12025550177' })
  assert.deepEqual([refused.status, refused.body.errors[0].field], [400, 'to'])
  assert.equal((await generic({ ...call, to: WORKSHOP })).status, 200)
  assert.equal((await world.decided(CALLER)).outcome, 'answered')
})
