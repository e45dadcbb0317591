import type { ReceiptStatus } from '../../channels/port.ts'
import type { FieldError } from '../../domain/fields.ts'
import type { Unanswered } from '../../voice/port.ts'
import { jsonOf } from '../failures.ts'
import type { Hook, VendorEvent } from '../vendor.ts'
import { firstError, telnyxFailure } from './errors.ts'
import { isObject, listAt, type Payload, readEvent, type TelnyxEvent, textAt, timeAt } from './event.ts'
import { legState } from './state.ts'

type Parsed = { ok: true; events: VendorEvent[] } | { ok: false; errors: FieldError[] }

export function parseTelnyxHook(hook: Hook): Parsed {
  const read = readEvent(jsonOf(hook.body.toString('utf8')))
  if (!read.ok) return read
  return eventsOf(read.event, hook.receivedAt, textOfReceipt(hook, read.event.payload))
}

/**
 * Our id of the text. Telnyx signs the body and not the address, so an id in the address counts only if the body has it
 * too, in the address that the text was sent with. Without one the text is found by Telnyx's own id.
 */
function textOfReceipt({ path: [name, id] }: Hook, payload: Payload): string | null {
  return name === 'receipt' && id && textAt(payload, 'webhook_url').endsWith(`/receipt/${id}`) ? id : null
}

/** One event in our words; `receivedAt` is used where the event has no time. */
export function eventsOf(event: TelnyxEvent, receivedAt: Date, messageId: string | null): Parsed {
  const read = READERS.get(event.type)
  if (!read) return { ok: true, events: [] }
  const errors = read.needs
    .filter((field) => textAt(event.payload, field) === '')
    .map((field) => ({ field: `data.payload.${field}`, message: `Telnyx's ${event.type} event has no ${field}.` }))
  if (errors.length > 0) return { ok: false, errors }
  const found = read.event(event.payload, event.occurredAt ?? receivedAt, messageId)
  return { ok: true, events: found ? [found] : [] }
}

type Reader = { needs: string[]; event: (payload: Payload, at: Date, messageId: string | null) => VendorEvent | null }

/** Requires only the fields without which an event means nothing: live events differ from the schema. */
const READERS = new Map<string, Reader>(
  Object.entries({
    'call.initiated': { needs: ['call_session_id', 'to'], event: arrived },
    'call.answered': { needs: ['call_session_id'], event: targetAnswered },
    'call.bridged': { needs: ['call_session_id'], event: targetAnswered },
    'call.hangup': { needs: ['call_session_id'], event: hungUp },
    'message.received': { needs: ['id'], event: received },
    'message.sent': { needs: ['id'], event: receipt },
    'message.finalized': { needs: ['id'], event: receipt },
  }),
)

function arrived(payload: Payload, at: Date): VendorEvent | null {
  if (textAt(payload, 'direction') === 'outgoing' || legState(payload.client_state).leg !== 'unmarked') return null
  const from = textAt(payload, 'from')
  const name = textAt(payload, 'caller_id_name')
  return {
    type: 'call.arrived',
    callId: textAt(payload, 'call_session_id'),
    legId: textAt(payload, 'call_control_id') || null,
    from,
    to: textAt(payload, 'to'),
    at: timeAt(payload, 'start_time') ?? at,
    // Without a CNAM record Telnyx repeats the number as the name.
    callerName: name !== '' && !/^\+?\d+$/.test(name) ? name : null,
    forwardedFrom: diversion(payload),
    stirVerstat: stirVerstat(payload),
  }
}

/**
 * Only the target's leg proves a person. Our goodbye answers the caller's leg too, and Telnyx may do so when it begins
 * to transfer.
 */
function targetAnswered(payload: Payload, at: Date): VendorEvent | null {
  if (legState(payload.client_state).leg !== 'target') return null
  return { type: 'call.answered', callId: textAt(payload, 'call_session_id'), at }
}

