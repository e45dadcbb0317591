import { randomBytes } from 'node:crypto'
import type { TwilioAccount, TwilioNumber } from '../accounts.ts'
import { type Leg, secondsBetween } from '../calls.ts'
import { countSegments } from '../segments.ts'
import type { Text, Undelivered } from '../texts.ts'

export const apiVersion = '2010-04-01'

export function makeSid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex')
}

export function rfc2822(date: Date): string
export function rfc2822(date: Date | null): string | null
export function rfc2822(date: Date | null): string | null {
  return date === null ? null : date.toUTCString().replace('GMT', '+0000')
}

export const undeliveredCodes: Record<
  Undelivered,
  { code: number; status: 'undelivered' | 'failed'; message: string }
> = {
  landline: { code: 30006, status: 'undelivered', message: 'Landline or unreachable carrier' },
  filtered: { code: 30007, status: 'undelivered', message: 'Message filtered' },
  unreachable: { code: 30003, status: 'undelivered', message: 'Unreachable destination handset' },
  invalid: { code: 30005, status: 'failed', message: 'Unknown destination handset' },
}

/** Twilio's status of a message. */
export function messageStatus(text: Text): string {
  return text.undelivered ? undeliveredCodes[text.undelivered].status : text.status
}

export function messageJson(text: Text) {
  const path = `/${apiVersion}/Accounts/${text.account}/Messages/${text.id}`
  const failure = text.undelivered && undeliveredCodes[text.undelivered]
  return {
    account_sid: text.account,
    api_version: apiVersion,
    body: text.body,
    date_created: rfc2822(text.createdAt),
    date_sent: rfc2822(text.sentAt),
    date_updated: rfc2822(text.updatedAt),
    direction: text.direction === 'from_app' ? 'outbound-api' : 'inbound',
    error_code: failure?.code ?? null,
    error_message: failure?.message ?? null,
    from: text.from,
    messaging_service_sid: text.service,
    num_media: String(text.media.length),
    num_segments: String(countSegments(text.body).segments),
    price: null,
    price_unit: 'USD',
    sid: text.id,
    status: messageStatus(text),
    subresource_uris: { media: `${path}/Media.json` },
    to: text.to,
    uri: `${path}.json`,
  }
}

/** Twilio's CallStatus of a leg. */
export function callStatus(leg: Leg): string {
  if (leg.state === 'ended') return leg.ending ?? 'completed'
  return leg.state === 'ringing' ? 'ringing' : 'in-progress'
}

export function parentOf(leg: Leg): Leg | null {
  const [first] = leg.call.legs
  return first && first !== leg ? first : null
}

/** Seconds of a completed call: from the answer, or from the start when nobody answered it. */
export function callSeconds(leg: Leg): number {
  if (callStatus(leg) !== 'completed') return 0
  return secondsBetween(leg.ticks.answered ?? leg.ticks.started, leg.ticks.ended)
}

export function callJson(leg: Leg, account: TwilioAccount) {
  const status = callStatus(leg)
  const path = `/${apiVersion}/Accounts/${account.accountSid}/Calls/${leg.id}`
  const parent = parentOf(leg)
  const names = ['Events', 'Notifications', 'Payments', 'Recordings', 'Siprec', 'Streams', 'Transcriptions']
  return {
    account_sid: account.accountSid,
    answered_by: null,
    api_version: apiVersion,
    caller_name: leg.call.callerName,
    date_created: rfc2822(leg.startedAt),
    date_updated: rfc2822(leg.endedAt ?? leg.answeredAt ?? leg.startedAt),
    direction: parent ? 'outbound-dial' : 'inbound',
    duration: leg.state === 'ended' ? String(callSeconds(leg)) : null,
    end_time: rfc2822(leg.endedAt),
    forwarded_from: leg.call.forwardedFrom,
    from: leg.from,
    from_formatted: formatted(leg.from),
    group_sid: null,
    parent_call_sid: parent?.id ?? null,
    phone_number_sid: account.numbers.get(leg.call.to)?.sid ?? null,
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    sid: leg.id,
    start_time: rfc2822(leg.startedAt),
    status,
    subresource_uris: Object.fromEntries(names.map((name) => [name.toLowerCase(), `${path}/${name}.json`])),
    to: leg.to,
    to_formatted: formatted(leg.to),
    trunk_sid: null,
    uri: `${path}.json`,
  }
}

/** Settings of a number that the API can change, and the field that shows each. */
export const numberSettings: Record<string, string> = {
  VoiceUrl: 'voice_url',
  VoiceMethod: 'voice_method',
  VoiceFallbackUrl: 'voice_fallback_url',
  VoiceFallbackMethod: 'voice_fallback_method',
  StatusCallback: 'status_callback',
  StatusCallbackMethod: 'status_callback_method',
  SmsUrl: 'sms_url',
  SmsMethod: 'sms_method',
  SmsFallbackUrl: 'sms_fallback_url',
  SmsFallbackMethod: 'sms_fallback_method',
}

export function numberJson(number: TwilioNumber, account: TwilioAccount) {
  const settings = Object.entries(numberSettings).map(([name, field]) => [
    field,
    number.settings[name] ?? (name.endsWith('Method') ? 'POST' : null),
  ])
  return {
    account_sid: account.accountSid,
    address_requirements: 'none',
    address_sid: null,
    api_version: apiVersion,
    beta: false,
    bundle_sid: null,
    capabilities: { voice: true, sms: true, mms: true, fax: false },
    date_created: rfc2822(number.createdAt),
    date_updated: rfc2822(number.updatedAt),
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    emergency_status: 'Inactive',
    friendly_name: number.label,
    identity_sid: null,
    origin: 'twilio',
    phone_number: number.number,
    sid: number.sid,
    sms_application_sid: null,
    status: 'in-use',
    trunk_sid: null,
    type: 'local',
    uri: `/${apiVersion}/Accounts/${account.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
    voice_application_sid: null,
    voice_caller_id_lookup: false,
    voice_receive_mode: 'voice',
    ...Object.fromEntries(settings),
  }
}

export function errorJson(status: number, code: number, message: string) {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }
}

function formatted(number: string): string {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number)
  return match ? `(${match[1]}) ${match[2]}-${match[3]}` : number
}

/** The place of a number in Twilio's webhooks; all numbers of +1 have one fictional place. */
export function placeOf(prefix: string, number: string): Record<string, string> {
  const us = number.startsWith('+1')
  return {
    [`${prefix}City`]: us ? 'WASHINGTON' : '',
    [`${prefix}State`]: us ? 'DC' : '',
    [`${prefix}Zip`]: us ? '20001' : '',
    [`${prefix}Country`]: us ? 'US' : '',
  }
}
