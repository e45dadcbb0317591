import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { phone } from './fields.ts'
import {
  formatNational,
  isWithheld,
  readPhone,
  type Unringable,
  type Untextable,
  whyUnringable,
  whyUntextable,
} from './phone.ts'

describe('reading a phone', () => {
  const cases: [string, string | null][] = [
    ['+12025550143', '+12025550143'],
    ['(202) 555-0143', '+12025550143'],
    ['202.555.0143', '+12025550143'],
    ['1 202 555 0143', '+12025550143'],
    [' +1 (202) 555-0143 ', '+12025550143'],
    ['tel:+12025550143', '+12025550143'],
    ['+44 20 7946 0143', '+442079460143'],
    ['555-0143', null],
    ['+19995550143', null],
    ['+1202555014', null],
    ['anonymous', null],
    ['', null],
  ]
  for (const [written, read] of cases)
    test(`"${written}" is ${read ?? 'none'}`, () => assert.equal(readPhone(written), read))

  test('a national number is read as its country’s', () => {
    assert.equal(readPhone('020 7946 0143', 'GB'), '+442079460143')
    assert.equal(readPhone('(202) 555-0143', 'no country'), '+12025550143')
  })

  test('the result is E.164 and reads as itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\+?[0-9 ()-]{3,20}$/)), (written) => {
        const read = readPhone(written)
        if (read === null) return
        assert.match(read, /^\+[1-9]\d{6,14}$/)
        assert.equal(readPhone(read), read)
      }),
    )
  })
})

test('withheld numbers, in words and as the digits that spell them', () => {
  for (const from of ['anonymous', 'Anonymous', ' UNKNOWN ', 'restricted', 'private', 'unavailable', 'blocked', ''])
    assert.equal(isWithheld(from), true, from)
  for (const from of ['+266696687', '266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'])
    assert.equal(isWithheld(from), true, from)
  for (const from of ['+12025550143', '74454', 'sip:pat@example.com']) assert.equal(isWithheld(from), false, from)
})

describe('whether a phone can be texted', () => {
  const cases: [string, Untextable | null][] = [
    ['+12025550143', null],
    ['+17875550143', null],
    ['anonymous', 'anonymous'],
    ['74454', 'short_code'],
    ['+18005550143', 'toll_free'],
    ['+18885550143', 'toll_free'],
    ['+19005550143', 'premium'],
    ['+14165550143', 'foreign'],
    ['+442079460143', 'foreign'],
    ['+15005550143', 'special'],
    ['+447600123456', 'special'],
    ['+443001234567', 'special'],
    ['+8816123456789', 'foreign'],
    ['+1202555014', 'invalid'],
    ['sip:pat@example.com', 'invalid'],
  ]
  for (const [from, why] of cases)
    test(`${from}: ${why ?? 'yes'}`, () => assert.equal(whyUntextable(from, ['US']), why))

  test('the other countries that the account texts count too', () => {
    assert.equal(whyUntextable('+14165550143', ['US', 'CA']), null)
    assert.equal(whyUntextable('+12025550143', ['CA']), 'foreign')
  })

  test('nothing that a carrier may send makes it throw', () => {
    fc.assert(fc.property(fc.string(), (from) => void whyUntextable(from, ['US'])))
  })
})

describe('whether calls may be forwarded to a phone', () => {
  const cases: [string, Unringable | null][] = [
    ['+12025550111', null],
    ['+17875550143', null],
    ['+18005550143', null],
    ['+442079460143', null],
    ['+443001234567', null],
    ['+8816123456789', 'no_country'],
    ['+882161234567', 'no_country'],
    ['+883510012345678', 'no_country'],
    ['+979123456789', 'no_country'],
    ['+870773123456', 'no_country'],
    ['+447012345678', 'personal'],
    ['+15005550143', 'personal'],
    ['+19005550143', 'premium'],
    ['+448451234567', 'premium'],
    ['+447600123456', 'special'],
    ['no number', 'special'],
    ['+18765550143', 'foreign'],
    ['+447624123456', 'foreign'],
  ]
  for (const [target, why] of cases)
    test(`${target}: ${why ?? 'yes'}`, () => assert.equal(whyUnringable(target, ['US', 'GB']), why))

  test('without a list every country will do, and nothing else changes', () => {
    for (const [target, why] of cases) assert.equal(whyUnringable(target, null), why === 'foreign' ? null : why, target)
  })
})

test('a phone as people write it', () => {
  assert.equal(formatNational('+12025550143'), '(202) 555-0143')
  assert.equal(formatNational('anonymous'), 'anonymous')
})

test('a field for a phone keeps E.164, or says how to write one', () => {
  assert.equal(phone.parse('(202) 555-0143'), '+12025550143')
  const wrong = phone.safeParse('555')
  assert.equal(wrong.success, false)
  assert.match(wrong.error?.issues[0]?.message ?? '', /write it like \+12025550143/)
  assert.equal(phone.safeParse('1'.repeat(41)).success, false)
})
