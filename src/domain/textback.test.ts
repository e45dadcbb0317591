import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type CheckName,
  type DecidedCall,
  type Decision,
  decideTextBack,
  deservesLead,
  type SkipReason,
  type TextBackFacts,
} from './textback.ts'
import { before, DAY, MINUTE, SECOND } from './time.ts'
import type { LineType } from './words.ts'

const NOW = new Date('2026-11-20T17:00:00Z')

/** A missed call that passes every check. */
const CALL: DecidedCall = {
  from: '+13125550143',
  answered: false,
  ringSeconds: 12,
  stirVerstat: 'TN-Validation-Passed-A',
  endedAt: before(NOW, 2 * SECOND),
}
const FACTS: TextBackFacts = {
  accountClosing: false,
  numberEnabled: true,
  mode: 'forward',
  minRingSeconds: 3,
  textBackEnabled: true,
  forgedCallerId: 'skip',
  cooldownMinutes: 0,
  countries: ['US'],
  ownPhone: null,
  excluded: false,
  blocked: false,
  optedOutAt: null,
  lineType: null,
  lastTextBackAt: null,
  textsLastHour: 0,
  sameInboundLastHour: 0,
  segments: 1,
  segmentsToday: 0,
  dailyCap: 500,
  segmentsToThem: { lastHour: 0, lastDay: 0 },
  recipientHourlyCap: 60,
  recipientDailyCap: 200,
  lateAfterMinutes: 15,
}

const decide = (call: Partial<DecidedCall> = {}, facts: Partial<TextBackFacts> = {}) =>
  decideTextBack({ ...CALL, ...call }, { ...FACTS, ...facts }, NOW)

const ORDER: CheckName[] = [
  'number_on',
  'text_back_on',
  'missed',
  'ring_guard',
  'caller_textable',
  'own_phone',
  'excluded',
  'opted_out',
  'landline',
  'spam',
  'cooldown',
  'loop',
  'daily_cap',
  'late',
]

type Situation = { call?: Partial<DecidedCall>; facts?: Partial<TextBackFacts> }

const daysAgo = (days: number) => before(NOW, days * DAY)
const line = (type: LineType) => ({ type, source: 'lookup', at: NOW })
const landline = (days: number) => ({ type: 'landline' as const, source: '30006', at: daysAgo(days) })

/** Situations that fail one check: the check, the reason, the situation, and what the sentence says. */
const FAILING: [CheckName, SkipReason, Situation, RegExp][] = [
  ['number_on', 'number_off', { facts: { numberEnabled: false } }, /switched off/],
  ['text_back_on', 'text_back_off', { facts: { textBackEnabled: false } }, /Text-back is off/],
  ['text_back_on', 'account_closing', { facts: { accountClosing: true } }, /being closed/],
  ['missed', 'answered', { call: { answered: true } }, /Somebody picked up/],
  ['ring_guard', 'too_short', { call: { ringSeconds: 2.96 }, facts: { mode: 'cfna' } }, /only 2\.9 s; .* under 3 s/],
  ['caller_textable', 'anonymous', { call: { from: 'anonymous' } }, /withheld/],
  ['caller_textable', 'anonymous', { call: { from: '' } }, /withheld/],
  ['caller_textable', 'anonymous', { call: { from: '+266696687' } }, /withheld/],
  ['caller_textable', 'invalid', { call: { from: 'sip:pat@example.com' } }, /not a phone number/],
  ['caller_textable', 'invalid', { call: { from: '+19995550143' } }, /not a phone number/],
  ['caller_textable', 'short_code', { call: { from: '74454' } }, /short code/],
  ['caller_textable', 'short_code', { call: { from: '+12' } }, /short code/],
  ['caller_textable', 'toll_free', { call: { from: '+18005550143' } }, /toll-free/],
  ['caller_textable', 'premium', { call: { from: '+19005550143' } }, /premium/],
  ['caller_textable', 'foreign', { call: { from: '+14165550143' } }, /country/],
  ['caller_textable', 'foreign', { call: { from: '+8816123456789' } }, /country/],
  ['caller_textable', 'special', { call: { from: '+15005550143' } }, /a personal/],
  ['caller_textable', 'special', { call: { from: '+447600123456' }, facts: { countries: ['GB'] } }, /pager/],
  ['own_phone', 'own_phone', { facts: { ownPhone: 'number' } }, /one of your own numbers/],
  ['own_phone', 'own_phone', { facts: { ownPhone: 'target' } }, /forwarded to/],
  ['excluded', 'excluded', { facts: { excluded: true } }, /exclusion list/],
  ['opted_out', 'opted_out', { facts: { optedOutAt: daysAgo(3) } }, /opted out of texts, 3 days ago/],
  ['landline', 'landline', { facts: { lineType: landline(0) } }, /landline \(30006\), learned today/],
  ['landline', 'landline', { facts: { lineType: landline(1) } }, /learned yesterday/],
  ['landline', 'landline', { facts: { lineType: landline(179) } }, /learned 179 days ago/],
  ['landline', 'landline', { facts: { lineType: line('toll_free') } }, /a toll-free number \(lookup\)/],
  ['landline', 'landline', { facts: { lineType: line('premium') } }, /a premium number/],
  ['landline', 'landline', { facts: { lineType: line('other') } }, /a pager, a voicemail box/],
  [
    'landline',
    'landline',
    { call: { from: '+442079460143' }, facts: { countries: ['US', 'GB'] } },
    /as its country numbers/,
  ],
  ['spam', 'blocked', { facts: { blocked: true } }, /block list/],
  ['spam', 'blocked', { facts: { blocked: true, forgedCallerId: 'send' } }, /block list/],
  ['spam', 'spam', { call: { stirVerstat: 'TN-Validation-Failed-C' } }, /could not vouch/],
  ['spam', 'spam', { call: { stirVerstat: 'TN-Validation-Failed' } }, /could not vouch/],
  [
    'cooldown',
    'cooldown',
    { facts: { cooldownMinutes: 30, lastTextBackAt: before(NOW, 29 * MINUTE) } },
    /less than 30 min ago/,
  ],
  ['loop', 'loop', { facts: { sameInboundLastHour: 3 } }, /same text came from them 3 times/],
  ['loop', 'loop', { facts: { textsLastHour: 10 } }, /10 texts in the last hour/],
  ['daily_cap', 'daily_cap', { facts: { segmentsToday: 500 } }, /All 500 segments/],
  ['daily_cap', 'daily_cap', { facts: { segmentsToday: 499, segments: 2 } }, /499 of 500 .* this text needs 2/],
  ['daily_cap', 'daily_cap', { facts: { dailyCap: 0 } }, /sends no texts/],
  ['late', 'late', { call: { endedAt: before(NOW, 15 * MINUTE) } }, /15 min after it ended/],
]

