import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Connection } from '../../domain/connection.ts'
import { makeHttp } from '../http.ts'
import { fakeApi } from '../testing.ts'
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

describe('finding a text whose sending has an unknown outcome', () => {
  const attemptedAt = new Date('2026-11-20T17:00:10.400Z')
  const listed = (sid: string, fields: object = {}) => ({
    sid,
    body: 'Sorry we missed you',
    status: 'queued',
    direction: 'outbound-api',
    date_created: 'Fri, 20 Nov 2026 17:00:10 +0000',
    date_sent: null,
    ...fields,
  })
  const find = (...pages: object[][]) => findBeside([], ...pages)
  /** `newest`: the texts of our number to whomever, which are asked for since the attempt. */
  const findBeside = (newest: object[], ...pages: object[][]) => findAt(new Date(), newest, ...pages)
  const findAt = async (askedAt: Date, newest: object[], ...pages: object[][]) => {
    const api = await fakeApi(({ path, query }) => {
      if (!query.To && !query.Page) return { messages: newest, next_page_uri: null, page: 0 }
      const page = Number(query.Page ?? 0)
      return { messages: pages[page], next_page_uri: page + 1 < pages.length ? `${path}?Page=${page + 1}` : null, page }
    })
    const text = {
      messageId: 'm1',
      from: '+12025550100',
      to: '+12025550143',
      body: 'Sorry we missed you',
      attemptedAt,
      askedAt,
    }
    const found = await twilio.channels.sms.findSent({ ...connection, apiUrl: api.url }, text)
    await api.close()
    return { found, asked: api.asked }
  }

  test('it asks for the pair of numbers, without a date that could hide a queued text, and reads every page', async () => {
    const { found, asked } = await find([listed('SM2', { body: 'Another' })], [listed('SM1')])
    assert.partialDeepStrictEqual(found, { outcome: 'found', texts: [{ carrierId: 'SM1', status: 'accepted' }] })
    assert.deepEqual(asked[1]?.query, {
      From: '+12025550100',
      To: '+12025550143',
      PageSize: '1000',
    })
    assert.equal(asked.length, 3)
  })

  test('another text, an earlier one and an incoming one do not match', async () => {
    const { found } = await find([
      listed('SM1', { body: 'Something else' }),
      listed('SM2', { date_created: 'Fri, 20 Nov 2026 17:00:04 +0000' }),
      listed('SM3', { direction: 'inbound' }),
    ])
    assert.deepEqual(found, { outcome: 'absent', shownUntil: null })
  })

  test('how far the list has come: the newest text of our number, asked for before those of the pair', async () => {
    const { found, asked } = await findBeside(
      [
        listed('SM7', { date_created: 'Fri, 20 Nov 2026 17:00:41 +0000', to: '+12025550177' }),
        listed('SM8', { date_created: 'Fri, 20 Nov 2026 17:01:30 +0000', direction: 'inbound' }),
        listed('SM9', { date_created: 'Fri, 20 Nov 2026 17:00:52 +0000', to: '+12025550178' }),
      ],
      [listed('SM2', { body: 'Another' })],
    )
    assert.deepEqual(found, { outcome: 'absent', shownUntil: new Date('2026-11-20T17:00:52Z') })
    assert.deepEqual(asked[0]?.query, {
      From: '+12025550100',
      'DateSent>': '2026-11-20T17:00:10Z',
      PageSize: '100',
    })
  })

  test('... which proves nothing when our clock is not Twilio’s', async () => {
    const newer = listed('SM7', { date_created: 'Fri, 20 Nov 2026 17:00:41 +0000' })
    for (const ms of [-3_600_000, -10_000, 10_000])
      assert.deepEqual((await findAt(new Date(Date.now() + ms), [newer], [])).found, {
        outcome: 'absent',
        shownUntil: null,
      })
  })

  test('... which no text before the attempt tells', async () => {
    const { found } = await findBeside([listed('SM7', { date_created: 'Fri, 20 Nov 2026 17:00:09 +0000' })], [])
    assert.deepEqual(found, { outcome: 'absent', shownUntil: null })
  })

  test('all texts that match, oldest first; a trial account adds a prefix', async () => {
    const { found } = await find([
      listed('SM2', { date_created: 'Fri, 20 Nov 2026 17:00:12 +0000', status: 'delivered' }),
      listed('SM1', { body: 'Sent from your Twilio trial account - Sorry we missed you' }),
    ])
    assert.equal(found.outcome, 'found')
    assert.deepEqual(
      found.texts.map((text) => [text.carrierId, text.status]),
      [
        ['SM1', 'accepted'],
        ['SM2', 'delivered'],
      ],
    )
  })

  test('an answer without a list is unreadable', async () => {
    const { found } = await find()
    assert.equal(found.outcome, 'unreadable')
  })
})

test('the exact request of a send', async () => {
  const api = await fakeApi(() => [201, { sid: 'SM1', num_segments: '2' }])
  const sent = await twilio.channels.sms.send(
    { ...connection, apiUrl: api.url },
    {
      messageId: 'm1',
      from: '+12025550100',
      to: '+12025550143',
      body: 'Sorry we missed you & yours',
      callbackUrl: 'https://textback.example/hooks/twilio/acme/main/receipt/m1',
      validSeconds: 600,
    },
  )
  await api.close()
  assert.deepEqual(sent, { outcome: 'accepted', carrierId: 'SM1', segments: 2 })
  const [asked] = api.asked
  assert.equal(asked?.path, `/2010-04-01/Accounts/${connection.credentials.accountSid}/Messages.json`)
  assert.deepEqual(Object.fromEntries(new URLSearchParams(asked.body)), {
    From: '+12025550100',
    To: '+12025550143',
    Body: 'Sorry we missed you & yours',
    StatusCallback: 'https://textback.example/hooks/twilio/acme/main/receipt/m1#rc=3&rp=5xx,ct,rt',
    ValidityPeriod: '600',
  })
})

test('a full queue is no refusal: nothing was processed, and it may be tried again', async () => {
  for (const [status, code] of [
    [429, 20429],
    [400, 21611],
  ] as const) {
    const api = await fakeApi(() => [status, { code, message: 'No', status }])
    const text = { messageId: 'm1', from: '+12025550100', to: '+12025550143', body: 'x', validSeconds: 600 }
    const sent = await twilio.channels.sms.send(
      { ...connection, apiUrl: api.url },
      { ...text, callbackUrl: 'https://a.example/' },
    )
    await api.close()
    assert.equal(sent.outcome, 'not_processed')
  }
})
