import { APIError, type createAuthMiddleware } from 'better-auth/api'
import type { FieldError } from '../../domain/fields.ts'

/** What better-auth gives to a hook. */
export type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]

type Status = 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'CONFLICT' | 'TOO_MANY_REQUESTS'

/** A refusal from within better-auth, with what the API's own errors have. */
export function refusal(
  status: Status,
  message: string,
  more: { detail?: string; errors?: FieldError[]; reason?: string } = {},
): APIError {
  return new APIError(status, { message, ...more })
}

export const waitSeconds = (until: Date, now: Date) => Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))

/** "40 seconds", "3 minutes", "5 hours" */
export function inWords(seconds: number): string {
  const [count, unit] =
    seconds < 120
      ? [seconds, 'second']
      : seconds < 7200
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3600), 'hour']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

export function tooMany(until: Date, now: Date, what: string): APIError {
  const seconds = waitSeconds(until, now)
  return new APIError(
    'TOO_MANY_REQUESTS',
    { message: what, detail: `Try again in ${inWords(seconds)}.` },
    { 'retry-after': String(seconds) },
  )
}