describe('each check fails for its own reason, and only that one', () => {
  for (const [name, reason, { call, facts }, sentence] of FAILING) {
    test(`${reason}: ${JSON.stringify({ ...call, ...facts })}`, () => {
      const decision = decide(call, facts)
      assert.equal(decision.action, 'skip')
      assert.equal(decision.reason, reason)
      const failed = decision.checks.filter((check) => !check.passed)
      assert.deepEqual(
        failed.map((check) => check.name),
        [name],
      )
      assert.match(failed[0]!.sentence, sentence)
    })
  }
})

/** Situations that look like a reason not to text, and are none. */
const PASSING: [string, Situation][] = [
  ['a missed call', {}],
  ['a short ring on a number that we ring ourselves', { call: { ringSeconds: 0 } }],
  ['a ring of exactly the minimum', { call: { ringSeconds: 3 }, facts: { mode: 'cfna' } }],
  ['no verdict about the caller id', { call: { stirVerstat: null } }],
  ['a caller id that was not validated', { call: { stirVerstat: 'No-TN-Validation' } }],
  [
    'a forged caller id on a number that texts such callers',
    { call: { stirVerstat: 'TN-Validation-Failed-A' }, facts: { forgedCallerId: 'send' } },
  ],
  ['a landline learned half a year ago', { facts: { lineType: landline(180) } }],
  ['a mobile learned today', { facts: { lineType: { type: 'mobile', source: 'lookup', at: NOW } } }],
  ['a cooldown that has just ended', { facts: { cooldownMinutes: 30, lastTextBackAt: before(NOW, 30 * MINUTE) } }],
  ['a text a second ago without a cooldown', { facts: { lastTextBackAt: before(NOW, SECOND) } }],
  ['nine texts in the last hour', { facts: { textsLastHour: 9, sameInboundLastHour: 2 } }],
  ['the last segment of the day', { facts: { segmentsToday: 499 } }],
  ['somebody who got many replies', { facts: { segmentsToThem: { lastHour: 999, lastDay: 999 } } }],
  ['an end 14:59 ago', { call: { endedAt: before(NOW, 15 * MINUTE - SECOND) } }],
  ['an end in the future, by a carrier’s clock', { call: { endedAt: new Date(NOW.getTime() + 20 * SECOND) } }],
  ['a country that the account also texts', { call: { from: '+14165550143' }, facts: { countries: ['US', 'CA'] } }],
  ['a line on the internet', { facts: { lineType: line('voip') } }],
  ['a line whose kind the carrier cannot tell', { facts: { lineType: line('unknown') } }],
  [
    'a fixed line that a carrier knows as a mobile',
    { call: { from: '+442079460143' }, facts: { countries: ['GB'], lineType: line('mobile') } },
  ],
  ['a territory of the country', { call: { from: '+17875550143' } }],
]

