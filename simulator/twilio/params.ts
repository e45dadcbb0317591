import type { TwilioAccount } from '../accounts.ts'
import type { Leg } from '../calls.ts'
import { countSegments } from '../segments.ts'
import type { Text } from '../texts.ts'
import {
  apiVersion,
  callSeconds,
  callStatus,
  messageStatus,
  parentOf,
  placeOf,
  rfc2822,
  undeliveredCodes,
} from './shapes.ts'

/** What every voice webhook carries about its leg. */
export function callParams(leg: Leg, account: TwilioAccount): Record<string, string> {
  const parent = parentOf(leg)
  const { call } = leg
  return {
    AccountSid: account.accountSid,
    ApiVersion: apiVersion,
    CallSid: leg.id,
    CallStatus: callStatus(leg),
    Called: leg.to,
    Caller: leg.from,
    Direction: parent ? 'outbound-dial' : 'inbound',
    From: leg.from,
    To: leg.to,
    ...placeOf('Called', leg.to),
    ...placeOf('Caller', leg.from),
    ...placeOf('From', leg.from),
    ...placeOf('To', leg.to),
    ...(parent ? { ParentCallSid: parent.id } : {}),
    ...(call.forwardedFrom ? { ForwardedFrom: call.forwardedFrom } : {}),
    ...(call.callerName ? { CallerName: call.callerName } : {}),
    ...(call.stirVerstat && !parent ? { StirVerstat: call.stirVerstat } : {}),
  }
}

/** What a status callback adds; durations only where the call is over. */
export function progressParams(leg: Leg, sequence: number, now: Date): Record<string, string> {
  const seconds = callSeconds(leg)
  return {
    Timestamp: rfc2822(now),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(sequence),
    ...(leg.state === 'ended' ? { CallDuration: String(seconds), Duration: String(Math.ceil(seconds / 60)) } : {}),
  }
}

export function receiptParams(text: Text): Record<string, string> {
  const status = messageStatus(text)
  return {
    AccountSid: text.account,
    ApiVersion: apiVersion,
    From: text.from,
    MessageSid: text.id,
    MessageStatus: status,
    SmsSid: text.id,
    SmsStatus: status,
    To: text.to,
    ...(text.service ? { MessagingServiceSid: text.service } : {}),
    ...(text.undelivered ? { ErrorCode: String(undeliveredCodes[text.undelivered].code) } : {}),
  }
}

export function inboundParams(text: Text, optOutType: string | null): Record<string, string> {
  const params: Record<string, string> = {
    AccountSid: text.account,
    ApiVersion: apiVersion,
    Body: text.body,
    From: text.from,
    MessageSid: text.id,
    NumMedia: String(text.media.length),
    NumSegments: String(countSegments(text.body).segments),
    SmsMessageSid: text.id,
    SmsSid: text.id,
    SmsStatus: 'received',
    To: text.to,
    ...placeOf('From', text.from),
    ...placeOf('To', text.to),
  }
  text.media.forEach((url, i) => {
    params[`MediaUrl${i}`] = url
    params[`MediaContentType${i}`] = 'image/jpeg'
  })
  if (optOutType) params.OptOutType = optOutType
  return params
}
