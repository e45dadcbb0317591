import type { CarrierFailure, KnownError } from '../failures.ts'
import { jsonOf, knownOrOther } from '../failures.ts'
import type { Refusal } from '../http.ts'

/** Telnyx's error numbers in a plumber's words. Source of the meanings: developers.telnyx.com, messaging error codes. */
export const TELNYX_ERRORS: Record<string, KnownError> = {
  // The recipient
  '40300': {
    kind: 'opted_out',
    sentence: 'This person texted STOP to your number, so Telnyx does not deliver to them.',
    nextStep: 'Call them back; only they can undo it, by texting START to your number.',
  },
  '40001': {
    kind: 'landline',
    sentence: 'The number is a landline and cannot get texts.',
    nextStep: "Call them back; we won't text this number for 180 days.",
  },
  '40310': {
    kind: 'invalid_number',
    sentence: 'The number is not a valid phone number for texts.',
    nextStep: 'Correct the number on the contact if you know the right one.',
  },
  '40012': {
    kind: 'invalid_number',
    sentence: "The recipient's network does not know this number.",
    nextStep: 'Correct the number on the contact if you know the right one.',
  },
  '10002': {
    kind: 'invalid_number',
    sentence: 'The number is not a valid phone number.',
    nextStep: 'Correct the number on the contact if you know the right one.',
  },
  '40006': {
    kind: 'unreachable',
    sentence: "The recipient's network could not be reached.",
    nextStep: 'Call them back; one later try is allowed.',
  },
  '40008': {
    kind: 'unreachable',
    sentence: "The recipient's network did not take the text and gave no reason.",
    nextStep: 'Call them back; one later try is allowed.',
  },
  '40005': {
    kind: 'unreachable',
    sentence: 'The text could not be delivered within its time and was dropped.',
    nextStep: 'Call them back.',
  },
  '40014': {
    kind: 'unreachable',
    sentence: 'The text waited too long in the queue at Telnyx and was dropped.',
    nextStep: 'Call them back; if it happens often, spread the texts over more numbers.',
  },
  '40004': {
    kind: 'blocked',
    sentence: "The recipient's network refused the text and gave no reason.",
    nextStep: 'Call them back; we will not try again.',
  },
  '40002': {
    kind: 'blocked',
    sentence: 'The carrier filtered the text as unwanted, for now.',
    nextStep: 'Shorten the message, remove links and capitals, and check your A2P 10DLC registration.',
  },
  '40003': {
    kind: 'blocked',
    sentence: 'Carriers block texts from your number as unwanted, for good.',
    nextStep: 'Ask Telnyx support to appeal, or text from another number.',
  },
  '40015': {
    kind: 'blocked',
    sentence: "Telnyx's own filter held the text back as unwanted.",
    nextStep: 'Shorten the message, remove links and capitals, or ask Telnyx support.',
  },
  '40322': {
    kind: 'blocked',
    sentence: 'The text was refused because of what it says.',
    nextStep: 'Change the wording of the message.',
  },

  // The sender's registration and permissions
  '40010': {
    kind: 'registration',
    sentence: 'Your number is not registered for A2P 10DLC, so US carriers refuse its texts.',
    nextStep: 'Register the brand and the campaign in the Telnyx portal and add this number to it.',
  },
  '40329': {
    kind: 'registration',
    sentence: 'Your toll-free number is not verified for texting.',
    nextStep: 'Finish the toll-free verification in the Telnyx portal.',
  },
  '40314': {
    kind: 'registration',
    sentence: 'Texting is switched off for your Telnyx account.',
    nextStep: 'Ask Telnyx support what the account needs.',
  },
  '40305': {
    kind: 'configuration',
    sentence: 'Telnyx does not let this account text from the sender number.',
    nextStep:
      'Check in the Telnyx portal that the number is yours and has a messaging profile, then configure it again here.',
  },
  '40312': {
    kind: 'configuration',
    sentence: 'The messaging profile of the sender number is switched off.',
    nextStep: 'Switch the messaging profile on in the Telnyx portal.',
  },
  '40331': {
    kind: 'configuration',
    sentence: 'The messaging set-up of your Telnyx account refused the text (error 40331).',
    nextStep: 'Look at the messaging profile and its limits in the Telnyx portal.',
  },
  '40333': {
    kind: 'configuration',
    sentence: 'The messaging set-up of your Telnyx account refused the text (error 40333).',
    nextStep: 'Look at the messaging profile and its limits in the Telnyx portal.',
  },
  '10039': {
    kind: 'configuration',
    sentence: 'At its present level your Telnyx account texts only numbers that were verified beforehand.',
    nextStep: 'Upgrade the Telnyx account, or verify this number there.',
  },

  // The account
  '10009': {
    kind: 'credentials',
    sentence: 'Telnyx does not accept the API key.',
    nextStep: 'Copy the API key again from the Telnyx portal.',
  },
  '10010': {
    kind: 'credentials',
    sentence: 'The API key is not allowed to do this.',
    nextStep: 'Use a key of the account that owns the number, with full permissions.',
  },
  '20100': {
    kind: 'balance',
    sentence: 'The balance of your Telnyx account does not cover the text.',
    nextStep: 'Add money in the Telnyx portal and switch on auto-recharge.',
  },
  '10005': {
    kind: 'configuration',
    sentence: 'Telnyx does not know what we asked for under this account.',
    nextStep: 'Check the connection, and the API address if one is set.',
  },

  // Too much at once
  '10011': {
    kind: 'rate',
    sentence: 'Telnyx takes no more requests just now and did not process this one.',
    nextStep: 'Nothing: it is tried again by itself.',
  },
  '40318': {
    kind: 'rate',
    sentence: 'The queue of texts waiting on your number is full at Telnyx.',
    nextStep: 'Nothing: it is tried again by itself. If it happens often, spread the texts over more numbers.',
  },
  '40011': {
    kind: 'rate',
    sentence: 'The carriers took no more texts from your number just then.',
    nextStep: 'If it happens often, spread the texts over more numbers.',
  },
  '40016': {
    kind: 'rate',
    sentence: 'Your number sent more texts than its registration allows just then.',
    nextStep: 'If it happens often, ask Telnyx for a higher limit or spread the texts over more numbers.',
  },
  '40018': {
    kind: 'rate',
    sentence: 'Your number sent more texts than the carrier allows just then.',
    nextStep: 'If it happens often, ask Telnyx for a higher limit or spread the texts over more numbers.',
  },
}