describe('every check passes', () => {
  for (const [what, { call, facts }] of PASSING)
    test(what, () => {
      const decision = decide(call, facts)
      assert.deepEqual(
        decision.checks.filter((check) => !check.passed),
        [],
      )
      assert.deepEqual([decision.action, decision.reason], ['send', 'missed_call'])
    })
})

describe('in any situation', () => {
  const date = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
  const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })
  const calls = fc.record({
    from: fc.oneof(fc.string(), fc.constantFrom('+13125550143', 'anonymous', '+442079460143', '74454')),
    answered: fc.boolean(),
    ringSeconds: fc.double({ min: 0, max: 3600, noNaN: true }),
    stirVerstat: maybe(fc.constantFrom('TN-Validation-Failed-A', 'TN-Validation-Passed-A', 'anything')),
    endedAt: date,
  })
  const facts = fc.record({
    numberEnabled: fc.boolean(),
    mode: fc.constantFrom('forward' as const, 'cfna' as const),
    minRingSeconds: fc.nat(60),
    textBackEnabled: fc.boolean(),
    forgedCallerId: fc.constantFrom('skip' as const, 'send' as const),
    cooldownMinutes: fc.nat(50_000),
    countries: fc.constantFrom<string[][]>(['US'], ['GB', 'US']),
    ownPhone: fc.constantFrom('number' as const, 'target' as const, null),
    excluded: fc.boolean(),
    blocked: fc.boolean(),
    optedOutAt: maybe(date),
    lineType: maybe(
      fc.record({
        type: fc.constantFrom('landline' as const, 'mobile' as const),
        source: fc.constant('30006'),
        at: date,
      }),
    ),
    lastTextBackAt: maybe(date),
    textsLastHour: fc.nat(20),
    sameInboundLastHour: fc.nat(6),
    segments: fc.integer({ min: 1, max: 24 }),
    segmentsToday: fc.nat(600),
    segmentsToThem: fc.record({ lastHour: fc.nat(100), lastDay: fc.nat(300) }),
    recipientHourlyCap: fc.constant(60),
    recipientDailyCap: fc.constant(200),
    dailyCap: fc.nat(600),
    accountClosing: fc.boolean(),
    lateAfterMinutes: fc.nat(1440),
  })
  const decisions = fc.tuple(calls, facts, date).map(([call, known, now]) => decideTextBack(call, known, now))

  test('every check is there, in the same order, with a sentence', () => {
    fc.assert(
      fc.property(decisions, ({ checks }) => {
        assert.deepEqual(
          checks.map((check) => check.name),
          ORDER,
        )
        for (const check of checks) assert.match(check.sentence, /^[A-Z0-9].*\.$/s)
      }),
    )
  })

  test('it is sent exactly when all pass, and the first that fails is the reason', () => {
    fc.assert(
      fc.property(calls, facts, date, (call, known, now) => {
        const decision = decideTextBack(call, known, now)
        const failed = decision.checks.find((check) => !check.passed)
        assert.equal(decision.action, failed ? 'skip' : 'send')
        if (failed) assert.ok(reasonsOf(failed.name).includes(decision.reason), `${failed.name}: ${decision.reason}`)
        else assert.equal(decision.reason, 'missed_call')
      }),
    )
  })

  test('what is stored is plain JSON, and the same facts decide the same', () => {
    fc.assert(
      fc.property(calls, facts, date, (call, known, now) => {
        const decision = decideTextBack(call, known, now)
        assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision)
        assert.deepEqual(decideTextBack(call, known, now), decision)
      }),
    )
  })

  const reasonsOf = (name: CheckName): string[] => FAILING.filter(([n]) => n === name).map(([, reason]) => reason)
})

test('several checks fail: the first is the reason, all are shown', () => {
  const decision = decide({ endedAt: before(NOW, 60 * MINUTE) }, { excluded: true, optedOutAt: daysAgo(1) })
  assert.equal(decision.reason, 'excluded')
  assert.deepEqual(
    decision.checks.filter((check) => !check.passed).map((check) => check.name),
    ['excluded', 'opted_out', 'late'],
  )
})

test('a missed call makes a lead, but not from our own phones or blocked callers, nor an answered one', () => {
  const worth = (call: Partial<DecidedCall>, facts: Partial<TextBackFacts> = {}) => deservesLead(decide(call, facts))
  const worthy: Decision[] = [decide(), decide({}, { optedOutAt: daysAgo(1) }), decide({}, { lineType: landline(3) })]
  for (const decision of worthy) assert.equal(deservesLead(decision), true, decision.reason)
  assert.equal(worth({ stirVerstat: 'TN-Validation-Failed-C' }), true)
  assert.equal(worth({ endedAt: before(NOW, 60 * MINUTE) }), true)
  assert.equal(worth({ answered: true }), false)
  assert.equal(worth({}, { numberEnabled: false }), false)
  assert.equal(worth({}, { ownPhone: 'target' }), false)
  assert.equal(worth({}, { excluded: true }), false)
  assert.equal(worth({}, { blocked: true }), false)
})
