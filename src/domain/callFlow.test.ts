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
  endedUnanswered: { type: 'ended', answered: false },
} as const satisfies Record<string, FlowEvent>

/** Updates the call and then judges it, as recordCall does. The first decision is final. */
function verdictAfter(mode: keyof typeof PLAN, names: (keyof typeof EVENTS)[]): Verdict {
  const call = fresh(mode)
  let verdict: Verdict = 'open'
  for (const name of names) {
    const event = EVENTS[name]
    if (event.type === 'answered' || (event.type === 'ended' && event.answered === true)) call.answeredAt ??= NOON
    if (event.type === 'ended') call.endedAt ??= NOON
    verdict = nextStep(call, event).verdict
    if (verdict === 'missed' || verdict === 'answered') return verdict
  }
  return verdict
}

const everyOrder = <T>(of: T[]): T[][] =>
  of.length <= 1 ? [of] : of.flatMap((one, i) => everyOrder(of.toSpliced(i, 1)).map((rest) => [one, ...rest]))

describe('on a number that we ring, in any order', () => {
  const cases: [Verdict, (keyof typeof EVENTS)[]][] = [
    ['answered', ['arrived', 'answered', 'ended']],
    ['answered', ['arrived', 'endedAnswered']],
    ['missed', ['arrived', 'unanswered', 'endedUnanswered']],
    ['missed', ['arrived', 'unanswered', 'ended']],
    ['missed', ['arrived', 'endedUnanswered']],
    // Only an end that does not say whether somebody answered: the carrier is asked.
    ['hold', ['arrived', 'ended']],
  ]
  for (const [verdict, events] of cases)
    for (const order of everyOrder(events)) {
      test(`${order.join(', ')}: ${verdict}`, () => assert.equal(verdictAfter('forward', order), verdict))
      test(`${order.join(', ')}, each twice: ${verdict}`, () =>
        assert.equal(
          verdictAfter(
            'forward',
            order.flatMap((one) => [one, one]),
          ),
          verdict,
        ))
    }
})

describe('on a number that gets missed calls only', () => {
  test('every end is a miss: our own greeting is no person', () => {
    for (const end of ['ended', 'endedUnanswered'] as const)
      for (const order of everyOrder(['arrived', end] as const))
        assert.equal(verdictAfter('cfna', [...order]), 'missed')
  })

  test('a PBX that reports a person is believed', () => {
    assert.equal(verdictAfter('cfna', ['arrived', 'answered', 'ended']), 'answered')
    assert.equal(verdictAfter('cfna', ['arrived', 'endedAnswered']), 'answered')
  })
})

test('one target declines after another took the call: the talk goes on', () => {
  assert.equal(nextStep({ ...fresh('forward'), answeredAt: NOON }, EVENTS.unanswered).verdict, 'open')
})

describe('what the caller gets', () => {
  const command = (flow: Flow, event: FlowEvent) => nextStep(flow, event).command

  test('an arriving call rings the target, or keeps ringing when there is none', () => {
    assert.deepEqual(command(fresh('forward'), EVENTS.arrived), { do: 'ring', ...TARGET })
    assert.deepEqual(command(fresh('cfna'), EVENTS.arrived), { do: 'let_ring' })
  })

  test('a late repeat of the arrival rings nobody a second time', () => {
    for (const known of [{ answeredAt: NOON }, { rangUntil: NOON }, { endedAt: NOON }])
      assert.deepEqual(command({ ...fresh('forward'), ...known }, EVENTS.arrived), { do: 'nothing' })
  })

  test('a caller whom nobody answered hears the goodbye, unless they talk or hung up', () => {
    assert.deepEqual(command({ ...fresh('forward'), rangUntil: NOON }, EVENTS.unanswered), { do: 'goodbye' })
    assert.deepEqual(command({ ...fresh('forward'), answeredAt: NOON }, EVENTS.unanswered), { do: 'nothing' })
    assert.deepEqual(command({ ...fresh('forward'), endedAt: NOON }, EVENTS.unanswered), { do: 'nothing' })
  })
})
