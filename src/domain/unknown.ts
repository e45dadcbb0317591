import { after, MINUTE } from './time.ts'

/** What may be done about a text when nobody knows whether the carrier has taken it. */

/** What the carrier's list told: `shownUntil` is when the newest text of our number that it shows was taken. */
type Told = { outcome: 'found' | 'absent'; shownUntil: Date | null } | { outcome: 'unreadable' }

/**
 * Whether the list proves that the carrier has not taken the text, when the list shows no text that could be it. It does
 * once it shows a text that was taken so much later that the one we seek, had it been taken, would be listed before.
 * `outOfOrderMs` is null for a list that may lack a text for good.
 */
export function mayBeSentAgain(told: Told, attempt: { attemptedAt: Date; outOfOrderMs: number | null }): boolean {
  if (told.outcome === 'unreadable' || !told.shownUntil || attempt.outOfOrderMs === null) return false
  return told.shownUntil >= after(attempt.attemptedAt, attempt.outOfOrderMs)
}

/** Lists have been a minute behind: who is asked sooner may send a text that shows up a moment later. */
const SOONEST_MINUTES = 2

/** When a person is asked: so long after the attempt that a text-back which left only now would be late. */
export function personDecidesAt({ attemptedAt, lateAfterMinutes }: { attemptedAt: Date; lateAfterMinutes: number }) {
  return after(attemptedAt, Math.max(SOONEST_MINUTES, lateAfterMinutes) * MINUTE)
}
