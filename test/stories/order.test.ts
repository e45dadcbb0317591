import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { signedHooks, telnyxEvent } from '../signed.ts'
import { type Json, MAIN, MIKE, SALES, startWorld, WORKSHOP, type World } from '../world.ts'

const SALES_FORWARD = '+12025550104'
const GUARDED = '+12025550105'
const GUARDED_TWILIO = '+12025550106'

test('webhooks of one call in other orders than they were sent', async (t) => {
  const world = await startWorld(t, { lines: [{ number: SALES_FORWARD, carrier: 'alt', forwardTo: [MIKE] }] })
  const hooks = signedHooks(world)
  let calls = 0
  /** One call to the main number, webhook by webhook. `ends` are those that Twilio sends after the first, by name. */
  const twilioCall = () => {
    calls += 1
    const from = `+141555501${String(calls).padStart(2, '0')}`
    const CallSid = `CA${randomUUID().replaceAll('-', '')}`
    const call = { CallSid, From: from, To: MAIN, Direction: 'inbound' }
    const say = {
      voice: () => hooks.twilio('voice', { ...call, CallStatus: 'ringing' }),
      target: () =>
        hooks.twilio('target', {
          CallSid: 'CA00000000000000000000000000000001',
          ParentCallSid: CallSid,
          CallStatus: 'in-progress',
        }),
      dialAnswered: () =>
        hooks.twilio('dial', { ...call, CallStatus: 'in-progress', DialCallStatus: 'completed', DialBridged: 'true' }),
      dialInVain: () => hooks.twilio('dial', { ...call, CallStatus: 'in-progress', DialCallStatus: 'no-answer' }),
      completed: () => hooks.twilio('status', { ...call, CallStatus: 'completed', CallDuration: '42' }),
      noAnswer: () => hooks.twilio('status', { ...call, CallStatus: 'no-answer', CallDuration: '0' }),
    }
    return {
      from,
      async say(...names: (keyof typeof say)[]) {
        for (const name of names) assert.ok((await say[name]()).status < 300, `${name} was refused`)
      },
    }
  }

  await t.test('an answered call whose end comes before the Dial action is not texted', async () => {
    const orders = [
      ['voice', 'completed', 'dialAnswered'],
      ['voice', 'completed', 'dialAnswered', 'target'],
      ['voice', 'completed', 'target', 'dialAnswered'],
      ['voice', 'target', 'completed', 'dialAnswered'],
      ['voice', 'target', 'dialAnswered', 'completed'],
      ['voice', 'dialAnswered', 'completed', 'target'],
      // The first attempt at `voice` was answered too late and is repeated at the very end.
      ['voice', 'completed', 'dialAnswered', 'voice', 'completed'],
    ] as const
    for (const order of orders) {
      const call = twilioCall()
      await call.say(...order)
      const [told] = await world.callsFrom(call.from)
      assert.equal(told.outcome, 'answered', order.join(', '))
      assert.equal(told.durationSeconds, 42, order.join(', '))
      assert.equal(told.messageId, null)
    }
  })

  await t.test('a missed call is texted once, whichever of its ends comes first', async () => {
    const orders = [
      ['voice', 'dialInVain', 'completed'],
      ['voice', 'completed', 'dialInVain'],
      ['voice', 'noAnswer', 'dialInVain'],
      ['voice', 'dialInVain', 'dialInVain', 'noAnswer', 'voice'],
      ['noAnswer', 'voice'],
    ] as const
    for (const order of orders) {
      const call = twilioCall()
      await call.say(...order)
      const [told] = await world.callsFrom(call.from)
      assert.equal(told.outcome, 'missed', order.join(', '))
      await world.textsOn(call.from)
      assert.equal((await world.textsSentTo(call.from)).length, 1, order.join(', '))
    }
  })

  await t.test('what comes after the decision does not change it', async () => {
    const call = twilioCall()
    await call.say('voice', 'dialInVain', 'completed')
    const [before] = await world.callsFrom(call.from)
    await call.say('target', 'dialAnswered')
    const [after] = await world.callsFrom(call.from)
    assert.deepEqual([after.outcome, after.decision], [before.outcome, before.decision])
  })

  await t.test('at Telnyx the hang-up comes before the call itself', async () => {
    for (const [line, from] of [
      [SALES, '+13125550171'],
      [SALES_FORWARD, '+13125550172'],
    ] as const) {
      const [initiated, hangup] = telnyxCall(line, from)
      for (const event of [hangup, hangup, initiated, hangup, initiated])
        assert.equal((await hooks.telnyx('events', event)).status, 200)
      const [call] = await world.callsFrom(from)
      assert.equal(call.outcome, 'missed')
      assert.equal(call.ringSeconds, 8)
      await world.textsOn(from)
      assert.equal((await world.callsFrom(from)).length, 1)
      assert.equal((await world.textsSentTo(from)).length, 1)
    }
  })

  await t.test('a PBX tells of each way that a call ended, twice', async () => {
    const outcomes = ['missed', 'no_answer', 'busy', 'failed', 'canceled', 'voicemail', 'answered']
    for (const [i, outcome] of outcomes.entries()) {
      const from = `+1312555018${i}`
      const report = pbxReport(from, { outcome })
      for (const _ of [1, 2]) assert.equal((await hooks.generic(report)).status, 200)
      const [call] = await world.callsFrom(from)
      assert.equal(call.outcome, outcome === 'answered' ? 'answered' : 'missed', outcome)
      assert.equal(call.messageId === null, outcome === 'answered', outcome)
      if (outcome !== 'answered') assert.equal((await world.textsOn(from)).length, 1, outcome)
    }
  })

  await t.test(
    'a PBX that gives an id to two calls is told so, and the second is not taken for the first',
    async () => {
      const [from, other] = ['+14155550171', '+14155550172']
      const one = pbxReport(from, { outcome: 'busy' })
      assert.equal((await hooks.generic(one)).status, 200)
      const others = [
        { from: other },
        { from: other, outcome: 'answered' },
        { to: MAIN },
        { to: '+12025550177' },
        { started_at: '2026-11-20T16:59:00Z', ended_at: '2026-11-20T16:59:20Z' },
      ]
      for (const more of others) {
        const answer = await hooks.generic({ ...one, ...more })
        assert.equal(answer.status, 409, JSON.stringify(more))
        assert.deepEqual(answer.body.errors, [
          { field: 'id', message: 'was used for another call; every call needs its own' },
        ])
      }
      assert.equal((await hooks.generic({ ...one, from: '(415) 555-0171' })).status, 200)
      const [call] = await world.callsFrom(from)
      assert.deepEqual([call.outcome, call.why, call.startedAt], ['missed', 'busy', one.started_at])
      const { data } = await world.api('GET', `/calls?from=${encodeURIComponent(other)}`)
      assert.deepEqual(data, [])
    },
  )
})

