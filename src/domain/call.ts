import type { CallOutcome, NumberMode } from './words.ts'

/** What is known of a call when one more event about it comes in. Times are the carrier's where it gives them. */
export type KnownCall = {
  mode: NumberMode
  answeredAt: Date | null
  endedAt: Date | null
  decidedAt: Date | null
}

/** What the new event says: see CarrierEvent. `answered: null` means that the event cannot tell. */
export type CallNews =
  | { type: 'arrived' }
  | { type: 'answered' }
  | { type: 'unanswered' }
  | { type: 'ended'; answered: boolean | null }

/**
 * `missed`: decide about the text now. `answered`: somebody talked; decide (never a text). `hold`: the call is over but
 * an answer may still be on its way to us; wait, then ask the carrier. `open`: it goes on.
 */
export type Verdict = 'missed' | 'answered' | 'hold' | 'open'

/**
 * Missed = the caller's leg is over, or its ringing is, and no person picked up. Events come in any order and more
 * than once; who decided first is final (`decidedAt`), so the callers of this ask it only for undecided calls.
 */
export function verdictOn(call: KnownCall, news: CallNews): Verdict {
  if (news.type === 'arrived') return call.endedAt ? 'hold' : 'open'
  if (news.type === 'answered') return call.endedAt ? 'answered' : 'open'
  // In CFNA mode we are nobody: whatever answered the call was our own greeting.
  const someoneAnswered = call.mode === 'forward' && call.answeredAt !== null
  if (news.type === 'unanswered') return someoneAnswered ? 'open' : 'missed'
  if (news.answered === true || someoneAnswered) return 'answered'
  if (news.answered === false || call.mode === 'cfna') return 'missed'
  return 'hold'
}

/** How a call reads while nothing is decided. */
export function outcomeSoFar(call: { answeredAt: Date | null }): CallOutcome {
  return call.answeredAt ? 'in_progress' : 'ringing'
}

/** Whole seconds between two times, never negative: carriers' clocks and ours differ a little. */
export function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000))
}
