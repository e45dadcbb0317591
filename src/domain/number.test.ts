import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountSettings } from './account.ts'
import { numberAdvice } from './advice.ts'
import { fieldErrors } from './fields.ts'
import { numberSettings } from './number.ts'

const NUMBER = { number: '+12025550100', carrier: 'main', forwardTo: ['+12025550111'] }

const CHRISTMAS = { date: '2026-12-25' }

const faultsOf = (change: object) => {
  const read = numberSettings.safeParse({ ...NUMBER, ...change })
  return read.success ? [] : fieldErrors(read.error)
}
const adviceOn = (change: object, countries = ['US', 'CA']) =>
  numberAdvice(numberSettings.parse({ ...NUMBER, ...change }), countries)

test('a number needs its carrier and whom it rings; the rest has defaults', () => {
  const settings = numberSettings.parse(NUMBER)
  assert.partialDeepStrictEqual(settings, {
    enabled: true,
    mode: 'forward',
    ringSeconds: 20,
    minRingSeconds: 3,
    segmentsPerSecond: 1,
    textsThrough: null,
    textBack: { enabled: true, cooldownMinutes: 0, repeatMessage: null, forgedCallerId: 'skip' },
  })
  assert.deepEqual(numberAdvice(settings, ['US']), [])
})

describe('a wrong setting is named', () => {
  const cases: [string, object, RegExp][] = [
    ['number', { number: '555' }, /write it like \+12025550143/],
    ['carrier', { carrier: undefined }, /./],
    ['forwardTo', { forwardTo: [] }, /needs the phone that it rings/],
    ['forwardTo', { forwardTo: ['+12025550111', '+12025550112'] }, /one target/],
    ['forwardTo[0]', { forwardTo: ['555'] }, /not a phone number/],
    ['forwardTo[0]', { forwardTo: ['(202) 555-0100'] }, /round in circles/],
    ['forwardTo[0]', { forwardTo: ['+8816123456789'] }, /no country/],
    ['forwardTo[0]', { forwardTo: ['+447012345678'] }, /personal number/],
    ['forwardTo[0]', { forwardTo: ['+447600123456'] }, /pager/],
    ['ringSeconds', { ringSeconds: 9 }, /at least 10 seconds/],
    ['ringSeconds', { ringSeconds: 61 }, /at most 60 seconds/],
    ['ringSeconds', { ringSeconds: 15.5 }, /whole seconds/],
    ['ringSeconds', { ringSeconds: '20' }, /./],
    ['minRingSeconds', { minRingSeconds: -1 }, /./],
    ['minRingSeconds', { minRingSeconds: 31 }, /at most 30 seconds/],
    ['segmentsPerSecond', { segmentsPerSecond: -1 }, /./],
    ['segmentsPerSecond', { segmentsPerSecond: 0.001 }, /0 \(no limit\), or at least 0\.1/],
    ['forwardTo[0]', { forwardTo: ['+19005550100'] }, /premium/],
    ['hours.exceptions[1].date', { hours: { days: {}, exceptions: [CHRISTMAS, CHRISTMAS] } }, /already/],
    ['greeting', { greeting: ' ' }, /must say something/],
    ['mode', { mode: 'always' }, /./],
    ['textBack.cooldownMinutes', { textBack: { cooldownMinutes: 43_201 } }, /30 days/],
    ['textBack.message', { textBack: { message: '' } }, /empty/],
    ['textBack.message', { textBack: { message: 'Hi {{nme}}' } }, /no placeholder/],
    ['textBack.repeatMessage', { textBack: { repeatMessage: 'Hi {{' } }, /stands alone/],
    ['textBack.forgedCallerId', { textBack: { forgedCallerId: 'maybe' } }, /./],
    ['textBack.messege', { textBack: { messege: 'Hi' } }, /not a field/],
    ['ringSecs', { ringSecs: 20 }, /not a field/],
  ]
  for (const [field, change, message] of cases)
    test(`${field}: ${JSON.stringify(change)}`, () => {
      const faults = faultsOf(change)
      assert.deepEqual(
        faults.map((fault) => fault.field),
        [field],
      )
      assert.match(faults[0]!.message, message)
    })

  test('all of them at once', () => {
    const faults = faultsOf({ ringSeconds: 5, minRingSeconds: 99, textBack: { message: '' } })
    assert.deepEqual(faults.map((fault) => fault.field).sort(), ['minRingSeconds', 'ringSeconds', 'textBack.message'])
  })
})