test('a number that gets only missed calls takes short ones for noise', async (t) => {
  const world = await startWorld(t, {
    lines: [
      { number: GUARDED, carrier: 'alt', mode: 'cfna', minRingSeconds: 3 },
      { number: GUARDED_TWILIO, carrier: 'main', mode: 'cfna', minRingSeconds: 5 },
    ],
    provision: (file) => {
      file.accounts[0].numbers[2].minRingSeconds = 3
    },
  })
  const hooks = signedHooks(world)
  const tooShort = (call: Json) => {
    assert.equal(call.outcome, 'missed')
    assert.equal(call.decision.reason, 'too_short')
    assert.match(failedCheck(call).sentence, /It rang only .* s; calls under \d s are taken for noise/)
  }

  await t.test('a PBX reports 2.9 s and 3 s', async () => {
    const at = (seconds: number) => pbxReport(`+131255501${seconds * 10}`, {}, seconds)
    await hooks.generic(at(2.9))
    tooShort((await world.callsFrom('+13125550129'))[0])
    await hooks.generic(at(3))
    await world.textsOn('+13125550130')
  })

  await t.test('Telnyx dates the call itself', async () => {
    for (const [seconds, from] of [
      [2, '+13125550132'],
      [4, '+13125550134'],
    ] as const)
      for (const event of telnyxCall(GUARDED, from, seconds)) await hooks.telnyx('events', event)
    tooShort((await world.callsFrom('+13125550132'))[0])
    await world.textsOn('+13125550134')
    assert.equal((await world.textsSentTo('+13125550132')).length, 0)
  })

  await t.test('at Twilio it counts from the first webhook to the hang-up', async () => {
    await world.missedCall('+13125550136', GUARDED_TWILIO)
    tooShort((await world.callsFrom('+13125550136'))[0])
  })

  await t.test('a lead exists anyway', async () => {
    const { data } = await world.api('GET', '/leads')
    assert.ok(data.some((lead: Json) => lead.contact.phone === '+13125550136'))
  })
})

/** An unanswered call as Telnyx reports it: it arrived, and the caller hung up. */
function telnyxCall(to: string, from: string, seconds = 8): [Json, Json] {
  const end = Date.now()
  const leg = {
    call_control_id: `v3:${randomUUID()}`,
    call_leg_id: randomUUID(),
    call_session_id: randomUUID(),
    client_state: null,
    from,
    to,
    start_time: new Date(end - seconds * 1000).toISOString(),
  }
  const hangup = { hangup_cause: 'originator_cancel', hangup_source: 'caller', sip_hangup_cause: '487' }
  return [
    telnyxEvent('call.initiated', { ...leg, direction: 'incoming', state: 'parked' }),
    telnyxEvent('call.hangup', { ...leg, ...hangup, end_time: new Date(end).toISOString() }),
  ]
}

function pbxReport(from: string, more: Json, seconds = 20) {
  const end = Date.now()
  const times = { started_at: new Date(end - seconds * 1000).toISOString(), ended_at: new Date(end).toISOString() }
  return { id: `pbx-${from}`, from, to: WORKSHOP, ...times, outcome: 'missed', ...more }
}

const failedCheck = (call: Awaited<ReturnType<World['decided']>>) =>
  call.decision.checks.find((check: Json) => !check.passed)
