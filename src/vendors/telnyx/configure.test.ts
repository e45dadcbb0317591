import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Connection } from '../../domain/connection.ts'
import { makeHttp } from '../http.ts'
import { withApi } from '../testing.ts'
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

describe('pointing a number at us', () => {
  const hooksUrl = 'https://textback.example/hooks/telnyx/acme/alt'
  const number = { id: 'n1', phone_number: '+12025550101', country_iso_alpha2: 'US' }
  const one = (data: unknown) => ({ data, meta: { page_number: 1, total_pages: 1 } })
  const name = 'Textback acme/alt'

  test('an application and a profile are found by their whole name', async () => {
    const { result, asked } = await withApi(
      connection,
      ({ method, path }) => {
        if (path === '/v2/phone_numbers') return one([{ ...number, id: 'n0', phone_number: '+112025550101' }, number])
        if (method === 'GET' && path === '/v2/call_control_applications')
          return one([
            { id: 'a2', application_name: `${name}2` },
            { id: 'a1', application_name: name },
          ])
        if (method === 'GET' && path === '/v2/messaging_profiles') return one([{ id: 'p1', name }])
        return one({ id: path.split('/')[3] })
      },
      (at) => telnyx.setup.configureNumber(at, '+12025550101', hooksUrl, { calls: true, texts: true }),
    )
    assert.equal(result.ok, true)
    // Digits only: with a plus the filter finds nothing.
    assert.equal(asked[0]?.query['filter[phone_number]'], '12025550101')
    const changes = asked.filter(({ method }) => method !== 'GET')
    assert.deepEqual(
      changes.map(({ method, path }) => `${method} ${path}`),
      [
        'PATCH /v2/call_control_applications/a1',
        'PATCH /v2/phone_numbers/n1',
        'PATCH /v2/messaging_profiles/p1',
        'PATCH /v2/phone_numbers/n1/messaging',
      ],
    )
    assert.deepEqual(JSON.parse(changes[1]!.body), { connection_id: 'a1' })
    assert.deepEqual(JSON.parse(changes[3]!.body), { messaging_profile_id: 'p1' })
  })

  test('the steps before a failure are listed, and the step that failed', async () => {
    const { result } = await withApi(
      connection,
      ({ path }) => {
        if (path === '/v2/phone_numbers') return one([number])
        if (path === '/v2/messaging_profiles')
          return [403, { errors: [{ code: '10010', title: 'Authorization failed' }] }]
        return one(path === '/v2/call_control_applications' ? [{ id: 'a1', application_name: name }] : { id: 'a1' })
      },
      (at) => telnyx.setup.configureNumber(at, '+12025550101', hooksUrl, { calls: true, texts: true }),
    )
    assert.equal(result.ok, false)
    assert.deepEqual(
      result.steps.map(({ what, failure }) => [what, failure?.code ?? null]),
      [
        ['Calls go to', null],
        ['Texts go to', '10010'],
      ],
    )
  })
})
