import type { CarrierFailure, KnownError } from '../failures.ts'
import { jsonOf, knownOrOther } from '../failures.ts'
import type { Refusal } from '../http.ts'

/** Twilio's error numbers in a plumber's words. Source of the meanings: twilio.com/docs/api/errors. */
export const TWILIO_ERRORS: Record<string, KnownError> = {
  // The recipient
  '21610': {
    kind: 'opted_out',
    sentence: 'This person texted STOP to your number, so Twilio does not deliver to them.',
    nextStep: 'Call them back; only they can undo it, by texting START to your number.',
  },
  '21211': {
    kind: 'invalid_number',
    sentence: 'The number is not a valid phone number.',
    nextStep: 'Correct the number on the contact if you know the right one.',
  },
  '21614': {
    kind: 'invalid_number',
    sentence: 'The number cannot receive texts: it is not a mobile number.',
    nextStep: 'Call them back, or ask for a mobile number.',
  },
  '21612': {
    kind: 'invalid_number',
    sentence: 'Twilio has no route for texts from your number to this one.',
    nextStep: 'Call them back; a text needs a sender number that is allowed in their country.',
  },
  '30003': {
    kind: 'unreachable',
    sentence: 'The phone is switched off or out of reach.',
    nextStep: 'Call them back; one later try is allowed.',
  },
  '30005': {
    kind: 'unreachable',
    sentence: 'The number is unknown to its network, or no longer in use.',
    nextStep: 'Check the number; one later try is allowed.',
  },
  '30008': {
    kind: 'unreachable',
    sentence: "The recipient's network did not deliver the text and gave no reason.",
    nextStep: 'Call them back; one later try is allowed.',
  },
  '30009': {
    kind: 'unreachable',
    sentence: 'A part of the text was lost on its way.',
    nextStep: 'Call them back; one later try is allowed.',
  },
  '30036': {
    kind: 'unreachable',
    sentence: 'The text could not be delivered within its time and was dropped, so that it does not arrive hours late.',
    nextStep: 'Call them back.',
  },
  '30004': {
    kind: 'blocked',
    sentence: "The recipient's phone or network blocks this text.",
    nextStep: 'Call them back; we will not try again.',
  },
  '30006': {
    kind: 'landline',
    sentence: 'The number is a landline and cannot get texts.',
    nextStep: "Call them back; we won't text this number for 180 days.",
  },
  '30007': {
    kind: 'blocked',
    sentence: 'The carrier filtered the text as unwanted.',
    nextStep: 'Shorten the message, remove links and capitals, and check your A2P 10DLC registration.',
  },

  // The sender's registration and permissions
  '21408': {
    kind: 'configuration',
    sentence: "Texts to this number's country are switched off in your Twilio account.",
    nextStep: 'Switch the country on in the Twilio console: Messaging → Settings → Geo permissions.',
  },
  '30022': {
    kind: 'registration',
    sentence: 'Your A2P 10DLC campaign has sent more texts than its limit allows.',
    nextStep: 'Ask Twilio for a higher limit, or register the brand with full vetting.',
  },
  '30023': {
    kind: 'registration',
    sentence: "Your brand has used up T-Mobile's daily limit.",
    nextStep: 'Wait until midnight Pacific time, or ask Twilio for a higher limit.',
  },
  '30032': {
    kind: 'registration',
    sentence: 'Your toll-free number is not verified for texting.',
    nextStep: 'Finish the toll-free verification in the Twilio console.',
  },
  '30034': {
    kind: 'registration',
    sentence: 'Your number is not registered for A2P 10DLC, so US carriers refuse its texts.',
    nextStep: 'Register the brand and the campaign in the Twilio console and add this number to it.',
  },
  '21606': {
    kind: 'configuration',
    sentence: 'The sender number does not belong to your Twilio account, or cannot send texts.',
    nextStep: 'Check in the Twilio console that the number is yours and has SMS.',
  },
  '21608': {
    kind: 'configuration',
    sentence: 'A Twilio trial account texts only numbers that were verified in its console.',
    nextStep: 'Upgrade the Twilio account, or verify this number there.',
  },
  '21659': {
    kind: 'configuration',
    sentence: 'The sender number is not one of your Twilio account.',
    nextStep: 'Check the number of this line, and which Twilio account it belongs to.',
  },
  '21660': {
    kind: 'configuration',
    sentence: 'The sender number belongs to another Twilio account than the one connected here.',
    nextStep: 'Connect the Twilio account (or subaccount) that owns the number.',
  },

  // The text itself
  '21602': {
    kind: 'configuration',
    sentence: 'The text is empty.',
    nextStep: 'Write a message for this number.',
  },
  '21617': {
    kind: 'configuration',
    sentence: 'The text is longer than the 1,600 characters that Twilio takes.',
    nextStep: 'Shorten the message.',
  },

  // The account
  '20003': {
    kind: 'credentials',
    sentence: 'Twilio does not accept the account SID and auth token.',
    nextStep: 'Copy both again from the Twilio console, and check that the account is active.',
  },
  '20005': {
    kind: 'credentials',
    sentence: 'The Twilio account is not active.',
    nextStep: 'Look in the Twilio console what Twilio asks for.',
  },
  '30002': {
    kind: 'balance',
    sentence: 'Your Twilio account is suspended, usually because its balance ran out.',
    nextStep: 'Add money in the Twilio console and switch on auto-recharge.',
  },
  '20404': {
    kind: 'configuration',
    sentence: 'Twilio does not know what we asked for under this account.',
    nextStep: 'Check the account SID, and the API address if one is set.',
  },

  // Too much at once
  '20429': {
    kind: 'rate',
    sentence: 'Twilio takes no more requests just now and did not process this one.',
    nextStep: 'Nothing: it is tried again by itself.',
  },
  '21611': {
    kind: 'rate',
    sentence: 'The queue of texts waiting on your number is full at Twilio.',
    nextStep: 'Nothing: it is tried again by itself. If it happens often, spread the texts over more numbers.',
  },
  '30001': {
    kind: 'rate',
    sentence: 'The text waited too long in a full queue at Twilio and was dropped.',
    nextStep: 'If it happens often, spread the texts over more numbers.',
  },
}

/** The failure for one of Twilio's error numbers; `said` is Twilio's own sentence for numbers that we don't know. */
export function twilioFailure(code: string | null, said: string | null): CarrierFailure {
  return knownOrOther(TWILIO_ERRORS, 'Twilio', code, said)
}

export function readTwilioRefusal(refusal: Refusal): CarrierFailure {
  const body = jsonOf(refusal.body) as { code?: unknown; message?: unknown } | null
  const code = typeof body?.code === 'number' || typeof body?.code === 'string' ? String(body.code) : null
  if (code === null && refusal.status === 401) return twilioFailure('20003', null)
  if (code === null && refusal.status === 429) return twilioFailure('20429', null)
  if (code === null && refusal.status === 404) return twilioFailure('20404', null)
  return twilioFailure(code, typeof body?.message === 'string' ? body.message : `HTTP ${refusal.status}`)
}
