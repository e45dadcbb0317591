import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import twilioWebhooks from 'twilio/lib/webhooks/webhooks.js'
import type { Connection } from '../../domain/connection.ts'
import type { CallPlan } from '../../voice/port.ts'
import { makeHttp, Refusal } from '../http.ts'
import { fixture, hookOf, onlyEvent } from '../testing.ts'
import { readTwilioRefusal, TWILIO_ERRORS, twilioFailure } from './errors.ts'
import { makeTwilio } from './twilio.ts'

const http = makeHttp()
const twilio = makeTwilio(http)
after(() => http.close())

const connection: Connection = {
  accountId: 'acme',
  id: 'main',
  kind: 'twilio',
  credentials: { accountSid: 'AC0123456789abcdef0123456789abcdef', authToken: 'a-token-of-no-account' },
  apiUrl: null,
}
const CALL = 'CA11111111111111111111111111111111'
const TEXT = 'SM33333333333333333333333333333333'
const event = (path: string, name: string) =>
  onlyEvent(twilio, connection, hookOf(connection, path, fixture('twilio', `${name}.form`)))
const at = (iso: string) => new Date(iso)

describe('who answers', () => {
  const { answersItself } = twilio.channels.sms

  test('Twilio answers its own words itself', () => {
    for (const word of ['STOP', ' stop ', 'StopAll', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'START', 'HELP', 'INFO'])
      assert.equal(answersItself(word), true, word)
    for (const word of ['revoke', 'yes']) assert.equal(answersItself(word), true, word)
  })

  test('we answer all others', () => {
    for (const text of ['please stop texting me', 'stop.', 'opt-out', ...['stop all']])
      assert.equal(answersItself(text), false, text)
  })
})

describe('what Twilio reports', () => {
  test('a call comes in', () => {
    assert.deepEqual(event('voice', 'voice'), {
      type: 'call.arrived',
      callId: CALL,
      legId: null,
      from: '+12025550143',
      to: '+12025550100',
      at: at('2026-11-20T17:00:25Z'),
      callerName: 'PAT EXAMPLE',
      forwardedFrom: null,
      stirVerstat: 'TN-Validation-Passed-A',
    })
    assert.partialDeepStrictEqual(event('voice', 'voice-anonymous'), { from: 'anonymous' })
    assert.partialDeepStrictEqual(event('voice', 'voice-forwarded'), { forwardedFrom: '+12025550111' })
  })

  test("the target's leg answers: the event names its parent, the caller's call", () => {
    const answered = { type: 'call.answered', callId: CALL, at: at('2026-11-20T17:00:12Z') }
    assert.deepEqual(event('target', 'target-answered'), answered)
  })

  test('each way a dial ends', () => {
    const ended = (status: string) => {
      const found = event('dial', `dial-${status}`)!
      assert.ok('of' in found && found.of?.from && found.of.to, 'it names the call, should the arrival be lost')
      const { at: _at, of: _of, ...rest } = found
      return rest
    }
    assert.deepEqual(ended('completed'), { type: 'call.answered', callId: CALL })
    assert.deepEqual(ended('busy'), { type: 'call.unanswered', callId: CALL, why: 'busy' })
    assert.deepEqual(ended('no-answer'), { type: 'call.unanswered', callId: CALL, why: 'no_answer' })
    assert.deepEqual(ended('failed'), { type: 'call.unanswered', callId: CALL, why: 'failed' })
    assert.deepEqual(ended('canceled'), { type: 'call.unanswered', callId: CALL, why: 'caller_gave_up' })
    // Picked up, but declined in the screening: nobody was joined with the caller.
    assert.deepEqual(ended('screened'), { type: 'call.unanswered', callId: CALL, why: 'no_answer' })
  })

  test("the caller's call is over: only some endings prove that nobody picked up", () => {
    assert.deepEqual(event('status', 'status-completed'), {
      type: 'call.ended',
      callId: CALL,
      legId: null,
      from: '+12025550143',
      to: '+12025550100',
      startedAt: null,
      at: at('2026-11-20T17:00:31Z'),
      answered: null,
      why: null,
      durationSeconds: 31,
    })
    for (const [status, why] of [
      ['no-answer', 'no_answer'],
      ['busy', 'busy'],
      ['canceled', 'caller_gave_up'],
      ['failed', 'failed'],
    ])
      assert.partialDeepStrictEqual(event('status', `status-${status}`), { answered: false, why, durationSeconds: 0 })
  })

  test('texts', () => {
    assert.deepEqual(event('sms', 'sms'), {
      type: 'message.received',
      channel: 'sms',
      carrierId: TEXT,
      from: '+12025550143',
      to: '+12025550100',
      body: 'Can you come tomorrow? It drips & drips',
      at: at('2026-11-20T17:00:25Z'),
      media: [],
      carrierReplied: null,
    })
    assert.partialDeepStrictEqual(event('sms', 'sms-stop'), { body: 'STOP', carrierReplied: 'stop' })
    const picture = event('sms', 'sms-picture')
    assert.equal(picture?.type, 'message.received')
    assert.deepEqual(
      picture.media.map((one) => [new URL(one.url).host, one.contentType]),
      [['api.twilio.com', 'image/jpeg']],
    )
  })

  test('receipts', () => {
    assert.deepEqual(event('receipt/m1', 'receipt-delivered'), {
      type: 'message.receipt',
      messageId: 'm1',
      carrierId: TEXT,
      status: 'delivered',
      failure: null,
      at: at('2026-11-20T17:00:25Z'),
    })
    assert.partialDeepStrictEqual(event('receipt/m2', 'receipt-landline'), {
      messageId: 'm2',
      status: 'undelivered',
      failure: {
        code: '30006',
        kind: 'landline',
        sentence: 'The number is a landline and cannot get texts.',
        nextStep: "Call them back; we won't text this number for 180 days.",
      },
    })
  })

  test('an unknown path or status gives no event', () => {
    const nothing = [
      ['voicemail', 'CallSid=CA11111111111111111111111111111111'],
      ['constructor', ''],
      ['dial', 'CallSid=CA11111111111111111111111111111111&DialCallStatus=constructor'],
      ['status', 'CallSid=CA11111111111111111111111111111111&To=%2B12025550100&CallStatus=ringing'],
      [
        'target',
        'CallSid=CA11111111111111111111111111111111&CallStatus=completed&ParentCallSid=CA22222222222222222222222222222222',
      ],
      ['receipt/m1', `MessageSid=${TEXT}&MessageStatus=pondering`],
    ] as const
    for (const [path, body] of nothing)
      assert.equal(onlyEvent(twilio, connection, hookOf(connection, path, body)), null)
  })

  test('a request without its main fields is refused, naming each', () => {
    assert.deepEqual(twilio.webhooks.parse(hookOf(connection, 'voice', 'From=anonymous')), {
      ok: false,
      errors: [
        { field: 'CallSid', message: "Twilio's voice request has no CallSid." },
        { field: 'To', message: "Twilio's voice request has no To." },
      ],
    })
  })

  test('an invalid Timestamp is ignored', () => {
    const hook = hookOf(
      connection,
      'status',
      `${fixture('twilio', 'status-busy.form').replace(/Timestamp=[^&]*/, 'Timestamp=1')}`,
    )
    assert.deepEqual(onlyEvent(twilio, connection, hook)?.at, hook.receivedAt)
  })
})

