import type { Call, CallInFull } from './types/calls.ts'

type Leg = CallInFull['legs'][number]

/** Display words for the server's values. */

const WHY_MISSED: Record<string, string> = {
  busy: 'Busy',
  no_answer: 'No answer',
  failed: 'Could not ring',
  caller_gave_up: 'Hung up',
  voicemail: 'Voicemail',
}

/** 'Missed', 'Answered', 'Ringing', 'Talking' */
export function outcomeWord({ outcome }: Pick<Call, 'outcome'>): string {
  return { missed: 'Missed', answered: 'Answered', ringing: 'Ringing', in_progress: 'Talking' }[outcome]
}

/** Why a missed call ended, or null: 'No answer', 'Hung up'. */
export function whyMissed({ outcome, why }: Pick<Call, 'outcome' | 'why'>): string | null {
  return outcome === 'missed' && why ? (WHY_MISSED[why] ?? null) : null
}

const WHY_NOT_PICKED_UP: Record<string, string> = {
  busy: 'busy',
  no_answer: 'no answer',
  failed: 'could not be reached',
  caller_gave_up: 'the caller hung up first',
  voicemail: 'voicemail',
}

/** How ringing a phone ended: 'no answer', 'picked up'. */
export function legEnding({ answeredAt, endedAt, why }: Leg): string {
  if (answeredAt) return 'picked up'
  if (!endedAt) return 'still ringing'
  return (why && WHY_NOT_PICKED_UP[why]) ?? 'not picked up'
}

const LINE_TYPES: Record<string, string> = {
  mobile: 'Mobile',
  landline: 'Landline: cannot be texted',
  voip: 'Internet line',
  toll_free: 'Toll-free',
  premium: 'Premium',
  other: 'No phone that takes texts',
}

export const lineTypeWord = (lineType: string | null): string => LINE_TYPES[lineType ?? ''] ?? 'Unknown line'

/** Why no text was sent; each follows 'Not texted: '. */
export const SKIP_REASONS: Record<string, string> = {
  answered: 'somebody picked up',
  too_short: 'it rang too briefly',
  opted_out: 'they opted out',
  landline: 'it is no line that takes texts',
  cooldown: 'texted shortly before',
  late: 'learned of it too late',
  excluded: 'on the exclusion list',
  blocked: 'on the block list',
  spam: 'the caller ID looks forged',
  anonymous: 'their number is hidden',
  invalid: 'the caller ID is no phone number',
  short_code: 'a short code called',
  toll_free: 'a toll-free number called',
  premium: 'a premium number called',
  special: 'a pager or personal number called',
  foreign: 'their country is not texted',
  own_phone: 'it is one of your own phones',
  loop: 'it looks like a machine',
  daily_cap: 'today’s texts are used up',
  text_back_off: 'text-back is off',
  number_off: 'the number is switched off',
  account_closing: 'the business is being closed',
  number_deleted: 'the number was deleted meanwhile',
}

export const skipReason = (reason: string): string => SKIP_REASONS[reason] ?? reason.replaceAll('_', ' ')

/** A text's status, in a word or two. */
const MESSAGE_STATUSES: Record<string, string> = {
  queued: 'Waiting to leave',
  sending: 'Leaving',
  accepted: 'With the carrier',
  sent: 'Sent',
  delivered: 'Delivered',
  undelivered: 'Not delivered',
  failed: 'Failed',
  refused: 'Refused',
  unknown: 'Unknown whether it left',
  received: 'Received',
}

export const messageStatus = (status: string): string => MESSAGE_STATUSES[status] ?? status

/** Whether a text certainly did not arrive. */
export const didNotArrive = (status: string | null): boolean =>
  status === 'undelivered' || status === 'failed' || status === 'refused'
