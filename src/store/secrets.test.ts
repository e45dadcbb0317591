import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { secretBox } from './secrets.ts'

const KEY = 'a key of thirty-two characters!!'
const box = secretBox(KEY)
const texts = fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' }))

test('what is sealed opens as it was, for the same row and with the same key', () => {
  fc.assert(
    fc.property(texts, fc.string(), (plain, context) => {
      assert.deepEqual(secretBox(KEY).open(box.seal(plain, context), context), { ...plain })
    }),
  )
})

test('it opens for no other row and with no other key', () => {
  const sealed = box.seal({ authToken: 'a token' }, 'acme/main')
  assert.throws(() => box.open(sealed, 'acme/other'))
  assert.throws(() => box.open(sealed, 'other/main'))
  assert.throws(() => secretBox(`${KEY}.`).open(sealed, 'acme/main'))
})

test('no byte of it can be changed, added or taken away', () => {
  const sealed = box.seal({ authToken: 'a token' }, 'acme/main')
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed[i]! ^= 1
    assert.throws(() => box.open(changed, 'acme/main'), `byte ${i}`)
    assert.throws(() => box.open(sealed.subarray(0, i), 'acme/main'), `cut at ${i}`)
  }
  assert.throws(() => box.open(Buffer.concat([sealed, Buffer.from([0])]), 'acme/main'))
})

test('the same secret sealed twice looks different, and never like itself', () => {
  const [one, other] = [1, 2].map(() => box.seal({ authToken: 'a token of thirty-two letters' }, 'acme/main'))
  assert.notDeepEqual(one, other)
  assert.ok(!one!.includes('token'))
})