function hungUp(payload: Payload, occurredAt: Date): VendorEvent | null {
  const state = legState(payload.client_state)
  const callId = textAt(payload, 'call_session_id')
  const cause = textAt(payload, 'hangup_cause')
  const at = timeAt(payload, 'end_time') ?? occurredAt
  if (state.leg === 'target') {
    const why = TARGET_GONE.get(cause)
    return why ? { type: 'call.unanswered', callId, at, why } : null
  }
  if (textAt(payload, 'direction') === 'outgoing') return null

  const startedAt = timeAt(payload, 'start_time')
  const why = CALLER_GONE.get(cause) ?? null
  return {
    type: 'call.ended',
    callId,
    legId: textAt(payload, 'call_control_id') || null,
    from: textAt(payload, 'from'),
    to: textAt(payload, 'to'),
    startedAt,
    at,
    // In the state `goodbye` we answered this leg ourselves, so no person was on it.
    answered: why || state.leg === 'goodbye' ? false : null,
    why,
    durationSeconds: startedAt ? Math.max(0, Math.round((at.getTime() - startedAt.getTime()) / 1000)) : null,
  }
}

/** The causes of a target that did not answer; `normal_clearing` and `time_limit` end a talk. */
const TARGET_GONE = new Map<string, Unanswered>([
  ['timeout', 'no_answer'],
  ['no_answer', 'no_answer'],
  ['user_busy', 'busy'],
  ['call_rejected', 'busy'],
  ['not_found', 'failed'],
  ['unspecified', 'failed'],
  ['originator_cancel', 'caller_gave_up'],
])

/** The causes of a caller's leg that ended unanswered. Other causes do not say. */
export const CALLER_GONE = new Map<string, Unanswered>([
  ['originator_cancel', 'caller_gave_up'],
  ['timeout', 'no_answer'],
  ['no_answer', 'no_answer'],
  ['user_busy', 'busy'],
  ['call_rejected', 'busy'],
  ['not_found', 'failed'],
])

function received(payload: Payload, at: Date): VendorEvent {
  const reply = textAt(payload, 'autoresponse_type').toLowerCase()
  return {
    type: 'message.received',
    channel: 'sms',
    carrierId: textAt(payload, 'id'),
    from: textAt(payload.from, 'phone_number'),
    to: textAt(listAt(payload, 'to')[0], 'phone_number'),
    body: textAt(payload, 'text'),
    at: timeAt(payload, 'received_at') ?? at,
    media: listAt(payload, 'media')
      .map((one) => ({ url: textAt(one, 'url'), contentType: textAt(one, 'content_type') || null }))
      .filter((one) => one.url !== ''),
    carrierReplied: reply === 'stop' || reply === 'start' || reply === 'help' ? reply : null,
  }
}

function receipt(payload: Payload, at: Date, messageId: string | null): VendorEvent | null {
  const status = TEXT_STATUS.get(textAt(listAt(payload, 'to')[0], 'status'))
  if (!status) return null
  const error = firstError(payload.errors)
  const failed = status === 'failed' || status === 'undelivered'
  return {
    type: 'message.receipt',
    messageId,
    carrierId: textAt(payload, 'id'),
    status,
    failure: failed ? telnyxFailure(error?.code ?? null, error?.said ?? null) : null,
    at,
  }
}

const TEXT_STATUS = new Map<string, ReceiptStatus>([
  ['queued', 'accepted'],
  ['sending', 'accepted'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['sending_failed', 'failed'],
  ['expired', 'failed'],
  ['delivery_failed', 'undelivered'],
  ['delivery_unconfirmed', 'unknown'],
])

/** "<sip:+12025550111@198.51.100.7>;reason=no-answer" → "+12025550111": who forwarded the call to us. */
function diversion(payload: Payload): string | null {
  const header = listAt(payload, 'sip_headers').find((one) => textAt(one, 'name').toLowerCase() === 'diversion')
  const value = textAt(header, 'value')
  return /(?:sips?|tel):([^@;>\s]+)/i.exec(value)?.[1] ?? (/^\+?\d{5,15}$/.test(value) ? value : null)
}

/** SHAKEN/STIR as Twilio writes it, so that one rule reads both. Present when the application asks for it. */
function stirVerstat(payload: Payload): string | null {
  const level = textAt(payload, 'shaken_stir_attestation').toUpperCase()
  const validated = isObject(payload) ? payload.shaken_stir_validated : null
  if (!/^[ABC]$/.test(level) || typeof validated !== 'boolean') return null
  return `TN-Validation-${validated ? 'Passed' : 'Failed'}-${level}`
}
