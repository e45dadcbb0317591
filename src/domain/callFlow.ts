import type { NumberMode } from './words.ts'

/**
 * What a call does next: pure, from the number's plan, the legs that were rung, what is known of the call, and one more
 * event. Events come in any order and more than once.
 */
export type Flow = {
  plan: FlowPlan
  legs: Leg[]
  /** Times are the carrier's where it gives them. */
  answeredAt: Date | null
  rangUntil: Date | null
  endedAt: Date | null
}

/** What the called number does with a call; fixed when the call arrives. */
export type FlowPlan = {
  mode: NumberMode
  /** Whom it rings, and how long. Nobody on a CFNA number: its calls are missed already. */
  rings: { address: string; seconds: number }[]
}

/** A phone that was rung for the call. */
export type Leg = { address: string; state: 'ringing' | 'answered' | 'ended' }

/** `answered: null` means that the event cannot tell. */
export type FlowEvent =
  | { type: 'arrived' }
  | { type: 'answered' }
  | { type: 'unanswered' }
  | { type: 'ended'; answered: boolean | null }

/** What the carrier should do with the caller now. */
export type FlowCommand =
  | { do: 'nothing' }
  | { do: 'ring'; address: string; seconds: number }
  /** Nobody is rung: the caller hears ringing on where the carrier can, else the greeting. */
  | { do: 'let_ring' }
  | { do: 'goodbye' }

/**
 * `missed`: decide about the text now. `answered`: somebody talked; decide (never a text). `hold`: the call is over but
 * an answer may still be on its way to us; wait, then ask the carrier. `open`: it goes on.
 */
export type Verdict = 'missed' | 'answered' | 'hold' | 'open'

/** The next command, and whether the call is over. Whoever decides a call first is final, so ask only until then. */
export function nextStep(flow: Flow, event: FlowEvent): { command: FlowCommand; verdict: Verdict } {
  return { command: commandAfter(flow, event), verdict: verdictOn(flow, event) }
}

function commandAfter(flow: Flow, event: FlowEvent): FlowCommand {
  const talks = flow.answeredAt !== null
  if (event.type === 'unanswered' && !flow.endedAt && !talks) return { do: 'goodbye' }
  // A late repeat of the arrival must not ring again somebody who talks, or who is hearing the goodbye.
  if (event.type !== 'arrived' || flow.endedAt || talks || flow.rangUntil) return { do: 'nothing' }
  const [target] = flow.plan.rings
  return target ? { do: 'ring', ...target } : { do: 'let_ring' }
}

/** Missed = the caller's leg is over, or its ringing is, and no person picked up. */
function verdictOn(flow: Flow, event: FlowEvent): Verdict {
  if (event.type === 'arrived') return flow.endedAt ? 'hold' : 'open'
  if (event.type === 'answered') return flow.endedAt ? 'answered' : 'open'
  // A carrier reports a person only, never our own greeting. On a CFNA number that is a PBX reporting an answered call.
  const someoneAnswered = flow.answeredAt !== null || flow.legs.some(({ state }) => state === 'answered')
  if (event.type === 'unanswered') return someoneAnswered ? 'open' : 'missed'
  if (event.answered === true || someoneAnswered) return 'answered'
  // On a CFNA number we ring nobody: what opened the call was our own greeting.
  if (event.answered === false || flow.plan.mode === 'cfna') return 'missed'
  return 'hold'
}