describe('what we answer', () => {
  const answer = async (path: string, plan: CallPlan) =>
    twilio.webhooks.answer(hookOf(connection, path, ''), connection, plan)
  const hooks = 'https://textback.example/hooks/twilio/acme/main'
  const retries = '#rc=3&amp;rp=5xx,ct,rt'

  test('ring: the caller keeps hearing ringing, and every callback asks for retries', async () => {
    const { status, contentType, body } = await answer('voice', {
      do: 'ring',
      legId: null,
      target: '+12025550111',
      seconds: 20,
      callerId: '+12025550143',
      callId: CALL,
    })
    assert.equal(status, 200)
    assert.match(contentType, /^text\/xml/)
    assert.equal(
      body,
      `<?xml version="1.0" encoding="UTF-8"?><Response><Dial timeout="20" answerOnBridge="true" action="${hooks}/dial${retries}" method="POST" callerId="+12025550143"><Number statusCallback="${hooks}/target${retries}" statusCallbackEvent="answered" statusCallbackMethod="POST">+12025550111</Number></Dial></Response>`,
    )
  })

  test('ring without a showable caller id leaves it to Twilio', async () => {
    const plan = {
      do: 'ring',
      legId: null,
      target: '+12025550111',
      seconds: 20,
      callerId: 'anonymous',
      callId: CALL,
    } as const
    assert.doesNotMatch((await answer('voice', plan)).body, /callerId/)
  })

  test('let_ring and goodbye say the greeting, whatever is in it', async () => {
    const greeting = 'We\u0000 & "Sons" <are> out\ud800'
    const said = '<Say>We &amp; "Sons" &lt;are&gt; out</Say>'
    const letRing = (await answer('voice', { do: 'let_ring', greeting, guardSeconds: 4 })).body
    assert.ok(letRing.includes(`${said}<Pause length="4"/><Hangup/>`), letRing)
    const goodbye = (await answer('dial', { do: 'goodbye', legId: null, greeting: '', callId: CALL })).body
    assert.match(goodbye, /<Response><Hangup\/><\/Response>$/)
  })

  test('a dial is always answered with TwiML, other webhooks with no body', async () => {
    assert.match((await answer('dial', { do: 'nothing' })).body, /<Response\/>$/)
    for (const path of ['status', 'target', 'receipt/m1'])
      assert.deepEqual(await answer(path, { do: 'nothing' }), { status: 204, contentType: 'text/plain', body: '' })
  })
})

