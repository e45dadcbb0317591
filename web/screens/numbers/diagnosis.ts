import type { Call } from '../../types/calls.ts'
import type { Carrier } from '../../types/carriers.ts'
import type { Message } from '../../types/messages.ts'
import type { Line } from '../../types/numbers.ts'
import type { NumberTab } from './search.ts'

/** Where to fix it. */
export type MendAt =
  | { tab: NumberTab }
  | { to: '/settings/business' | '/settings/opt-outs' | '/settings/lists' }
  | { conversation: string }

/** Why the test does not continue, and what to do about it. */
export type Finding = { cause: string; mend: string; at?: MendAt; tone?: 'trouble' | 'patience' }

export type Seen = {
  line: Line
  /** 'generic' for a phone system. */
  carrierKind: Carrier['kind'] | undefined
  call: Call | null
  message: Message | null
  /** The person's answer, for a number that gets forwarded calls: whether their own phone rang first. */
  rangFirst: boolean | null
  /** Seconds without progress. */
  waited: number
}

/** How long each step may take before its absence means something. */
export const PATIENCE_SECONDS = { call: 60, decision: 15, sending: 20, delivery: 45 }

/** A person needs longer than this to pick up: a faster answer was a machine. */
const HUMAN_SECONDS = 3

/** What went wrong, as far as it can be known; null while all is in progress or well. */
export function diagnose(seen: Seen): Finding | null {
  const { line, call, message, rangFirst } = seen
  if (!call) return seen.waited >= PATIENCE_SECONDS.call ? nothingArrived(seen) : null
  if (rangFirst === false)
    return {
      cause: 'Your line sends every call here at once: it is forwarded unconditionally.',
      mend: 'Turn that off from your line (##21# on GSM mobiles, *73 on most others), then dial the no-answer code under Calls, and test again.',
      at: { tab: 'calls' },
    }
  if (!call.decision) {
    if (!call.endedAt || seen.waited < PATIENCE_SECONDS.decision) return null
    return {
      cause: 'The call is over, but the carrier has not said yet whether somebody picked up.',
      mend: 'We ask the carrier again by ourselves, later each time. Its connection is under Setup.',
      at: { tab: 'setup' },
      tone: 'patience',
    }
  }
  if (call.decision.action === 'skip') return skipped(line, call)
  return message ? textTrouble(seen, message) : null
}

function nothingArrived({ line, carrierKind }: Seen): Finding {
  const trouble = line.configured?.steps.find((step) => step.trouble)?.trouble
  if (trouble)
    return {
      cause: `This number is not set up at its carrier: ${trouble.sentence}`,
      mend: trouble.nextStep,
      at: { tab: 'setup' },
    }
  if (!line.configured)
    return {
      cause: 'This number’s calls are not pointed here yet.',
      mend: 'Its setup is still under way. When it stays so, set it again under Setup.',
      at: { tab: 'setup' },
    }
  if (carrierKind === 'generic')
    return {
      cause: 'Your phone system has reported no call of this number.',
      mend: 'It posts a call when the call is over. See that its hook has the address, the secret and this number, and what it got for an answer.',
      at: { tab: 'setup' },
    }
  if (line.mode === 'cfna')
    return {
      cause: 'No call has come from your line: the forwarding is not on, or your phone’s voicemail picks up before it.',
      mend: 'Dial the code under Calls again from your line, listen for the confirmation, and let it ring to the end.',
      at: { tab: 'calls' },
    }
  return {
    cause: 'No call has reached us.',
    mend: 'Check that you called this number. If you did, set it again under Setup: something else may have changed it at the carrier.',
    at: { tab: 'setup' },
  }
}

