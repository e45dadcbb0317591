import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Connection } from '../../domain/connection.ts'
import { makeHttp } from '../http.ts'
import { type Asked, fixture, withApi } from '../testing.ts'
import { makeTelnyx } from './telnyx.ts'

const http = makeHttp()
const telnyx = makeTelnyx(http)
after(() => http.close())

const connection: Connection = {
  accountId: 'acme',
  id: 'alt',
  kind: 'telnyx',
  credentials: { apiKey: 'KEY0123', publicKey: '' },
  apiUrl: null,
}
const text = { messageId: 'm1', from: '+12025550101', to: '+12025550143', body: 'Sorry we missed you' }

const on = <T>(answer: (asked: Asked) => unknown, act: (connection: Connection) => Promise<T>) =>
  withApi(connection, answer, act)

describe('sending', () => {
  const send = (answer: unknown, credentials = connection.credentials) =>
    on(
      () => answer,
      (at) =>
        telnyx.channels.sms.send(
          { ...at, credentials },
          { ...text, callbackUrl: 'https://textback.example/hooks/telnyx/acme/alt/receipt/m1', validSeconds: 600 },
        ),
    )

  test('the exact request', async () => {
    const { result, asked } = await send({ data: { id: 't1', parts: 2 } })
    assert.deepEqual(result, { outcome: 'accepted', carrierId: 't1', segments: 2 })
    assert.equal(asked[0]?.path, '/v2/messages')
    assert.deepEqual(JSON.parse(asked[0].body), {
      from: '+12025550101',
      to: '+12025550143',
      text: 'Sorry we missed you',
      webhook_url: 'https://textback.example/hooks/telnyx/acme/alt/receipt/m1',
      use_profile_webhooks: false,
    })
  })

  test("a connection's own messaging profile is named", async () => {
    const { asked } = await send({ data: { id: 't1' } }, { ...connection.credentials, messagingProfileId: 'p1' })
    assert.equal(JSON.parse(asked[0]!.body).messaging_profile_id, 'p1')
  })

  test('STOP is a refusal after one request; a full queue is no refusal', async () => {
    const stopped = await send([409, { errors: [{ code: '40300', title: 'Blocked due to STOP message' }] }])
    assert.partialDeepStrictEqual(stopped.result, { outcome: 'refused', failure: { kind: 'opted_out' } })
    assert.equal(stopped.asked.length, 1)
    const full = await send([400, { errors: [{ code: '40318', title: 'Message queue full' }] }])
    assert.partialDeepStrictEqual(full.result, { outcome: 'not_processed', retryAfterMs: 60_000 })
  })

  test('an answer without an id proves nothing', async () => {
    assert.equal((await send({})).result.outcome, 'unknown')
  })
})

describe('finding a text whose sending has an unknown outcome', () => {
  const attemptedAt = new Date('2026-11-20T17:00:00.000Z')
  const none = { data: [], meta: { page_number: 1, total_pages: 1 } }
  const listOf = (...data: object[]) => ({ data, meta: { page_number: 1, total_pages: 1 } })
  const record = (uuid: string, created_at: string, more: object = {}) => ({
    record_type: 'messaging',
    uuid,
    cli: text.from,
    cld: text.to,
    direction: 'outbound',
    status: 'delivered',
    created_at,
    ...more,
  })
  const find = (deliveries: unknown, records: unknown) =>
    on(
      ({ path }) => (path === '/v2/webhook_deliveries' ? deliveries : records),
      (at) => telnyx.channels.sms.findSent(at, { ...text, attemptedAt, askedAt: new Date() }),
    )

  test('the webhooks about it carry our id', async () => {
    const sent = JSON.parse(fixture('telnyx', 'receipt-sent.json')).data
    const delivered = JSON.parse(fixture('telnyx', 'receipt-delivered.json')).data
    const later = { ...delivered, occurred_at: '2026-11-20T17:00:03Z' }
    const other = { ...sent, payload: { ...sent.payload, id: 'other', webhook_url: 'https://textback.example/m2' } }
    const { result, asked } = await find(listOf({ webhook: later }, { webhook: sent }, { webhook: other }), none)
    assert.partialDeepStrictEqual(result, {
      outcome: 'found',
      texts: [{ carrierId: '40385f64-5717-4562-b3fc-2c963f66afa6', status: 'delivered' }],
    })
    assert.equal(result.outcome === 'found' && result.texts.length, 1)
    assert.equal(asked.length, 1)
    assert.partialDeepStrictEqual(asked[0]?.query, {
      'filter[webhook][contains]': 'm1',
      'filter[started_at][gte]': '2026-11-20T16:59:55.000Z',
    })
  })

  test('else the records of this pair of numbers at that time', async () => {
    const { result, asked } = await find(
      none,
      listOf(
        record('too-late', '2026-11-20T17:01:01Z'),
        record('second', '2026-11-20T17:00:20Z', { status: 'dlr_unconfirmed' }),
        record('first', '2026-11-20T17:00:01Z'),
        record('theirs', '2026-11-20T17:00:01Z', { direction: 'inbound' }),
        record('too-early', '2026-11-20T16:59:54Z'),
      ),
    )
    assert.deepEqual(asked[1]?.query, {
      'filter[record_type]': 'messaging',
      'filter[cli]': '+12025550101',
      'filter[cld]': '+12025550143',
      sort: '-created_at',
      'page[size]': '50',
    })
    assert.deepEqual(result, {
      outcome: 'found',
      texts: [
        { carrierId: 'first', status: 'delivered', failure: null, at: new Date('2026-11-20T17:00:01Z') },
        { carrierId: 'second', status: 'unknown', failure: null, at: new Date('2026-11-20T17:00:20Z') },
      ],
      shownUntil: null,
    })
  })

  test('absent only when both could be read, and never a proof: what is queued is in neither', async () => {
    assert.deepEqual((await find(none, none)).result, { outcome: 'absent', shownUntil: null })
    assert.equal(telnyx.channels.sms.listSettlesAfterMs, null)
    const broken = [503, { errors: [] }]
    // An answer without `data` is not an empty list.
    for (const [deliveries, records] of [
      [broken, none],
      [none, broken],
      [{}, none],
      [none, { meta: {} }],
    ])
      assert.equal((await find(deliveries, records)).result.outcome, 'unreadable')
  })
})
