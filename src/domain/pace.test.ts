import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { idleAt, type Line, placeText } from './pace.ts'
import { after, before, HOUR, SECOND } from './time.ts'

const NOW = new Date('2026-11-20T17:00:00Z')
const in_ = (seconds: number) => after(NOW, seconds * SECOND)
const IDLE: Line = { freeAt: before(NOW, HOUR), leftAt: null, leftSeconds: 0, waiting: [] }

test('texts that come at once leave one after the other', () => {
  let line = IDLE
  const moments = ['a', 'b', 'c'].map((id) => {
    const placed = placeText(line, { id, seconds: 2, slotAt: null }, NOW)
    line = placed.line
    return placed.at
  })
  assert.deepEqual(moments, [NOW, in_(2), in_(4)])
  assert.deepEqual(line, { freeAt: in_(6), leftAt: NOW, leftSeconds: 2, waiting: ['b', 'c'] })
})

test('the next one does not wait for a slot that is later than it need be; others keep theirs', () => {
  const line: Line = { freeAt: in_(99), leftAt: NOW, leftSeconds: 3, waiting: ['b', 'c'] }
  assert.deepEqual(placeText(line, { id: 'b', seconds: 1, slotAt: in_(50) }, NOW).at, in_(3))
  assert.deepEqual(placeText(line, { id: 'c', seconds: 1, slotAt: in_(51) }, NOW).at, in_(51))
  // Nobody waits any more: the end of the last slot says nothing.
  assert.deepEqual(placeText({ ...line, waiting: [] }, { id: 'd', seconds: 1, slotAt: null }, NOW).at, in_(3))
})

test('a last text from the future keeps the number busy for its seconds only, and only once', () => {
  const line: Line = { freeAt: in_(3601), leftAt: in_(3600), leftSeconds: 1, waiting: [] }
  assert.deepEqual(idleAt(line, NOW), in_(1))
  const placed = placeText(line, { id: 'a', seconds: 1, slotAt: null }, NOW)
  assert.deepEqual(placed.at, in_(1))
  assert.deepEqual(placeText(placed.line, { id: 'a', seconds: 1, slotAt: placed.at }, in_(1)).at, in_(1))
})

test('whatever the clock does, two texts never leave closer than the first keeps the number busy, and nobody waits for long', () => {
  const steps = fc.array(
    fc.record({
      passed: fc.integer({ min: 0, max: 4 }),
      jump: fc.constantFrom(0, 0, 0, 0, -3600, 3600),
      seconds: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  fc.assert(
    fc.property(steps, (all) => {
      // The real time goes on; the clock that the program sees jumps.
      let real = 0
      let offset = 0
      let line = IDLE
      let busyUntil = 0
      const waiting = new Map<string, { seconds: number; slotAt: Date | null }>()
      const look = () => {
        const now = in_(real + offset)
        for (const [id, { seconds, slotAt }] of waiting) {
          const placed = placeText(line, { id, seconds, slotAt }, now)
          line = placed.line
          if (placed.at > now) {
            waiting.set(id, { seconds, slotAt: placed.at })
            continue
          }
          waiting.delete(id)
          assert.ok(real >= busyUntil, 'two texts at once')
          busyUntil = real + seconds
        }
      }
      for (const [n, { passed, jump, seconds }] of all.entries()) {
        real += passed
        // A jump ahead looks like time that has passed: only jumps back can be told.
        offset += Math.min(0, jump)
        waiting.set(`text ${n}`, { seconds, slotAt: null })
        look()
      }
      const most = [...waiting.values()].reduce((sum, { seconds }) => sum + seconds, 5)
      const since = real
      while (waiting.size > 0) {
        real += 1
        look()
        assert.ok(real - since <= 2 * most, 'somebody waits for the clock')
      }
    }),
  )
})
