import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CHANNELS, type ChannelKind } from './channel.ts'

describe('sms', () => {
  const { sms } = CHANNELS

  test('two ways to write a phone are one address', () => {
    assert.equal(sms.readAddress('(202) 555-0143'), '+12025550143')
    assert.equal(sms.readAddress('+1 202 555 0143'), '+12025550143')
    assert.equal(sms.readAddress('mike@acme.test'), null)
  })

  test('a long text costs more than a short one', () => {
    assert.equal(sms.measure('Hi').segments, 1)
    assert.equal(sms.measure('a'.repeat(161)).segments, 2)
  })

  test('we may write at any time', () => {
    for (const lastReceivedAt of [null, new Date('2026-01-01T00:00:00Z')])
      assert.equal(sms.mayReply(new Date('2026-11-20T17:00:00Z'), lastReceivedAt), 'free')
  })
})

test('a stored address reads as itself', () => {
  const written = { sms: '202 555 0143' } satisfies Record<ChannelKind, string>
  for (const [kind, { readAddress }] of Object.entries(CHANNELS)) {
    const address = readAddress(written[kind as ChannelKind])
    assert.ok(address)
    assert.equal(readAddress(address), address)
  }
})
