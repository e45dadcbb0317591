import type { FieldError } from '../../domain/fields.ts'
import type { Unanswered } from '../../voice/port.ts'
import { jsonOf } from '../failures.ts'
import type { Hook, VendorEvent } from '../vendor.ts'

type Parsed = { ok: true; events: VendorEvent[] } | { ok: false; errors: FieldError[] }

const LONGEST_CALL_MS = 24 * 3_600_000
/** The same as the tolerance of the signature's timestamp. */
const CLOCK_SKEW_MS = 300_000

const OUTCOMES = new Map<string, { answered: boolean; why: Unanswered | null }>([
  ['answered', { answered: true, why: null }],
  ['missed', { answered: false, why: 'no_answer' }],
  ['no_answer', { answered: false, why: 'no_answer' }],
  ['busy', { answered: false, why: 'busy' }],
  ['failed', { answered: false, why: 'failed' }],
  ['canceled', { answered: false, why: 'caller_gave_up' }],
  ['voicemail', { answered: false, why: 'voicemail' }],
])

/** Turns the report of a finished call into all its events: arrived, perhaps answered, ended. */
export function parseCallReport(hook: Hook): Parsed {
  if (hook.path[0] !== 'calls') return { ok: true, events: [] }
  const body = jsonOf(hook.body.toString('utf8'))
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { ok: false, errors: [{ field: 'body', message: 'The body must be one JSON object, a call.' }] }

  const errors: FieldError[] = []
  const report = body as Record<string, unknown>
  const callId = text('id', 1, 200)
  const from = text('from', 0, 100)
  const to = text('to', 1, 100)
  const startedAt = time('started_at')
  const endedAt = time('ended_at')
  const outcome = OUTCOMES.get(String(report.outcome))
  if (!outcome) errors.push({ field: 'outcome', message: `Must be one of: ${[...OUTCOMES.keys()].join(', ')}.` })
  if (startedAt && endedAt && endedAt < startedAt)
    errors.push({ field: 'ended_at', message: 'A call cannot end before it started.' })
  if (startedAt && endedAt && endedAt.getTime() - startedAt.getTime() > LONGEST_CALL_MS)
    errors.push({ field: 'started_at', message: 'A call of more than a day is no call; look at the clock of the PBX.' })
  if (endedAt && endedAt.getTime() - hook.receivedAt.getTime() > CLOCK_SKEW_MS)
    errors.push({ field: 'ended_at', message: 'Lies in the future; look at the clock of the PBX.' })
  const forwardedFrom = optional('forwarded_from')
  const callerName = optional('name')
  if (errors.length > 0 || !outcome || !startedAt || !endedAt) return { ok: false, errors }

  const arrived: VendorEvent = {
    type: 'call.arrived',
    callId,
    legId: null,
    from,
    to,
    at: startedAt,
    callerName,
    forwardedFrom,
    stirVerstat: null,
  }
  const answered: VendorEvent = { type: 'call.answered', callId, of: { from, to }, at: startedAt }
  const ended: VendorEvent = {
    type: 'call.ended',
    callId,
    legId: null,
    from,
    to,
    startedAt,
    at: endedAt,
    // An answer has its own event; this one can only prove that nobody picked up.
    answered: outcome.answered ? null : false,
    why: outcome.why,
    durationSeconds: Math.round((endedAt.getTime() - startedAt.getTime()) / 1000),
  }
  return { ok: true, events: outcome.answered ? [arrived, answered, ended] : [arrived, ended] }

  function text(field: string, min: number, max: number): string {
    const value = report[field]
    if (typeof value === 'string' && value.length >= min && value.length <= max) return value
    errors.push({ field, message: `Must be a text of ${min} to ${max} characters.` })
    return ''
  }

  function optional(field: string): string | null {
    const value = report[field]
    if (value === undefined || value === null || value === '') return null
    return text(field, 1, 200)
  }

  function time(field: string): Date | null {
    const value = report[field]
    const found = typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : null
    if (found && !Number.isNaN(found.getTime())) return found
    errors.push({ field, message: 'Must be a time like "2026-11-20T17:00:00Z", with its offset or Z.' })
    return null
  }
}

// The zone is required: a local time without one could be off by hours, and the text hours late.
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/
