import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ContactSize, MOST, oversize, sizeOf } from './contactSize.ts'

const SMALL: ContactSize = { tags: 1, fields: 1, fieldText: 20, phones: 1, notes: 0 }

test('a contact is measured by what it holds', () => {
  const fields = { zip: '60601', rooms: 4 }
  assert.deepEqual(sizeOf({ tags: ['a', 'b'], fields, phones: 2, notes: 3 }), {
    tags: 2,
    fields: 2,
    fieldText: JSON.stringify(fields).length,
    phones: 2,
    notes: 3,
  })
})

describe('a contact that changes', () => {
  for (const part of Object.keys(MOST) as (keyof ContactSize)[]) {
    test(`may have ${MOST[part]} of ${part}, and no more`, () => {
      assert.equal(oversize(SMALL, { ...SMALL, [part]: MOST[part] }), null)
      assert.equal(oversize(SMALL, { ...SMALL, [part]: MOST[part] + 1 })?.part, part)
    })
    test(`may lose ${part} when it has too many, but not gain one`, () => {
      const large = { ...SMALL, [part]: MOST[part] + 10 }
      assert.equal(oversize(large, { ...large, [part]: MOST[part] + 9 }), null)
      assert.equal(oversize(large, large), null)
      assert.equal(oversize(large, { ...large, [part]: MOST[part] + 11 })?.part, part)
    })
  }

  test('is refused with what it would have, and what it may', () => {
    assert.deepEqual(oversize(SMALL, { ...SMALL, tags: 101 }), {
      outcome: 'too_large',
      part: 'tags',
      message: 'would make 101 tags; a contact has at most 100',
    })
  })
})
