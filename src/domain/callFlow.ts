import type { NumberMode } from './words.ts'

/**
 * What is known of a call. `nextStep`, which is pure, decides from this and one more event what the call does next.
 * Events come in any order and more than once.
 */
export type Flow = {
  plan: FlowPlan
  legs: Leg[]
  /** Times are the carrier's where it gives them. */
  answeredAt: Date | null
  rangUntil: Date | null
  endedAt: Date | null
}

/** What the called number does with a call: its mode when the call arrived, and the phones that it rings now. */
export type FlowPlan = {
  mode: NumberMode
  /** Whom it rings, and for how long. Empty on a CFNA number, whose calls are missed already. */
  rings: { address: string; seconds: number }[]
}

/** A phone that was rung for the call. */
export type Leg = { address: string; state: 'ringing' | 'answered' | 'ended' }

/** `answered: null` means that the event does not say. */
export type FlowEvent =
  | { type: 'arrived' }
  | { type: 'answered' }
  | { type: 'unanswered' }
  | { type: 'ended'; answered: boolean | null }

/** What the carrier should do with the caller now. */
export type FlowCommand =
  | { do: 'nothing' }
  | { do: 'ring'; address: string; seconds: number }
  /** Ring nobody: the caller keeps hearing ringing where the carrier can do that, else the greeting. */
  | { do: 'let_ring' }
  | { do: 'goodbye' }

/**
 * `missed`: decide about the text now. `answered`: somebody talked; decide (never a text). `hold`: the call is over,
 * but an `answered` event may still come; wait, then ask the carrier. `open`: the call goes on.
 */
export type Verdict = 'missed' | 'answered' | 'hold' | 'open'

/** The next command, and whether the call is over. The first decision about a call is final, so do not ask after it. */
export function nextStep(flow: Flow, event: FlowEvent): { command: FlowCommand; verdict: Verdict } {
  return { command: commandAfter(flow, event), verdict: verdictOn(flow, event) }
}

function commandAfter(flow: Flow, event: FlowEvent): FlowCommand {
  const talks = flow.answeredAt !== null
  if (event.type === 'unanswered' && !flow.endedAt && !talks) return { do: 'goodbye' }
  // A late repeat of the arrival must not ring the target again while the caller talks or hears the goodbye.
  if (event.type !== 'arrived' || flow.endedAt || talks || flow.rangUntil) return { do: 'nothing' }
  const [target] = flow.plan.rings
  return target ? { do: 'ring', ...target } : { do: 'let_ring' }
}

/** A call is missed when the caller's leg, or its ringing, is over and no person picked up. */
function verdictOn(flow: Flow, event: FlowEvent): Verdict {
  if (event.type === 'arrived') return flow.endedAt ? 'hold' : 'open'
  if (event.type === 'answered') return flow.endedAt ? 'answered' : 'open'
  // Carriers report a person here, never our own greeting. On a CFNA number it is a PBX that reports an answered call.
  const someoneAnswered = flow.answeredAt !== null || flow.legs.some(({ state }) => state === 'answered')
  if (event.type === 'unanswered') return someoneAnswered ? 'open' : 'missed'
  if (event.answered === true || someoneAnswered) return 'answered'
  // On a CFNA number we ring nobody, so only our own greeting can have answered the call.
  if (event.answered === false || flow.plan.mode === 'cfna') return 'missed'
  return 'hold'
}
