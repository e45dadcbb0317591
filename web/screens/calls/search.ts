import type { Call } from '../../types/calls.ts'

export type Search = {
  search?: string
  outcome?: Call['outcome']
  /** One of our numbers, E.164. */
  number?: string
  /** `sent`, `skipped`, or the reason why no text was sent. */
  text?: string
  /** The last days, today included. */
  days?: 1 | 7 | 30
  /** Days like 2026-11-20, both included; instead of `days`. */
  from?: string
  to?: string
  /** The person whose calls are shown. */
  contact?: string
  /** The call that is open at the side. */
  call?: string
}

const OUTCOMES = ['missed', 'answered', 'ringing', 'in_progress']
const DAY = /^\d{4}-\d{2}-\d{2}$/
const UUID = /^[0-9a-f-]{36}$/

/** What the address may say after `?`; unknown words are dropped. */
export function validateSearch(given: Record<string, unknown>): Search {
  const { days } = given
  const text = (name: string, pattern: RegExp): object => {
    const value = given[name]
    return typeof value === 'string' && pattern.test(value) ? { [name]: value } : {}
  }
  return {
    ...((typeof given.search === 'string' || typeof given.search === 'number') &&
      given.search !== '' && { search: String(given.search) }),
    ...(OUTCOMES.includes(given.outcome as string) && { outcome: given.outcome as Call['outcome'] }),
    ...text('number', /^\+\d{5,15}$/),
    ...text('text', /^[a-z_]{1,40}$/),
    ...((days === 1 || days === 7 || days === 30) && { days }),
    ...text('from', DAY),
    ...text('to', DAY),
    ...text('contact', UUID),
    ...text('call', UUID),
  }
}
