import type { ReceiptStatus } from '../../channels/port.ts'
import type { FieldError } from '../../domain/fields.ts'
import type { Unanswered } from '../../voice/port.ts'
import type { Hook, VendorEvent } from '../vendor.ts'
import { twilioFailure } from './errors.ts'
import { type Form, readForm, signedFields } from './form.ts'

type Parsed = { ok: true; events: VendorEvent[] } | { ok: false; errors: FieldError[] }

export function parseTwilioHook(hook: Hook): Parsed {
  const reader = READERS.get(hook.path[0] ?? '')
  if (!reader) return { ok: true, events: [] }
  const sent = signedFields(hook.body)
  const errors = reader.needs
    .filter((field) => !sent[field]?.length)
    .map((field) => ({ field, message: `Twilio's ${hook.path[0]} request has no ${field}.` }))
  if (errors.length > 0) return { ok: false, errors }
  const read = readForm(sent, [...reader.reads, 'Timestamp'])
  if (!read.ok) return read
  const event = reader.event(read.form, hook)
  return { ok: true, events: event ? [event] : [] }
}

/** The fields that a webhook must have, those that its event is read from, and how it is read. */
type Reader = { needs: string[]; reads: string[]; event: (form: Form, hook: Hook) => VendorEvent | null }

const READERS = new Map<string, Reader>(
  Object.entries({
    voice: {
      needs: ['CallSid', 'To'],
      reads: ['CallSid', 'From', 'To', 'CallerName', 'ForwardedFrom', 'StirVerstat'],
      event: arrived,
    },
    target: {
      needs: ['CallSid', 'CallStatus'],
      reads: ['CallStatus', 'ParentCallSid', 'Timestamp'],
      event: targetAnswered,
    },
    dial: {
      needs: ['CallSid', 'DialCallStatus'],
      reads: ['CallSid', 'DialCallStatus', 'DialBridged'],
      event: dialEnded,
    },
    status: {
      needs: ['CallSid', 'CallStatus', 'To'],
      reads: ['CallSid', 'CallStatus', 'From', 'To', 'CallDuration'],
      event: ended,
    },
    sms: {
      needs: ['MessageSid', 'From', 'To'],
      reads: ['MessageSid', 'From', 'To', 'Body', 'OptOutType', 'NumMedia', 'MediaUrl', 'MediaContentType'],
      event: received,
    },
    receipt: {
      needs: ['MessageSid', 'MessageStatus'],
      reads: ['MessageSid', 'MessageStatus', 'ErrorCode', 'ErrorMessage'],
      event: receipt,
    },
  }),
)

function arrived(form: Form, hook: Hook): VendorEvent {
  return {
    type: 'call.arrived',
    callId: form.get('CallSid'),
    legId: null,
    from: form.get('From'),
    to: form.get('To'),
    at: timeOf(form, hook),
    callerName: form.get('CallerName') || null,
    forwardedFrom: form.get('ForwardedFrom') || null,
    stirVerstat: form.get('StirVerstat') || null,
  }
}

/** Comes for the target's leg, which is a separate call; the caller's call is its parent. */
function targetAnswered(form: Form, hook: Hook): VendorEvent | null {
  const callId = form.get('ParentCallSid')
  if (form.get('CallStatus') !== 'in-progress' || callId === '') return null
  return { type: 'call.answered', callId, at: timeOf(form, hook) }
}

function dialEnded(form: Form, hook: Hook): VendorEvent | null {
  const callId = form.get('CallSid')
  const at = timeOf(form, hook)
  const to = form.get('To')
  const of = to === '' ? {} : { of: { from: form.get('From'), to } }
  const status = form.get('DialCallStatus')
  // Picked up but never joined with the caller, as after a declined screening: nobody spoke with the caller.
  const neverJoined = form.get('DialBridged') === 'false'
  if (status === 'completed' || status === 'answered')
    return neverJoined
      ? { type: 'call.unanswered', callId, ...of, at, why: 'no_answer' }
      : { type: 'call.answered', callId, ...of, at }
  const why = WHY_UNANSWERED.get(status)
  return why ? { type: 'call.unanswered', callId, ...of, at, why } : null
}

