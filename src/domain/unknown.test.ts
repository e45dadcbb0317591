import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, MINUTE, SECOND } from './time.ts'
import { mayBeSentAgain, personDecidesAt } from './unknown.ts'

const attemptedAt = new Date('2026-11-20T17:00:00Z')
const attempt = { attemptedAt, outOfOrderMs: 30 * SECOND }

test('a list proves that it lacks a text once it shows one that was taken so much later', () => {
  const shown = (seconds: number | null) =>
    mayBeSentAgain(
      { outcome: 'absent', shownUntil: seconds === null ? null : after(attemptedAt, seconds * SECOND) },
      attempt,
    )
  // A list without a newer text may be an hour behind.
  assert.deepEqual([null, -60, 0, 1, 29].map(shown), [false, false, false, false, false])
  assert.deepEqual([30, 31, 600].map(shown), [true, true, true])
  // What it shows of this pair belongs to other messages.
  assert.equal(mayBeSentAgain({ outcome: 'found', shownUntil: after(attemptedAt, 31 * SECOND) }, attempt), true)
  assert.equal(mayBeSentAgain({ outcome: 'unreadable' }, attempt), false)
  const later = { outcome: 'absent', shownUntil: after(attemptedAt, 600 * SECOND) } as const
  assert.equal(mayBeSentAgain(later, { attemptedAt, outOfOrderMs: null }), false)
})

test('a person decides when the text would be late, and not while lists may still lag', () => {
  const minutes = (lateAfterMinutes: number) =>
    (personDecidesAt({ attemptedAt, lateAfterMinutes }).getTime() - attemptedAt.getTime()) / MINUTE
  assert.deepEqual([15, 60, 1].map(minutes), [15, 60, 2])
})
