import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Flow, type FlowEvent, nextStep, type Verdict } from './callFlow.ts'

const NOON = new Date('2026-11-20T17:00:00Z')
const TARGET = { address: '+12025550111', seconds: 20 }
const PLAN = { forward: { mode: 'forward', rings: [TARGET] }, cfna: { mode: 'cfna', rings: [] } } as const
const fresh = (mode: keyof typeof PLAN): Flow => ({
  plan: { ...PLAN[mode], rings: [...PLAN[mode].rings] },
  legs: [],
  answeredAt: null,
  rangUntil: null,
  endedAt: null,
})

const EVENTS = {
  arrived: { type: 'arrived' },
  answered: { type: 'answered' },
  unanswered: { type: 'unanswered' },
  ended: { type: 'ended', answered: null },
  endedAnswered: { type: 'ended', answered: true },
  endedInVain: { type: 'ended', answered: false },
} as const satisfies Record<string, FlowEvent>

/** What is known is written down first, then judged, as recordCall does; the first decision is the last. */
function tell(mode: keyof typeof PLAN, names: (keyof typeof EVENTS)[]): Verdict {
  const call = fresh(mode)
  let verdict: Verdict = 'open'
  for (const name of names) {
    const news = EVENTS[name]
    if (news.type === 'answered' || (news.type === 'ended' && news.answered === true)) call.answeredAt ??= NOON
    if (news.type === 'ended') call.endedAt ??= NOON
    verdict = nextStep(call, news).verdict
    if (verdict === 'missed' || verdict === 'answered') return verdict
  }
  return verdict
}

const everyOrder = <T>(of: T[]): T[][] =>
  of.length <= 1 ? [of] : of.flatMap((one, i) => everyOrder(of.toSpliced(i, 1)).map((rest) => [one, ...rest]))

describe('on a line that we ring, whatever the order', () => {
  const cases: [Verdict, (keyof typeof EVENTS)[]][] = [
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
  assert.equal(nextStep({ ...fresh('forward'), answeredAt: NOON }, EVENTS.unanswered).verdict, 'open')
})

describe('what the caller gets', () => {
  const command = (flow: Flow, event: FlowEvent) => nextStep(flow, event).command

  test('an arriving call rings the target, or rings on where nobody is rung', () => {
    assert.deepEqual(command(fresh('forward'), EVENTS.arrived), { do: 'ring', ...TARGET })
    assert.deepEqual(command(fresh('cfna'), EVENTS.arrived), { do: 'let_ring' })
  })

  test('a late repeat of the arrival rings nobody a second time', () => {
    for (const known of [{ answeredAt: NOON }, { rangUntil: NOON }, { endedAt: NOON }])
      assert.deepEqual(command({ ...fresh('forward'), ...known }, EVENTS.arrived), { do: 'nothing' })
  })

  test('a caller whom nobody took hears the goodbye, unless they talk or are gone', () => {
    assert.deepEqual(command({ ...fresh('forward'), rangUntil: NOON }, EVENTS.unanswered), { do: 'goodbye' })
    assert.deepEqual(command({ ...fresh('forward'), answeredAt: NOON }, EVENTS.unanswered), { do: 'nothing' })
    assert.deepEqual(command({ ...fresh('forward'), endedAt: NOON }, EVENTS.unanswered), { do: 'nothing' })
  })
})
