import { after, before, DAY, HOUR, MINUTE, SECOND } from './time.ts'

/** The waits between ten attempts, three days in all, as Standard Webhooks advises. */
const WAITS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]

/** Each wait is up to this share shorter or longer, so that deliveries that failed together are not sent together. */
const JITTER = 0.1

/** When to try again after so many attempts; null when it was the last. `random` is from 0 to 1. */
export function nextAttemptAt(attempts: number, now: Date, random: number): Date | null {
  const wait = WAITS_MS[attempts - 1]
  return wait === undefined ? null : after(now, wait * (1 + JITTER * (2 * random - 1)))
}

/** A webhook is switched off when nothing could be delivered to it for this long. */
export const FAILING_DAYS = 5

export const hasFailedTooLong = (failingSince: Date, now: Date): boolean =>
  failingSince <= before(now, FAILING_DAYS * DAY)

/** How long after a rotation the old secret signs too. */
export const OLD_SECRET_HOURS = 24

/** How long the delivery log is kept. */
export const KEPT_DAYS = 30

/** The most webhooks of an account: each may be sent every event. */
export const MOST_WEBHOOKS = 20

export type DisabledWhy = 'switched_off' | 'gone' | 'failing' | 'secret_lost'

export const WHY_DISABLED: Record<DisabledWhy, string> = {
  switched_off: 'It was switched off.',
  gone: 'It answered 410 Gone, which means that it wants no more.',
  failing: `Nothing could be delivered for ${FAILING_DAYS} days.`,
  secret_lost: 'Its secret was lost with the key of this server: make a new one for your program.',
}

/** The result of a request: an answer of any status, or why there was none. */
export type Answer = { outcome: 'answered'; status: number; body: string } | { outcome: 'none'; why: string }

export type Verdict = { outcome: 'delivered' } | { outcome: 'failed' | 'gone'; error: string }

export function verdictOn(answer: Answer): Verdict {
  if (answer.outcome === 'none') return { outcome: 'failed', error: answer.why }
  const { status } = answer
  if (status >= 200 && status < 300) return { outcome: 'delivered' }
  if (status === 410) return { outcome: 'gone', error: WHY_DISABLED.gone }
  if (status >= 300 && status < 400)
    return { outcome: 'failed', error: `It answered ${status}, a redirect, and those are not followed.` }
  return { outcome: 'failed', error: `It answered ${status}. Any 2xx means that it has the event.` }
}
