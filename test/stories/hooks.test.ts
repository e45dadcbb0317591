import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rowCounts } from '../rows.ts'
import { signedHooks, telnyxEvent } from '../signed.ts'
import { CALLER, type Json, MAIN, SALES, startWorld, until, WORKSHOP } from '../world.ts'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

test('the carriers’ door', async (t) => {
  const world = await startWorld(t)
  const hooks = signedHooks(world)
  const before = await rowCounts(world)
  const call = { CallSid: 'CA00000000000000000000000000000001', From: CALLER, To: MAIN, CallStatus: 'ringing' }
  const report = {
    id: 'pbx-1',
    from: CALLER,
    to: WORKSHOP,
    started_at: '2026-11-20T17:00:00Z',
    ended_at: '2026-11-20T17:00:20Z',
    outcome: 'missed',
  }

  await t.test('opens for nobody who has not signed, or signed something else', async () => {
    const body = new URLSearchParams(call).toString()
    const json = JSON.stringify(report)
    const stale = String(Math.floor(Date.now() / 1000) - 301)
    const cases: [string, string, string, Record<string, string>][] = [
      ['twilio/acme/main/voice', FORM, body, {}],
      ['twilio/acme/main/voice', FORM, body, { 'x-twilio-signature': '' }],
      ['twilio/acme/main/voice', FORM, body, { 'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
      ['telnyx/acme/alt/events', JSON_TYPE, json, {}],
      ['telnyx/acme/alt/events', JSON_TYPE, json, { 'telnyx-timestamp': stale, 'telnyx-signature-ed25519': 'AAAA' }],
      ['generic/acme/pbx/calls', JSON_TYPE, json, {}],
      ['generic/acme/pbx/calls', JSON_TYPE, json, { 'x-textback-timestamp': stale, 'x-textback-signature': 'ab' }],
    ]
    for (const [path, type, content, headers] of cases) {
      const answer = await hooks.post(path, type, content, headers)
      assert.equal(answer.status, 403, `${path} ${JSON.stringify(headers)}`)
      assert.equal(answer.body.title, 'The signature does not hold')
      assert.match(answer.body.detail, /\.$/)
    }
  })

  await t.test('opens for no body but the one that was signed, at no address but the one that was called', async () => {
    const { id } = await world.network('POST', '/calls', { from: 'anonymous', to: MAIN })
    const voice = await until(async () => {
      const wire: Json[] = await world.network('GET', '/wire')
      return wire.find((one) => one.direction === 'to_app' && /\/voice$/.test(one.url))
    }, 'a voice webhook')
    await world.network('POST', `/calls/${id}/hangup`, {})
    await world.callsFrom('anonymous')
    const changed = { ...voice, body: voice.body.replace('anonymous', encodeURIComponent(CALLER)) }
    assert.notEqual(changed.body, voice.body)
    assert.equal(await hooks.again(changed), 403)
    assert.equal(await hooks.again({ ...voice, url: voice.url.replace(/voice$/, 'status') }), 403)
    assert.equal(await hooks.again(voice), 200)
  })

  await t.test('is not there for a connection that is not', async () => {
    for (const path of [
      'twilio/acme/nothing/voice',
      'twilio/nobody/main/voice',
      'telnyx/acme/main/events',
      'x/acme/main/voice',
    ])
      assert.equal((await hooks.post(path, FORM, 'CallSid=CA00000000000000000000000000000001', {})).status, 404, path)
  })

  await t.test('is too narrow for 256 KB, and takes forms and JSON only', async () => {
    const large = await hooks.twilio('sms', { ...call, Body: 'a'.repeat(256 * 1024) })
    assert.equal(large.status, 413)
    for (const type of ['text/plain', 'text/xml', 'multipart/form-data; boundary=x']) {
      const answer = await hooks.post('generic/acme/pbx/calls', type, 'x', {})
      assert.equal(answer.status, 415, type)
    }
  })

  await t.test('names the field that is wrong', async () => {
    const { From: _, ...noSender } = { MessageSid: 'SM00000000000000000000000000000001', From: CALLER, To: MAIN }
    const answers: [string[], { status: number; body: Json }][] = [
      [['CallSid'], await hooks.twilio('voice', { To: MAIN })],
      [['CallSid', 'CallStatus'], await hooks.twilio('status', { To: MAIN })],
      [['From'], await hooks.twilio('sms', noSender)],
      [['MessageSid', 'MessageStatus'], await hooks.twilio('receipt/1', '')],
      [['body'], await hooks.telnyx('events', 'not json')],
      [['data.event_type'], await hooks.telnyx('events', {})],
      [['data.payload'], await hooks.telnyx('events', { data: { event_type: 'call.initiated' } })],
      [
        ['data.payload.call_session_id', 'data.payload.to'],
        await hooks.telnyx('events', telnyxEvent('call.initiated', {})),
      ],
      [['body'], await hooks.generic('[]')],
      [['outcome'], await hooks.generic({ ...report, outcome: 'maybe' })],
      [['to'], await hooks.generic({ ...report, id: 'elsewhere', to: '+12025550177' })],
      [['started_at', 'ended_at'], await hooks.generic({ ...report, started_at: 'noon', ended_at: '2026-11-20' })],
      [['ended_at'], await hooks.generic({ ...report, ended_at: '2026-11-20T16:00:00Z' })],
    ]
    for (const [fields, { status, body }] of answers) {
      assert.equal(status, 400, fields.join())
      assert.deepEqual(
        body.errors.map((error: Json) => error.field),
        fields,
      )
    }
  })

  await t.test('takes what it does not understand, and does nothing', async () => {
    assert.equal((await hooks.twilio('hologram', call)).status, 204)
    assert.equal((await hooks.telnyx('events', telnyxEvent('call.machine.detection.ended', {}))).status, 200)
    assert.equal((await hooks.generic(report, 'voicemails')).status, 200)
    const elsewhere = await hooks.twilio('voice', { ...call, To: '+12025550177' })
    assert.equal(elsewhere.status, 200)
    assert.match(elsewhere.text, /<Response\/>$/)
  })

  await t.test('leaves no trace of all this but the one real call', async () => {
    const after = await rowCounts(world)
    assert.deepEqual(after, {
      ...before,
      calls: before.calls! + 1,
      call_legs: before.call_legs! + 1,
      events: before.events! + 1,
    })
  })

  await t.test('takes what PostgreSQL cannot keep without the character that it cannot keep', async () => {
    const answers = [
      await hooks.twilio('sms', {
        MessageSid: 'SM40a8712b29ac76182ed0c4f632b7d543',
        From: CALLER,
        To: MAIN,
        Body: 'a\u0000b',
      }),
      await hooks.generic({ ...report, name: 'a\u0000b' }),
      await hooks.telnyx(
        'events',
        telnyxEvent('message.received', {
          id: 'nul',
          from: { phone_number: CALLER },
          to: [{ phone_number: SALES }],
          text: 'ok',
          media: [{ url: 'https://media.example/\u0000', content_type: '\ud800' }],
        }),
      ),
    ]
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [200, 200, 200],
    )
    const { data } = await world.api('GET', '/messages')
    assert.ok(data.some((message: Json) => message.body === 'ab'))
  })

  await t.test('takes of a text that no phone can send what a text can be', async () => {
    const text = { MessageSid: `SM${'7'.repeat(32)}`, From: CALLER, To: MAIN, Body: `long${'\n'.repeat(60_000)}` }
    assert.equal((await hooks.twilio('sms', text)).status, 200)
    const { data } = await world.api('GET', '/messages')
    assert.equal(data.find((message: Json) => message.body.startsWith('long')).body.length, 10_000)
  })
})

test('signed garbage is answered, never stumbled over', async (t) => {
  const world = await startWorld(t)
  const hooks = signedHooks(world)
  const NUMBER_OF_RUNS = 150
  const never500 = (answer: { status: number; body: Json; text: string }) => {
    assert.ok(answer.status < 500, `${answer.status} ${answer.text}`)
    if (answer.status === 400 && answer.body.errors)
      for (const { field, message } of answer.body.errors) assert.ok(field && message)
  }
  const some = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.constantFrom(MAIN, SALES, WORKSHOP, CALLER, 'anonymous', '', '1', '-1', '99999999999', 'true', 'null'),
    fc.constantFrom(
      'ringing',
      'in-progress',
      'completed',
      'no-answer',
      'busy',
      'canceled',
      'sent',
      'delivered',
      'STOP',
    ),
    fc.constantFrom(
      '2026-11-20T17:00:00Z',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      'Fri, 20 Nov 2026 17:00:00 +0000',
    ),
  )
  const withNames = (names: string[], value: fc.Arbitrary<unknown>) =>
    fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] })

  await t.test('from Twilio', async () => {
    const paths = fc.constantFrom('voice', 'dial', 'target', 'status', 'sms', 'receipt/1', 'receipt', 'x/y')
    const fields = [
      'CallSid',
      'From',
      'To',
      'CallStatus',
      'DialCallStatus',
      'DialBridged',
      'ParentCallSid',
      'CallDuration',
    ]
    const more = [
      'Timestamp',
      'MessageSid',
      'MessageStatus',
      'ErrorCode',
      'Body',
      'NumMedia',
      'MediaUrl0',
      'OptOutType',
    ]
    const forms = withNames([...fields, ...more], some).map((form) => new URLSearchParams(form as never).toString())
    await fc.assert(
      fc.asyncProperty(paths, forms, async (path, form) => never500(await hooks.twilio(path, form))),
      { numRuns: NUMBER_OF_RUNS },
    )
  })

  await t.test('from Telnyx', async () => {
    const types = fc.constantFrom(
      'call.initiated',
      'call.answered',
      'call.bridged',
      'call.hangup',
      'message.received',
      'message.sent',
      'message.finalized',
      'call.speak.ended',
    )
    const names = ['call_session_id', 'call_control_id', 'from', 'to', 'id', 'text', 'direction', 'client_state']
    const more = ['start_time', 'end_time', 'hangup_cause', 'sip_headers', 'media', 'errors', 'autoresponse_type']
    const person = fc.record({ phone_number: some, status: some, url: some, code: some }, { requiredKeys: [] })
    const value = fc.oneof(some, fc.anything(), person, fc.array(person, { maxLength: 2 }))
    const events = fc.oneof(
      fc
        .tuple(types, withNames([...names, ...more], value))
        .map(([type, payload]) => asJson(telnyxEvent(type, payload))),
      fc.json(),
      fc.string(),
    )
    const paths = fc.constantFrom('events', 'receipt/1', 'receipt', '')
    await fc.assert(
      fc.asyncProperty(paths, events, async (path, event) => never500(await hooks.telnyx(path, event))),
      { numRuns: NUMBER_OF_RUNS },
    )
  })

  await t.test('from a PBX', async () => {
    const names = ['id', 'from', 'to', 'started_at', 'ended_at', 'outcome', 'forwarded_from', 'name']
    const value = fc.oneof(some, fc.anything())
    const whole = fc.record({
      id: fc.string({ minLength: 1, maxLength: 200 }),
      from: some,
      to: fc.constant(WORKSHOP),
      started_at: fc.constantFrom('0001-01-01T00:00:00Z', '2026-11-20T17:00:00Z', '2026-02-30T00:00:00Z'),
      ended_at: fc.constantFrom('2026-11-20T17:00:20Z', '9999-12-31T23:59:59.999999999+00:00'),
      outcome: fc.constantFrom('missed', 'answered', 'voicemail'),
      name: fc.string({ unit: 'binary' }),
    })
    const reports = fc.oneof(withNames(names, value), whole, fc.anything()).map(asJson)
    await fc.assert(
      fc.asyncProperty(reports, async (report) => never500(await hooks.generic(report))),
      { numRuns: NUMBER_OF_RUNS },
    )
  })

  await t.test('and the app goes on', async () => {
    await world.missedCall('+13125550155', SALES)
    await world.textsOn('+13125550155')
  })
})

/** Any value as JSON; what JSON cannot express becomes a text. */
function asJson(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)) ?? 'null'
}