/** The number's StatusCallback, which comes once, when the caller's call is over. */
function ended(form: Form, hook: Hook): VendorEvent | null {
  const status = form.get('CallStatus')
  const why = WHY_UNANSWERED.get(status) ?? null
  if (status !== 'completed' && why === null) return null
  return {
    type: 'call.ended',
    callId: form.get('CallSid'),
    legId: null,
    from: form.get('From'),
    to: form.get('To'),
    startedAt: null,
    at: timeOf(form, hook),
    // `completed` says only that our TwiML answered, which a greeting does as well as a person.
    answered: why ? false : null,
    why,
    durationSeconds: wholeNumber(form.get('CallDuration')),
  }
}

function received(form: Form, hook: Hook): VendorEvent {
  // Twilio attaches at most 10.
  const count = Math.min(wholeNumber(form.get('NumMedia')) ?? 0, 10)
  const media = Array.from({ length: count }, (_, i) => ({
    url: form.get(`MediaUrl${i}`),
    contentType: form.get(`MediaContentType${i}`) || null,
  })).filter((one) => one.url !== '')
  const optOut = form.get('OptOutType').toLowerCase()
  return {
    type: 'message.received',
    channel: 'sms',
    carrierId: form.get('MessageSid'),
    from: form.get('From'),
    to: form.get('To'),
    body: form.get('Body'),
    at: timeOf(form, hook),
    media,
    carrierReplied: optOut === 'stop' || optOut === 'start' || optOut === 'help' ? optOut : null,
  }
}

/** Our ids have no capital; the name of a field, which begins with one, may have been moved behind the address. */
const OUR_ID = /^[a-z0-9-]{1,64}$/

function receipt(form: Form, hook: Hook): VendorEvent | null {
  const [, messageId = null] = hook.path
  if (messageId !== null && !OUR_ID.test(messageId)) return null
  const said = form.get('MessageStatus')
  if (!TEXT_STATUS.has(said)) return null
  return {
    type: 'message.receipt',
    messageId,
    carrierId: form.get('MessageSid'),
    ...outcomeOf(said, form.get('ErrorCode'), form.get('ErrorMessage')),
    at: timeOf(form, hook),
  }
}

/** The outcome of a text in a receipt or in Twilio's list. An unknown status means that Twilio has the text. */
export function outcomeOf(said: string, errorCode: string | number | null, errorMessage: string | null) {
  const status = TEXT_STATUS.get(said) ?? 'accepted'
  const failed = status === 'failed' || status === 'undelivered'
  return { status, failure: failed ? twilioFailure(String(errorCode || '') || null, errorMessage || null) : null }
}

export const WHY_UNANSWERED = new Map<string, Unanswered>([
  ['busy', 'busy'],
  ['no-answer', 'no_answer'],
  ['failed', 'failed'],
  ['canceled', 'caller_gave_up'],
])

/** Twilio's statuses of an outgoing text; `receiving` and `received` are those of incoming ones. */
const TEXT_STATUS = new Map<string, ReceiptStatus>([
  ['queued', 'accepted'],
  ['accepted', 'accepted'],
  ['scheduled', 'accepted'],
  ['sending', 'accepted'],
  ['sent', 'sent'],
  ['partially_delivered', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'delivered'],
  ['undelivered', 'undelivered'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
])

// "Fri, 20 Nov 2026 17:00:00 +0000": Date.parse alone would also take "1" for a date.
const RFC_2822 = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/

/** Twilio's times are whole seconds. For a webhook that came within this time, our own clock is more exact. */
const AT_ONCE_MS = 2_000

/** Only status callbacks carry a time, which matters when they come late. All others happened when they arrived. */
function timeOf(form: Form, hook: Hook): Date {
  const text = form.get('Timestamp')
  const time = RFC_2822.test(text) ? new Date(text) : hook.receivedAt
  const lateMs = hook.receivedAt.getTime() - time.getTime()
  return lateMs > AT_ONCE_MS || lateMs < -AT_ONCE_MS ? time : hook.receivedAt
}

function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}
