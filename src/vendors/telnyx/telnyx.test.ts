import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import type { Connection } from '../../domain/connection.ts'
import type { CallPlan } from '../../voice/port.ts'
import { makeHttp, Refusal } from '../http.ts'
import { fakeApi, fixture, hookOf, NOON, onlyEvent } from '../testing.ts'
import { readTelnyxRefusal, TELNYX_ERRORS, telnyxFailure } from './errors.ts'
import { makeTelnyx } from './telnyx.ts'

const http = makeHttp()
const telnyx = makeTelnyx(http)
const keys = generateKeyPairSync('ed25519')
const connection: Connection = {
  accountId: 'acme',
  id: 'alt',
  kind: 'telnyx',
  credentials: {
    apiKey: 'KEY0123',
    publicKey: Buffer.from(keys.publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('base64'),
  },
  apiUrl: null,
}
const CALL = '428c31b6-abf3-4bc1-b7f4-5013ef9657c1'
const CALLER_LEG = 'v3:caller-leg'
const event = (name: string, path = 'events') =>
  onlyEvent(telnyx, connection, hookOf(connection, path, fixture('telnyx', `${name}.json`)))
const at = (iso: string) => new Date(iso)

describe('who answers', () => {
  const { answersItself } = telnyx.channels.sms

  test('Telnyx answers its own words itself', () => {
    for (const word of ['STOP', ' stop ', 'StopAll', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'START', 'HELP', 'INFO'])
      assert.equal(answersItself(word), true, word)
    for (const word of ['stop all']) assert.equal(answersItself(word), true, word)
  })

  test('we answer all others', () => {
    for (const text of ['please stop texting me', 'stop.', 'opt-out', ...['revoke', 'yes']])
      assert.equal(answersItself(text), false, text)
  })
})

describe('what Telnyx reports', () => {
  test('a call comes in', () => {
    assert.deepEqual(event('initiated'), {
      type: 'call.arrived',
      callId: CALL,
      legId: CALLER_LEG,
      from: '+12025550143',
      to: '+12025550101',
      at: at('2026-11-20T17:00:00.521Z'),
      callerName: null,
      forwardedFrom: null,
      stirVerstat: 'TN-Validation-Passed-A',
    })
    assert.partialDeepStrictEqual(event('initiated-forwarded'), {
      callerName: 'PAT EXAMPLE',
      forwardedFrom: '+12025550111',
      stirVerstat: null,
    })
  })

  test("ringing the target's leg is not an incoming call", () => assert.equal(event('initiated-target'), null))

  test("only the target's leg proves a person", () => {
    assert.partialDeepStrictEqual(event('answered-target'), { type: 'call.answered', callId: CALL })
    assert.partialDeepStrictEqual(event('bridged-target'), { type: 'call.answered', callId: CALL })
    assert.equal(event('bridged-caller'), null)
    assert.equal(event('answered-goodbye'), null)
    assert.equal(event('speak-ended-goodbye'), null)
  })

  test('each way that a target does not answer', () => {
    const why = (name: string) => {
      const hangup = event(`hangup-target-${name}`)
      return hangup?.type === 'call.unanswered' ? hangup.why : hangup
    }
    assert.equal(why('timeout'), 'no_answer')
    assert.equal(why('busy'), 'busy')
    assert.equal(why('declined'), 'busy')
    assert.equal(why('unknown-number'), 'failed')
    assert.equal(why('gave-up'), 'caller_gave_up')
    assert.equal(why('after-talk'), null)
  })

  test("the caller's call is over: only some endings prove that nobody picked up", () => {
    assert.deepEqual(event('hangup-caller-gave-up'), {
      type: 'call.ended',
      callId: CALL,
      legId: CALLER_LEG,
      from: '+12025550143',
      to: '+12025550101',
      startedAt: at('2026-11-20T17:00:00.521Z'),
      at: at('2026-11-20T17:00:21.521Z'),
      answered: false,
      why: 'caller_gave_up',
      durationSeconds: 21,
    })
    assert.partialDeepStrictEqual(event('hangup-after-talk'), { answered: null, why: null })
    // We had answered it ourselves, to say goodbye.
    assert.partialDeepStrictEqual(event('hangup-goodbye'), { answered: false, why: null })
  })

  test('texts', () => {
    assert.deepEqual(event('message-received'), {
      type: 'message.received',
      channel: 'sms',
      carrierId: '84cca175-9755-4859-b67f-4730d7f58aa3',
      from: '+12025550143',
      to: '+12025550101',
      body: 'Can you come tomorrow?',
      at: at('2026-11-20T17:00:02Z'),
      media: [],
      carrierReplied: null,
    })
    assert.partialDeepStrictEqual(event('message-stop'), { carrierReplied: 'stop' })
  })

  test('receipts', () => {
    const carrierId = '40385f64-5717-4562-b3fc-2c963f66afa6'
    assert.partialDeepStrictEqual(event('receipt-sent', 'receipt/m1'), { messageId: 'm1', carrierId, status: 'sent' })
    assert.partialDeepStrictEqual(event('receipt-delivered', 'events'), { messageId: null, status: 'delivered' })
    assert.partialDeepStrictEqual(event('receipt-unconfirmed', 'receipt/m1'), { status: 'unknown', failure: null })
    assert.partialDeepStrictEqual(event('receipt-landline', 'receipt/m1'), {
      status: 'undelivered',
      failure: { code: '40001', kind: 'landline' },
    })
  })

  test('an unknown type gives no event', () => {
    for (const type of ['call.machine.detection.ended', 'constructor', 'message.link_click']) {
      const hook = hookOf(connection, 'events', JSON.stringify({ data: { event_type: type, payload: {} } }))
      assert.equal(onlyEvent(telnyx, connection, hook), null)
    }
  })

  test('a malformed event is refused, naming the field', () => {
    const fields = (body: string) => {
      const read = telnyx.webhooks.parse(hookOf(connection, 'events', body))
      return read.ok ? [] : read.errors.map((error) => error.field)
    }
    assert.deepEqual(fields('not json'), ['body'])
    assert.deepEqual(fields('{"data":{"event_type":7}}'), ['data.event_type'])
    assert.deepEqual(fields('{"data":{"event_type":"call.hangup"}}'), ['data.payload'])
    const empty = JSON.stringify({ data: { event_type: 'call.initiated', payload: { client_state: null } } })
    assert.deepEqual(fields(empty), ['data.payload.call_session_id', 'data.payload.to'])
  })
})

describe('what we do with a call', () => {
  let status = 200
  let api: Awaited<ReturnType<typeof fakeApi>>
  before(async () => {
    api = await fakeApi(() =>
      status === 200 ? { data: { result: 'ok' } } : [status, { errors: [{ code: '90018', title: 'Call has ended' }] }],
    )
  })
  after(async () => {
    await http.close()
    await api.close()
  })
  beforeEach(() => {
    api.asked.length = 0
    status = 200
  })
  const commands = () =>
    api.asked.map(({ path, body }) => ({ path, body: JSON.parse(body) as Record<string, unknown> }))

  const answer = (name: string, plan: CallPlan, apiUrl = api.url) =>
    telnyx.webhooks.answer(
      hookOf(connection, 'events', fixture('telnyx', `${name}.json`)),
      { ...connection, apiUrl },
      plan,
    )
  const ring: CallPlan = {
    do: 'ring',
    legId: CALLER_LEG,
    target: '+12025550111',
    seconds: 20,
    callerId: '+12025550143',
    callId: CALL,
  }
  const goodbye: CallPlan = { do: 'goodbye', legId: CALLER_LEG, greeting: 'Sorry!', callId: CALL }
  const state = (text: string) => Buffer.from(text).toString('base64')

  test('ring transfers the leg and marks the new one; the same call has the same command id', async () => {
    assert.equal((await answer('initiated', ring)).status, 200)
    await answer('initiated', ring)
    const [first, again] = commands()
    assert.equal(first?.path, `/v2/calls/${CALLER_LEG}/actions/transfer`)
    assert.deepEqual(
      { ...first?.body, command_id: null },
      {
        to: '+12025550111',
        from: '+12025550143',
        timeout_secs: 20,
        target_leg_client_state: state('target'),
        command_id: null,
      },
    )
    assert.equal(first?.body.command_id, again?.body.command_id)
  })

  test('a call that is already missed keeps ringing: no command is sent', async () => {
    assert.equal((await answer('initiated', { do: 'let_ring', greeting: 'Sorry!', guardSeconds: 5 })).status, 200)
    assert.deepEqual(api.asked, [])
  })

  test('goodbye: answer, then speak, then hang up', async () => {
    await answer('hangup-target-timeout', goodbye)
    await answer('answered-goodbye', { do: 'nothing' })
    await answer('speak-ended-goodbye', { do: 'nothing' })
    const done = commands()
    assert.deepEqual(
      done.map(({ path }) => path.split('/actions/')[1]),
      ['answer', 'speak', 'hangup'],
    )
    assert.equal(done[0]?.body.client_state, state('goodbye:Sorry!'))
    assert.equal(done[1]?.body.payload, 'Sorry, we are on another call. We will text you.')
    assert.equal(new Set(done.map(({ body }) => body.command_id)).size, 3)
  })

  test('a failed command is tried again, unless the call is over', async () => {
    for (const gone of [404, 422]) {
      status = gone
      assert.equal((await answer('initiated', ring)).status, 200)
    }
    for (const passing of [429, 500, 503]) {
      status = passing
      assert.equal((await answer('initiated', ring)).status, 503)
    }
    assert.equal((await answer('initiated', ring, 'http://127.0.0.1:1')).status, 503)
  })
})

describe('proof of origin', () => {
  test('an invalid time or key proves nothing', () => {
    const hook = hookOf(connection, 'events', '{}')
    const timestamp = String(NOON.getTime() / 1000)
    const signature = sign(null, Buffer.from(`${timestamp}|{}`), keys.privateKey).toString('base64')
    const headers = { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature }
    assert.deepEqual(telnyx.webhooks.verify({ ...hook, headers }, connection), { ok: true })
    for (const other of ['', 'soon', '1e9', '-1', ` ${timestamp}`])
      assert.equal(
        telnyx.webhooks.verify({ ...hook, headers: { ...headers, 'telnyx-timestamp': other } }, connection).ok,
        false,
      )
    for (const publicKey of ['', 'AAAA', 'A'.repeat(44)]) {
      const unsafe = { ...connection, credentials: { ...connection.credentials, publicKey } }
      assert.equal(telnyx.webhooks.verify({ ...hook, headers }, unsafe).ok, false)
    }
  })
})

describe('errors', () => {
  test('every one has a sentence and a next step for a person', () => {
    for (const [code, { sentence, nextStep }] of Object.entries(TELNYX_ERRORS)) {
      assert.match(code, /^\d{5}$/)
      for (const words of [sentence, nextStep]) assert.match(words, /^[A-Z].*\.$/, code)
    }
  })

  test('an unknown one says its number and what Telnyx said', () => {
    assert.equal(
      telnyxFailure('49999', 'Moon in the way').sentence,
      'Telnyx said no with error 49999: Moon in the way.',
    )
  })

  test('codes come as text and as numbers, and sometimes there is none', () => {
    const read = (status: number, body: string) => readTelnyxRefusal(new Refusal({ status, headers: {}, body }))
    assert.equal(read(409, '{"errors":[{"code":"40300","title":"Blocked due to STOP message"}]}').kind, 'opted_out')
    assert.equal(read(422, '{"errors":[{"code":40001}]}').kind, 'landline')
    assert.equal(read(401, 'null').kind, 'credentials')
    assert.match(read(418, '[]').sentence, /HTTP 418/)
  })
})

describe('garbage never throws', () => {
  const types = [
    'call.initiated',
    'call.answered',
    'call.bridged',
    'call.hangup',
    'message.received',
    'message.finalized',
  ]
  const fields = [
    'call_session_id',
    'to',
    'from',
    'client_state',
    'id',
    'errors',
    'media',
    'sip_headers',
    'start_time',
    'end_time',
  ]
  const payloads = fc.record(Object.fromEntries(fields.map((name) => [name, fc.anything()])), { requiredKeys: [] })
  const events = fc.record({ event_type: fc.constantFrom(...types), occurred_at: fc.anything(), payload: payloads })
  const bodies = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.json().map((json) => Buffer.from(json)),
    events.map((data) =>
      Buffer.from(JSON.stringify({ data }, (_key, value) => (typeof value === 'bigint' ? 1 : value))),
    ),
  )

  test('parse and verify', () => {
    fc.assert(
      fc.property(bodies, fc.string(), fc.string(), (body, timestamp, signature) => {
        const hook = hookOf(connection, 'events', body)
        hook.headers = { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature }
        const read = telnyx.webhooks.parse(hook)
        if (!read.ok) assert.ok(read.errors.length > 0 && read.errors.every((error) => error.field && error.message))
        assert.equal(telnyx.webhooks.verify(hook, connection).ok, false)
      }),
    )
  })

  test('readCredentials', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        const read = telnyx.readCredentials(input)
        assert.ok(read.ok || read.errors.length > 0)
      }),
    )
    const read = telnyx.readCredentials({ apiKey: 'two words', publicKey: 'short' })
    assert.deepEqual(!read.ok && read.errors.map((error) => error.field), ['apiKey', 'publicKey'])
    assert.deepEqual(telnyx.readCredentials(connection.credentials), { ok: true, credentials: connection.credentials })
  })
})
