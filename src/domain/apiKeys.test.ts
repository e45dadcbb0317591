import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { beyond, includes, type Power, SCOPE_NAMES } from './apiKeys.ts'

const MONDAY = new Date('2026-11-23T08:00:00.000Z')
const TUESDAY = new Date('2026-11-24T08:00:00.000Z')

test('each scope includes itself and those before it', () => {
  const allowed = SCOPE_NAMES.map((scope) => SCOPE_NAMES.filter((needed) => includes(scope, needed)))
  assert.deepEqual(allowed, [['read'], ['read', 'send'], ['read', 'send', 'admin']])
})

describe('a key that makes another', () => {
  const cases: [what: string, asking: Power, wanted: Power, ReturnType<typeof beyond>][] = [
    ['may make its like', { scope: 'admin', expiresAt: null }, { scope: 'admin', expiresAt: null }, null],
    ['may make a lesser one', { scope: 'admin', expiresAt: TUESDAY }, { scope: 'read', expiresAt: MONDAY }, null],
    [
      'may make one that ends with it',
      { scope: 'send', expiresAt: MONDAY },
      { scope: 'send', expiresAt: MONDAY },
      null,
    ],
    ['makes none of a wider scope', { scope: 'read', expiresAt: null }, { scope: 'send', expiresAt: null }, 'scope'],
    [
      'makes none that outlives it',
      { scope: 'admin', expiresAt: MONDAY },
      { scope: 'read', expiresAt: TUESDAY },
      'expiresAt',
    ],
    ['makes none for ever', { scope: 'admin', expiresAt: MONDAY }, { scope: 'read', expiresAt: null }, 'expiresAt'],
  ]
  for (const [what, asking, wanted, expected] of cases) test(what, () => assert.equal(beyond(asking, wanted), expected))
})
