import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, MINUTE, SECOND } from '../../domain/time.ts'
import { makeLanes, type Place } from './lanes.ts'

const NOW = new Date('2026-03-02T12:00:00Z')

const working = (webhookId: string, accountId = 'acme') => ({ accountId, webhookId, isFailing: false })
const failing = (webhookId: string, accountId = 'acme') => ({ accountId, webhookId, isFailing: true })

/** Takes as many places as there are for these. */
function taken(takePlace: ReturnType<typeof makeLanes>, all: ReturnType<typeof working>[]): Place[] {
  return all.flatMap((which) => {
    const answer = takePlace(which, NOW)
    return 'place' in answer ? [answer.place] : []
  })
}

test('a webhook gets four places, and one while it fails', () => {
  assert.equal(taken(makeLanes(), Array(9).fill(working('a'))).length, 4)
  assert.equal(taken(makeLanes(), Array(9).fill(failing('a'))).length, 1)
})

test('an account gets half of the places, and so does all that fails', () => {
  const takePlace = makeLanes()
  const ids = Array.from({ length: 20 }, (_, n) => `w${n}`)
  assert.equal(
    taken(
      takePlace,
      ids.map((id) => failing(id, id)),
    ).length,
    8,
  )
  assert.equal(
    taken(
      takePlace,
      ids.flatMap((id) => Array(4).fill(working(`well ${id}`))),
    ).length,
    8,
  )
  assert.equal(taken(takePlace, [working('another', 'other')]).length, 0)
})

test('a place that was left is free, once for each', () => {
  const takePlace = makeLanes()
  const [first] = taken(takePlace, Array(4).fill(working('a')))
  first!.leave(100)
  assert.equal(taken(takePlace, Array(4).fill(working('a'))).length, 1)
})

test('deliveries without a place come back one after the other, as fast as the receiver was, also after a pause', () => {
  const takePlace = makeLanes()
  const comeBack = (now: Date) => {
    const answer = takePlace(failing('a'), now)
    return 'comeBackAt' in answer ? answer.comeBackAt : null
  }
  taken(takePlace, [failing('a')])[0]!.leave(10 * SECOND)
  taken(takePlace, [failing('a')])
  assert.deepEqual([comeBack(NOW), comeBack(NOW)], [after(NOW, 10 * SECOND), after(NOW, 20 * SECOND)])
})

test('no delivery is told to wait more than ten minutes', () => {
  const takePlace = makeLanes()
  taken(takePlace, [failing('a')])[0]!.leave(10 * SECOND)
  taken(takePlace, [failing('a')])
  const times = Array.from({ length: 100 }, () => takePlace(failing('a'), NOW))
  assert.deepEqual(times.at(-1), { comeBackAt: after(NOW, 10 * MINUTE) })
})