function skipped(line: Line, call: Call): Finding {
  const { reason, checks } = call.decision!
  const cause = checks.find(({ passed }) => !passed)?.sentence ?? 'Nothing was sent.'
  const rang = call.ringSeconds ?? 0
  switch (reason) {
    case 'answered':
      return answered(line, rang)
    case 'too_short':
      return { cause, mend: 'Let it ring longer, or lower the shortest ring under Calls.', at: { tab: 'calls' } }
    case 'text_back_off':
      return { cause, mend: 'Switch it on under Text-back, and test again.', at: { tab: 'text-back' } }
    case 'account_closing':
      return { cause, mend: 'An owner can keep the business, under Business.', at: { to: '/settings/business' } }
    case 'number_off':
      return { cause, mend: 'Take it into use again under Setup.', at: { tab: 'setup' } }
    case 'own_phone':
      return { cause, mend: 'Those never get a text. Call from another phone, a friend’s or a private one.' }
    case 'opted_out':
      return {
        cause,
        mend: 'Text START from that phone to this number, or lift it under Opt-outs.',
        at: { to: '/settings/opt-outs' },
      }
    case 'excluded':
    case 'blocked':
      return { cause, mend: 'Take it off the list, or call from another phone.', at: { to: '/settings/lists' } }
    case 'landline':
      return { cause, mend: 'A landline cannot be texted. Call from a mobile.' }
    case 'anonymous':
      return { cause, mend: 'Show your number when you call (dial *82 before it in the US), or use another phone.' }
    case 'foreign':
      return {
        cause,
        mend: 'Add that country under Business, or call from a phone at home.',
        at: { to: '/settings/business' },
      }
    case 'invalid':
    case 'short_code':
    case 'toll_free':
    case 'premium':
    case 'special':
      return { cause, mend: 'Call from an ordinary mobile.' }
    case 'spam':
      return {
        cause,
        mend: 'Call from another phone, or text such callers all the same under Limits.',
        at: { tab: 'limits' },
      }
    case 'cooldown':
      return { cause, mend: 'Call from another phone, or shorten the cooldown under Limits.', at: { tab: 'limits' } }
    case 'loop':
      return { cause, mend: 'That guards against two machines. Wait an hour, or call from another phone.' }
    case 'daily_cap':
      return { cause, mend: 'Raise the daily cap under Business, or test tomorrow.', at: { to: '/settings/business' } }
    case 'late':
      return {
        cause,
        mend: 'The carrier told us late. When it happens again, check that this server is reachable all the time, and its clock.',
      }
    default:
      return { cause, mend: 'See every check below.' }
  }
}

function answered(line: Line, rang: number): Finding {
  const seconds = `${Math.round(rang)} s`
  if (rang <= HUMAN_SECONDS)
    return {
      cause: `The call was picked up after ${seconds}, which is no person: a voicemail or a menu.`,
      mend:
        line.mode === 'forward'
          ? 'The phone that rings is off, or sends its calls on at once. Switch it on, take its own forwarding off (##21#), and test again.'
          : 'Forward only unanswered calls to this number, and see that no menu takes them before.',
      at: { tab: 'calls' },
    }
  if (line.mode === 'forward' && line.ringSeconds > 20 && rang >= 15)
    return {
      cause: `The call was picked up after ${seconds}. If it was not you, it was your phone’s voicemail.`,
      mend: 'Let it ring 15 to 20 seconds only, so that we hang up before the voicemail.',
      at: { tab: 'calls' },
    }
  return {
    cause: `Somebody picked up after ${seconds}, so no text is needed.`,
    mend: 'Right so. Call again and let it ring to the end. If nobody picked up, it was a voicemail: ring for fewer seconds.',
    at: { tab: 'calls' },
  }
}

function textTrouble({ waited }: Seen, message: Message): Finding | null {
  const { status, trouble, reason } = message
  if (status === 'failed' || status === 'undelivered' || status === 'refused')
    return {
      cause: trouble?.sentence ?? reason ?? 'The carrier did not deliver the text.',
      mend: trouble?.nextStep ?? 'Test again with another phone.',
      at: { conversation: message.conversationId },
    }
  if (status === 'unknown')
    return {
      cause: trouble?.sentence ?? 'The carrier may or may not have taken the text: its answer was lost.',
      mend: trouble?.nextStep ?? 'We are asking it. Nothing is sent twice meanwhile.',
      at: { conversation: message.conversationId },
      tone: 'patience',
    }
  if ((status === 'queued' || status === 'sending') && waited >= PATIENCE_SECONDS.sending)
    return {
      cause: 'The text waits to leave: other texts of this number are before it, or the carrier cannot be reached.',
      mend: 'It leaves by itself. The pace is under Limits.',
      at: { tab: 'limits' },
      tone: 'patience',
    }
  if ((status === 'accepted' || status === 'sent') && waited >= PATIENCE_SECONDS.delivery)
    return {
      cause: 'The carrier has the text, but has not said that it arrived.',
      mend: 'Look on the phone: some networks never confirm. If nothing is there, the phone is off, or the number is not registered for texting (A2P 10DLC) at the carrier.',
      tone: 'patience',
    }
  return null
}
