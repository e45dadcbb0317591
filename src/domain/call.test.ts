import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CallNews, type KnownCall, type Verdict, verdictOn } from './call.ts'

const NOON = new Date('2026-11-20T17:00:00Z')
const FRESH: KnownCall = { mode: 'forward', answeredAt: null, endedAt: null, decidedAt: null }

const NEWS = {
  arrived: { type: 'arrived' },
  answered: { type: 'answered' },
  unanswered: { type: 'unanswered' },
  ended: { type: 'ended', answered: null },
  endedAnswered: { type: 'ended', answered: true },
  endedInVain: { type: 'ended', answered: false },
} as const satisfies Record<string, CallNews>

/** What is known is written down first, then judged, as recordCall does; the first decision is the last. */
function tell(mode: KnownCall['mode'], names: (keyof typeof NEWS)[]): Verdict {
  const call = { ...FRESH, mode }
  let verdict: Verdict = 'open'
  for (const name of names) {
    const news = NEWS[name]
    if (news.type === 'answered' || (news.type === 'ended' && news.answered === true)) call.answeredAt ??= NOON
    if (news.type === 'ended') call.endedAt ??= NOON
    verdict = verdictOn(call, news)
    if (verdict === 'missed' || verdict === 'answered') return verdict
  }
  return verdict
}

const everyOrder = <T>(of: T[]): T[][] =>
  of.length <= 1 ? [of] : of.flatMap((one, i) => everyOrder(of.toSpliced(i, 1)).map((rest) => [one, ...rest]))

describe('on a line that we ring, whatever the order', () => {
  const cases: [Verdict, (keyof typeof NEWS)[]][] = [
    ['answered', ['arrived', 'answered', 'ended']],
    ['answered', ['arrived', 'endedAnswered']],
    ['missed', ['arrived', 'unanswered', 'endedInVain']],
    ['missed', ['arrived', 'unanswered', 'ended']],
    ['missed', ['arrived', 'endedInVain']],
    // An end that cannot tell, and nothing else: the carrier is asked.
    ['hold', ['arrived', 'ended']],
  ]
  for (const [verdict, news] of cases)
    for (const order of everyOrder(news)) {
      test(`${order.join(', ')}: ${verdict}`, () => assert.equal(tell('forward', order), verdict))
      test(`${order.join(', ')}, each twice: ${verdict}`, () =>
        assert.equal(
          tell(
            'forward',
            order.flatMap((one) => [one, one]),
          ),
          verdict,
        ))
    }
})

describe('on a line that gets missed calls only', () => {
  test('every end is a miss: our own greeting is no person', () => {
    for (const end of ['ended', 'endedInVain'] as const)
      for (const order of everyOrder(['arrived', end] as const)) assert.equal(tell('cfna', [...order]), 'missed')
  })

  test('a PBX that reports a person is believed', () => {
    assert.equal(tell('cfna', ['arrived', 'answered', 'ended']), 'answered')
    assert.equal(tell('cfna', ['arrived', 'endedAnswered']), 'answered')
  })
})

test('one target declines after another took the call: the talk goes on', () => {
  assert.equal(verdictOn({ ...FRESH, answeredAt: NOON }, NEWS.unanswered), 'open')
})