describe('proof of origin', () => {
  const body = fixture('twilio', 'voice.form')
  const sign = (url: string, form: string) =>
    twilioWebhooks.getExpectedTwilioSignature(
      connection.credentials.authToken!,
      url,
      Object.fromEntries(new URLSearchParams(form)),
    )

  test('repeated fields are signed too', () => {
    const hook = hookOf(connection, 'voice', `${body}&X=1&X=2`)
    const params = { ...Object.fromEntries(new URLSearchParams(body)), X: ['1', '2'] }
    const signature = twilioWebhooks.getExpectedTwilioSignature(connection.credentials.authToken!, hook.url, params)
    hook.headers['x-twilio-signature'] = signature
    assert.deepEqual(twilio.webhooks.verify(hook, connection), { ok: true })
  })

  test('a signature made with an empty token proves nothing', () => {
    const hook = hookOf(connection, 'voice', body)
    const unsafe = { ...connection, credentials: { ...connection.credentials, authToken: '' } }
    const params = Object.fromEntries(new URLSearchParams(body))
    hook.headers['x-twilio-signature'] = twilioWebhooks.getExpectedTwilioSignature('', hook.url, params)
    assert.equal(twilio.webhooks.verify(hook, unsafe).ok, false)
  })

  test('the signature covers the address: a request for another connection is refused', () => {
    const hook = hookOf(connection, 'voice', body)
    hook.headers['x-twilio-signature'] = sign(hook.url.replace('/main/', '/other/'), body)
    assert.equal(twilio.webhooks.verify(hook, connection).ok, false)
  })
})

describe('errors', () => {
  test('every one has a sentence and a next step for a person', () => {
    for (const [code, { sentence, nextStep }] of Object.entries(TWILIO_ERRORS)) {
      assert.match(code, /^\d{5}$/)
      for (const words of [sentence, nextStep]) assert.match(words, /^[A-Z].*\.$/, code)
    }
  })

  test('an unknown one says its number and what Twilio said', () => {
    const { kind, sentence } = twilioFailure('99999', 'The moon is in the way.')
    assert.equal(kind, 'other')
    assert.equal(sentence, 'Twilio said no with error 99999: The moon is in the way.')
  })

  test('a refusal without a readable body still says something true', () => {
    const refusal = (status: number) => readTwilioRefusal(new Refusal({ status, headers: {}, body: '<html>' }))
    assert.equal(refusal(401).kind, 'credentials')
    assert.match(refusal(418).sentence, /HTTP 418/)
  })
})

describe('garbage never throws', () => {
  const paths = fc.constantFrom('voice', 'dial', 'target', 'status', 'sms', 'receipt/m1', 'nonsense', '')
  const forms = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc
      .dictionary(
        fc.constantFrom(
          'CallSid',
          'To',
          'CallStatus',
          'DialCallStatus',
          'MessageSid',
          'MessageStatus',
          'From',
          'NumMedia',
          'Timestamp',
          '__proto__',
        ),
        fc.string(),
      )
      .map((fields) => Buffer.from(new URLSearchParams(fields).toString())),
  )

  test('parse and verify', () => {
    fc.assert(
      fc.property(paths, forms, fc.string(), (path, body, signature) => {
        const hook = { ...hookOf(connection, path, body), headers: { 'x-twilio-signature': signature } }
        const read = twilio.webhooks.parse(hook)
        if (!read.ok) assert.ok(read.errors.every((error) => error.field && error.message))
        assert.equal(twilio.webhooks.verify(hook, connection).ok, false)
        assert.equal(twilio.webhooks.verify({ ...hook, url: signature }, connection).ok, false)
      }),
    )
  })

  test('readCredentials', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        const read = twilio.readCredentials(input)
        assert.ok(read.ok || read.errors.length > 0)
      }),
    )
    const read = twilio.readCredentials({ accountSid: 'SK0123456789abcdef0123456789abcdef' })
    assert.deepEqual(!read.ok && read.errors.map((error) => error.field), ['accountSid', 'authToken'])
    assert.deepEqual(twilio.readCredentials({ ...connection.credentials, id: 'main', kind: 'twilio' }), {
      ok: true,
      credentials: connection.credentials,
    })
  })
})
