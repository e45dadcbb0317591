import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from './ids.ts'
import { after, before, DAY, HOUR, MINUTE, SECOND } from './time.ts'

test('times by name', () => {
  const noon = new Date('2026-11-20T12:00:00Z')
  assert.equal(after(noon, 90 * SECOND).toISOString(), '2026-11-20T12:01:30.000Z')
  assert.equal(before(noon, 2 * DAY + HOUR).toISOString(), '2026-11-18T11:00:00.000Z')
  assert.equal(before(after(noon, MINUTE), MINUTE).getTime(), noon.getTime())
})

test('ids sort by the time they were made', async () => {
  const ids = Array.from({ length: 1000 }, newId)
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
})
