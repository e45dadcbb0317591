import type { TelnyxAccount } from '../accounts.ts'
import { type Leg, secondsBetween, type Unanswered } from '../calls.ts'
import { countSegments } from '../segments.ts'
import type { Text, Undelivered } from '../texts.ts'

/** A leg with what only Telnyx knows of it. */
export type TelnyxLeg = {
  leg: Leg
  account: TelnyxAccount
  legId: string
  connectionId: string
  clientState: string | null
  /** The command ids, with the simulated time of each. */
  commands: Map<string, number>
  bridgedTo: TelnyxLeg | null
  /** Legs that ring to be connected with this one. */
  ringing: Set<TelnyxLeg>
  parkAfterUnbridge: boolean
  recording: { id: string; startedAt: Date; channels: string; stop: () => void } | null
}

export const hangupCauses: Record<Unanswered, string> = {
  busy: 'user_busy',
  declined: 'call_rejected',
  no_answer: 'timeout',
  unreachable: 'unspecified',
  invalid: 'not_found',
  canceled: 'originator_cancel',
}

const sipCodes: Record<string, string> = {
  call_rejected: '603',
  normal_clearing: '200',
  not_found: '404',
  originator_cancel: '487',
  timeout: '487',
  unspecified: '480',
  user_busy: '486',
}

export function legPayload({ leg, legId, clientState, connectionId }: TelnyxLeg): Record<string, unknown> {
  return {
    call_control_id: leg.id,
    call_leg_id: legId,
    call_session_id: leg.call.carrierCallId,
    client_state: clientState,
    connection_id: connectionId,
    from: leg.from,
    to: leg.to,
  }
}

export function initiatedPayload(telnyxLeg: TelnyxLeg): Record<string, unknown> {
  const { leg } = telnyxLeg
  const { callerName, forwardedFrom, stirVerstat } = leg.call
  const incoming = leg.role === 'caller'
  const attestation = /-([ABC])(?:-|$)/.exec(stirVerstat ?? '')?.[1]
  return {
    ...legPayload(telnyxLeg),
    caller_id_name: callerName ?? leg.from,
    connection_codecs: 'PCMU,PCMA',
    custom_headers: [],
    direction: incoming ? 'incoming' : 'outgoing',
    offered_codecs: 'PCMU,PCMA',
    sip_headers: forwardedFrom && incoming ? [{ name: 'Diversion', value: `<sip:${forwardedFrom}@127.0.0.1>` }] : [],
    start_time: leg.startedAt.toISOString(),
    state: incoming ? 'parked' : 'bridging',
    tags: [],
    ...(incoming && stirVerstat
      ? {
          shaken_stir_attestation: attestation ?? '',
          shaken_stir_validated: stirVerstat.startsWith('TN-Validation-Passed'),
        }
      : {}),
    // Not in the schema, but in every live event.
    calling_party_type: 'pstn',
    from_sip_uri: `${leg.from}@127.0.0.1`,
    to_sip_uri: `${leg.to}@127.0.0.1`,
  }
}

/** As in live events: no direction, state or duration; the duration is end_time − start_time. */
export function hangupPayload(telnyxLeg: TelnyxLeg, source: string): Record<string, unknown> {
  const { leg } = telnyxLeg
  return {
    ...legPayload(telnyxLeg),
    call_quality_stats: null,
    custom_headers: [],
    end_time: leg.endedAt!.toISOString(),
    hangup_cause: leg.ending,
    hangup_source: source,
    sip_hangup_cause: sipCodes[leg.ending ?? ''] ?? 'unspecified',
    sip_headers: [],
    start_time: leg.startedAt.toISOString(),
    tags: [],
  }
}

export function callJson({ leg, legId, clientState }: TelnyxLeg) {
  return {
    call_control_id: leg.id,
    call_leg_id: legId,
    call_session_id: leg.call.carrierCallId,
    is_alive: leg.state !== 'ended',
    record_type: 'call',
    start_time: leg.startedAt.toISOString(),
    ...(clientState === null ? {} : { client_state: clientState }),
    ...(leg.endedAt
      ? {
          end_time: leg.endedAt.toISOString(),
          call_duration: secondsBetween(leg.ticks.started, leg.ticks.ended),
        }
      : {}),
  }
}

export const undeliveredCodes: Record<Undelivered, { code: string; title: string; detail: string }> = {
  landline: { code: '40001', title: 'Not routable', detail: 'The destination is a landline or a non-routable number.' },
  filtered: {
    code: '40003',
    title: 'Blocked as spam - permanent',
    detail: 'The message was flagged by a spam filter and was not delivered.',
  },
  unreachable: { code: '40008', title: 'Undeliverable', detail: 'The recipient carrier did not accept the message.' },
  invalid: { code: '40310', title: "Invalid 'to' address", detail: 'The destination number does not exist.' },
}

const lineTypes = {
  mobile: 'Wireless',
  filtered: 'Wireless',
  unreachable: 'Wireless',
  landline: 'Wireline',
  invalid: '',
}

export function messageStatus(text: Text): string {
  return text.status === 'undelivered' ? 'delivery_failed' : text.status
}

export function messagePayload(text: Text, account: TelnyxAccount): Record<string, unknown> {
  const outbound = text.direction === 'from_app'
  const { segments, encoding } = countSegments(text.body)
  const settled = ['delivered', 'undelivered', 'received'].includes(text.status)
  const line = { carrier: 'Simulated', line_type: lineTypes[text.undelivered ?? 'mobile'] }
  return {
    cc: [],
    completed_at: settled && outbound ? text.updatedAt.toISOString() : null,
    cost: outbound ? { amount: '0.0040', currency: 'USD' } : null,
    direction: outbound ? 'outbound' : 'inbound',
    encoding,
    errors: text.undelivered ? [undeliveredCodes[text.undelivered]] : [],
    from: { ...line, phone_number: text.from, ...(outbound ? {} : { status: 'received' }) },
    id: text.id,
    media: text.media.map((url) => ({ url, content_type: 'image/jpeg', size: 1024 })),
    messaging_profile_id: text.service,
    organization_id: account.userId,
    parts: segments,
    received_at: text.createdAt.toISOString(),
    record_type: 'message',
    sent_at: outbound ? (text.sentAt?.toISOString() ?? null) : null,
    subject: null,
    tags: [],
    text: text.body,
    to: [{ ...line, phone_number: text.to, status: outbound ? messageStatus(text) : 'webhook_delivered' }],
    type: text.media.length > 0 ? 'MMS' : 'SMS',
    valid_until: null,
    webhook_failover_url: text.receiptFailoverUrl,
    webhook_url: text.receiptUrl,
  }
}
