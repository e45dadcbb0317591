import type { NumberMode } from './words.ts'

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
  // A carrier reports a person only, never our own greeting. On a CFNA line that is a PBX telling of an answered call.
  const someoneAnswered = call.answeredAt !== null
  if (news.type === 'unanswered') return someoneAnswered ? 'open' : 'missed'
  if (news.answered === true || someoneAnswered) return 'answered'
  // In CFNA mode we ring nobody: whatever opened the call was our own greeting.
  if (news.answered === false || call.mode === 'cfna') return 'missed'
  return 'hold'
}