/** The failure for one of Telnyx's error numbers; `said` is Telnyx's own sentence for numbers that we don't know. */
export function telnyxFailure(code: string | null, said: string | null): CarrierFailure {
  return knownOrOther(TELNYX_ERRORS, 'Telnyx', code, said)
}

/** The first of `{errors: [{code, title, detail}]}`; a code is a string in most of Telnyx and a number in some of it. */
export function readTelnyxRefusal(refusal: Refusal): CarrierFailure {
  const first = firstError((jsonOf(refusal.body) as { errors?: unknown } | null)?.errors)
  if (first) return telnyxFailure(first.code, first.said)
  if (refusal.status === 401) return telnyxFailure('10009', null)
  if (refusal.status === 429) return telnyxFailure('10011', null)
  if (refusal.status === 404) return telnyxFailure('10005', null)
  return telnyxFailure(null, `HTTP ${refusal.status}`)
}

export function firstError(errors: unknown): { code: string; said: string | null } | null {
  const first = Array.isArray(errors) ? errors[0] : null
  const { code, title, detail } = (first ?? {}) as Record<string, unknown>
  if (typeof code !== 'string' && typeof code !== 'number') return null
  const said = [detail, title].find((words) => typeof words === 'string' && words !== '')
  return { code: String(code), said: (said as string | undefined) ?? null }
}
