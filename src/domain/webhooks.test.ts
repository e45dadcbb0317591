import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY, HOUR, MINUTE, SECOND } from './time.ts'
import { hasFailedTooLong, nextAttemptAt, verdictOn } from './webhooks.ts'

const NOW = new Date('2026-11-20T17:00:00.000Z')

test('ten attempts over three days, each wait a little longer or shorter at random', () => {
  const waits = (random: number) => {
    const all: number[] = []
    for (let attempts = 1; ; attempts++) {
      const next = nextAttemptAt(attempts, NOW, random)
      if (!next) return all
      all.push(next.getTime() - NOW.getTime())
    }
  }
  assert.deepEqual(waits(0.5).slice(0, 4), [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR])
  assert.equal(waits(0.5).length, 9)
  const total = waits(0.5).reduce((sum, wait) => sum + wait, 0)
  assert.ok(total > 3 * DAY && total < 3.5 * DAY, `${total / DAY} days`)
  assert.equal(waits(0)[0], 4.5 * SECOND)
  assert.equal(waits(1)[0], 5.5 * SECOND)
})

test('what an answer means', () => {
  const cases = [
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'failed'],
    [400, 'failed'],
    [410, 'gone'],
    [429, 'failed'],
    [500, 'failed'],
  ] as const
  for (const [status, outcome] of cases)
    assert.equal(verdictOn({ outcome: 'answered', status, body: '' }).outcome, outcome, `${status}`)
  assert.deepEqual(verdictOn({ outcome: 'none', why: 'It did not answer within 10 s.' }), {
    outcome: 'failed',
    error: 'It did not answer within 10 s.',
  })
})

test('five days of failures are too long', () => {
  const since = (days: number) => new Date(NOW.getTime() - days * DAY)
  assert.equal(hasFailedTooLong(since(4.99), NOW), false)
  assert.equal(hasFailedTooLong(since(5), NOW), true)
})
