import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Connection } from '../domain/connection.ts'
import { makeHttp } from './http.ts'
import { makeTelnyx } from './telnyx/telnyx.ts'
import { withApi } from './testing.ts'
import { makeTwilio } from './twilio/twilio.ts'

const http = makeHttp()
after(() => http.close())

const connection = (kind: string, credentials: Record<string, string>): Connection => ({
  accountId: 'acme',
  id: 'main',
  kind,
  credentials,
  apiUrl: null,
})

test('Twilio’s words for lines; one that it has added since takes no texts', async () => {
  const twilio = connection('twilio', { accountSid: 'AC0123456789abcdef0123456789abcdef', authToken: 'a-token' })
  const words = {
    mobile: ['mobile'],
    voip: ['fixedVoip', 'nonFixedVoip'],
    unknown: ['unknown', null],
    landline: ['landline'],
    toll_free: ['tollFree'],
    premium: ['premium', 'sharedCost'],
    other: ['personal', 'uan', 'voicemail', 'pager', 'a word of tomorrow'],
  }
  for (const [lineType, types] of Object.entries(words))
    for (const type of types) {
      const { result } = await withApi(
        twilio,
        () => ({ line_type_intelligence: { type } }),
        (at) => makeTwilio(http).setup.findLineType(at, '+12025550143'),
      )
      assert.deepEqual(result, { ok: true, lineType }, String(type))
    }
})

test('Telnyx’s words for lines; one that it has added since takes no texts', async () => {
  const telnyx = connection('telnyx', { apiKey: 'KEY0123', publicKey: '' })
  const words = {
    mobile: ['mobile'],
    voip: ['voip'],
    unknown: ['unknown', 'fixed line or mobile', null],
    landline: ['fixed line'],
    toll_free: ['toll free'],
    premium: ['premium rate', 'shared cost'],
    other: ['personal number', 'uan', 'voicemail', 'pager', 'a word of tomorrow'],
  }
  for (const [lineType, types] of Object.entries(words))
    for (const type of types) {
      const { result } = await withApi(
        telnyx,
        () => ({ data: { carrier: { type } } }),
        (at) => makeTelnyx(http).setup.findLineType(at, '+12025550143'),
      )
      assert.deepEqual(result, { ok: true, lineType }, String(type))
    }
})