describe('the bounds themselves are right', () => {
  for (const change of [
    { ringSeconds: 10 },
    { ringSeconds: 60 },
    { minRingSeconds: 0 },
    { segmentsPerSecond: 0 },
    { segmentsPerSecond: 0.1 },
    { textBack: { cooldownMinutes: 43_200 } },
    { mode: 'cfna', forwardTo: [] },
  ])
    test(JSON.stringify(change), () => assert.deepEqual(faultsOf(change), []))
})

describe('advice about the ring time', () => {
  for (const seconds of [15, 18, 20])
    test(`none at ${seconds} s`, () => assert.deepEqual(adviceOn({ ringSeconds: seconds }), []))

  test('over 20 s a voicemail may answer', () => {
    const [advice] = adviceOn({ ringSeconds: 21 })
    assert.equal(advice?.field, 'ringSeconds')
    assert.match(advice?.message ?? '', /voicemail/)
  })

  test('under 15 s few people reach the phone', () => {
    assert.match(adviceOn({ ringSeconds: 14 })[0]?.message ?? '', /few people reach/)
  })

  test('none for a number that we do not ring', () => {
    assert.deepEqual(adviceOn({ mode: 'cfna', forwardTo: [], ringSeconds: 60 }), [])
  })
})

describe('advice about the phone that the number rings', () => {
  for (const [target, message] of [
    ['+18005550100', /toll-free/],
    ['+14165550100', /another country/],
  ] as const)
    test(target, () => {
      const [advice] = adviceOn({ forwardTo: [target] })
      assert.equal(advice?.field, 'forwardTo[0]')
      assert.match(advice?.message ?? '', message)
    })

  test('none for a territory, or for a number that we do not ring', () => {
    assert.deepEqual(adviceOn({ forwardTo: ['+17875550100'] }), [])
    assert.deepEqual(adviceOn({ mode: 'cfna', forwardTo: ['+14165550100'] }), [])
  })
})

test('advice about each text of the number', () => {
  const fields = adviceOn({ textBack: { message: 'Hi there', repeatMessage: 'Hi again' } }).map((a) => a.field)
  assert.deepEqual(fields, ['textBack.message', 'textBack.repeatMessage'])
})

test('an account’s settings', () => {
  const good = (field: keyof typeof accountSettings, value: unknown) =>
    assert.equal(accountSettings[field].safeParse(value).success, true, `${field} ${value}`)
  const bad = (field: keyof typeof accountSettings, value: unknown, message: RegExp) => {
    const read = accountSettings[field].safeParse(value)
    assert.match(read.error?.issues[0]?.message ?? '', message, `${field} ${value}`)
  }
  good('timezone', 'America/New_York')
  bad('timezone', 'Mars/Olympus', /not a time zone; write it like America\/New_York/)
  bad('timezone', '+05:00', /not a time zone/)
  good('timezone', 'UTC')
  good('country', 'US')
  bad('country', 'USA', /write two letters/)
  bad('name', ' ', /must say something/)
  good('dailyCap', 0)
  bad('dailyCap', -1, /./)
  good('recipientHourlyCap', 1)
  bad('recipientHourlyCap', 0, /./)
  bad('recipientDailyCap', 100_001, /./)
  good('lateAfterMinutes', 1440)
  bad('lateAfterMinutes', 0, /./)
  bad('lateAfterMinutes', 1441, /at most a day/)
})
