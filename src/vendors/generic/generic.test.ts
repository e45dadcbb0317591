import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Connection } from '../../domain/connection.ts'
import { fixture, hookOf, NOON } from '../testing.ts'
import { makeGeneric, signCallReport } from './generic.ts'

const generic = makeGeneric()
const connection: Connection = {
  accountId: 'acme',
  id: 'pbx',
  kind: 'generic',
  credentials: { secret: 'sixteen letters or more' },
  apiUrl: null,
}
const parse = (body: unknown) =>
  generic.webhooks.parse(hookOf(connection, 'calls', typeof body === 'string' ? body : JSON.stringify(body)))
const missed = JSON.parse(fixture('generic', 'missed.json'))

describe('a call report', () => {
  test('a missed call arrived and ended', () => {
    const read = parse(missed)
    const call = { callId: 'pbx-1763658000.42', legId: null, from: '+12025550143', to: '+12025550102' }
    assert.deepEqual(read, {
      ok: true,
      events: [
        {
          type: 'call.arrived',
          ...call,
          at: new Date('2026-11-20T17:00:00Z'),
          callerName: null,
          forwardedFrom: null,
          stirVerstat: null,
        },
        {
          type: 'call.ended',
          ...call,
          startedAt: new Date('2026-11-20T17:00:00Z'),
          at: new Date('2026-11-20T17:00:20Z'),
          answered: false,
          why: 'no_answer',
          durationSeconds: 20,
        },
      ],
    })
  })

  test('an answered call has an event for the answer', () => {
    const read = parse(fixture('generic', 'answered.json'))
    assert.deepEqual(read.ok && read.events.map((event) => event.type), ['call.arrived', 'call.answered', 'call.ended'])
    assert.partialDeepStrictEqual(read.ok && read.events[0], {
      callerName: 'Pat Example',
      forwardedFrom: '+12025550111',
    })
  })

  test('each outcome', () => {
    const whyOf = (outcome: string) => {
      const read = parse({ ...missed, outcome })
      const end = read.ok ? read.events.at(-1) : null
      return end?.type === 'call.ended' ? [end.answered, end.why] : null
    }
    assert.deepEqual(whyOf('answered'), [null, null])
    assert.deepEqual(whyOf('missed'), [false, 'no_answer'])
    assert.deepEqual(whyOf('no_answer'), [false, 'no_answer'])
    assert.deepEqual(whyOf('busy'), [false, 'busy'])
    assert.deepEqual(whyOf('failed'), [false, 'failed'])
    assert.deepEqual(whyOf('canceled'), [false, 'caller_gave_up'])
    assert.deepEqual(whyOf('voicemail'), [false, 'voicemail'])
  })

  test('a wrong body names every wrong field', () => {
    const fields = (body: unknown) => {
      const read = parse(body)
      return read.ok ? [] : read.errors.map((error) => error.field)
    }
    assert.deepEqual(fields('not json'), ['body'])
    assert.deepEqual(fields([]), ['body'])
    assert.deepEqual(fields({}), ['id', 'from', 'to', 'started_at', 'ended_at', 'outcome'])
    assert.deepEqual(fields({ ...missed, outcome: 'constructor', name: 5 }), ['outcome', 'name'])
    // Without a zone it could be any of 24 hours.
    assert.deepEqual(fields({ ...missed, started_at: '2026-11-20T17:00:00' }), ['started_at'])
    assert.deepEqual(fields({ ...missed, ended_at: '2026-11-20T16:59:59Z' }), ['ended_at'])
  })

  test('a call without a caller id is accepted', () => {
    assert.equal(parse({ ...missed, from: '' }).ok, true)
    assert.equal(parse({ ...missed, from: 'anonymous' }).ok, true)
  })
})

test('the signature of the documentation', () => {
  // As a shell would make it: printf '%s' "1763658025.{}" | openssl dgst -sha256 -hmac 'sixteen letters or more'
  const signature = signCallReport('sixteen letters or more', '1763658025', Buffer.from('{}'))
  assert.equal(signature, '8a5fcc8dba46146f8dcedfd88d2c5691aefb62926f8ff27b75927f30762b0484')
  const hook = hookOf(connection, 'calls', '{}')
  const timestamp = String(NOON.getTime() / 1000)
  hook.headers = {
    'x-textback-timestamp': timestamp,
    'x-textback-signature': signCallReport('sixteen letters or more', timestamp, hook.body).toUpperCase(),
  }
  assert.deepEqual(generic.webhooks.verify(hook, connection), { ok: true })
})

test('it reports whole calls, and offers neither texts nor lists', () => {
  assert.deepEqual([generic.voice, generic.channels], [{ reportsWholeCalls: true }, {}])
})

test('it says which address the phone system must post to', async () => {
  const { ok, steps } = await generic.setup.configureNumber(
    connection,
    '+12025550102',
    'https://textback.example/hooks/generic/acme/pbx',
  )
  assert.equal(ok, true)
  assert.deepEqual(
    steps.map((step) => step.value),
    ['https://textback.example/hooks/generic/acme/pbx/calls'],
  )
})

test('garbage never throws', () => {
  const field = fc.oneof(
    fc.string(),
    fc.constantFrom('2026-11-20T17:00:00Z', '2026-99-99T99:99:99Z', 'missed', null),
    fc.anything(),
  )
  const names = ['id', 'from', 'to', 'started_at', 'ended_at', 'outcome', 'forwarded_from', 'name']
  const reports = fc.record(Object.fromEntries(names.map((name) => [name, field])), { requiredKeys: [] })
  const bodies = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    reports.map((report) => Buffer.from(fc.stringify(report))),
    fc.json().map((json) => Buffer.from(json)),
  )
  fc.assert(
    fc.property(bodies, fc.string(), fc.string(), fc.anything(), (body, timestamp, signature, credentials) => {
      const hook = hookOf(connection, 'calls', body)
      hook.headers = { 'x-textback-timestamp': timestamp, 'x-textback-signature': signature }
      const read = generic.webhooks.parse(hook)
      if (!read.ok) assert.ok(read.errors.length > 0 && read.errors.every((error) => error.field && error.message))
      assert.equal(generic.webhooks.verify(hook, connection).ok, false)
      const typed = generic.readCredentials(credentials)
      assert.ok(typed.ok || typed.errors[0]?.field === 'secret')
    }),
  )
})
