import { check, daysAgo, type Reasoned } from './check.ts'
import { ACCOUNT_CLOSING } from './closing.ts'
import { isFixedLine, type Untextable, whyUntextable } from './phone.ts'
import { before, DAY, MINUTE } from './time.ts'
import type { Failure, LineType } from './words.ts'

/**
 * What a message is for; this file alone decides for every sender whether it may be sent. `text_back` is Textback's
 * answer to a missed call, `reply` what a person or their program wrote, `confirmation` our answer to STOP, START or
 * HELP.
 */
export type Purpose = 'text_back' | 'reply' | 'confirmation'

/** All facts that the rules need; the rules look nothing up. */
export type MessageFacts = {
  to: string
  /** The account's country first, then those it also texts. */
  countries: string[]
  /** `number`: one of our own numbers. `target`: a phone that our numbers ring. */
  ownPhone: 'number' | 'target' | null
  optedOutAt: Date | null
  lineType: { type: LineType; source: string; at: Date } | null
  /** Automatic texts to this person in the last hour, and how often they sent us the same text. */
  textsLastHour: number
  sameInboundLastHour: number
  /** What this message needs. Caps are in segments, because carriers charge for them. */
  segments: number
  segmentsToday: number
  dailyCap: number
  /** What the recipient got in the last hour and in the last 24 h, other than confirmations. */
  segmentsToThem: { lastHour: number; lastDay: number }
  recipientHourlyCap: number
  recipientDailyCap: number
  /** When the event that the message answers happened: the end of the missed call. */
  answersEventAt: Date
  lateAfterMinutes: number
  /** The account waits for its erasure and sends nothing. */
  accountClosing: boolean
}

export type MessageCheckName =
  | 'account_open'
  | 'caller_textable'
  | 'own_phone'
  | 'opted_out'
  | 'landline'
  | 'loop'
  | 'recipient_cap'
  | 'daily_cap'
  | 'late'

export type MessageReason =
  | Untextable
  | 'account_closing'
  | Exclude<MessageCheckName, 'caller_textable' | 'account_open'>

type MessageCheck = Reasoned<MessageCheckName, MessageReason>
type Rule = (facts: MessageFacts, now: Date) => MessageCheck

/** How long a number counts as a landline. Numbers get ported, so after that it is tried again. */
export const LANDLINE_DAYS = 180

/** Limits against two machines that text each other: equal texts from them, and texts from us, in an hour. */
export const SAME_TEXTS_AN_HOUR = 3
export const TEXTS_AN_HOUR = 10
/** The most answers to STOP, START and HELP in an hour: the other side may be a machine, and each answer costs us. */
export const CONFIRMATIONS_AN_HOUR = 2

/**
 * The rules for each purpose when a message is queued. A person may text a phone that a carrier once called a landline,
 * and their own forwarding phone; they read the conversation, so there is no loop to break. For a text-back the check
 * `text_back_on` covers an account that is being closed.
 */
const RULES: Record<Exclude<Purpose, 'confirmation'>, MessageCheckName[]> = {
  text_back: ['caller_textable', 'own_phone', 'opted_out', 'landline', 'loop', 'daily_cap', 'late'],
  reply: ['account_open', 'caller_textable', 'opted_out', 'recipient_cap', 'daily_cap'],
}

/** Every check for the purpose, passed or not, in the order of `RULES`; the first that fails is the reason. */
export function mayMessage(purpose: keyof typeof RULES, facts: MessageFacts, now: Date): MessageCheck[] {
  return RULES[purpose].map((name) => RULE[name](facts, now))
}

/** Whether one more confirmation may be sent. The law requires it, so only a loop stops it. */
export function mayConfirm(confirmationsLastHour: number): boolean {
  return confirmationsLastHour < CONFIRMATIONS_AN_HOUR
}

/** Why a message may not leave, checked again just before it is sent; null when it may. */
export function whyNotLeave(
  purpose: Purpose,
  facts: Pick<MessageFacts, 'optedOutAt' | 'answersEventAt' | 'lateAfterMinutes' | 'accountClosing'>,
  now: Date,
): Failure | null {
  if (facts.accountClosing) {
    const { reason: code, sentence, nextStep } = ACCOUNT_CLOSING
    return { code, sentence, nextStep }
  }
  if (facts.optedOutAt && purpose !== 'confirmation') return OPTED_OUT_BEFORE_IT_LEFT
  const late = facts.answersEventAt < before(now, facts.lateAfterMinutes * MINUTE)
  if (purpose === 'text_back' && late)
    return {
      code: 'late',
      sentence: `It could not leave within ${facts.lateAfterMinutes} minutes of the call, and a later text does more harm than good.`,
      nextStep: 'Call them back, or write to them yourself.',
    }
  return null
}

export const OPTED_OUT_BEFORE_IT_LEFT: Failure = {
  code: 'opted_out',
  sentence: 'The recipient opted out of texts before this one left.',
  nextStep: 'Call them, or wait until they text START.',
}

/** A failed rule in words for the person who wrote the message. */
export function refusalOf(failed: MessageCheck): { reason: string; sentence: string; nextStep: string } {
  if (failed.name === 'account_open') return ACCOUNT_CLOSING
  if (failed.name === 'opted_out')
    return {
      reason: 'opted_out',
      sentence: 'This person opted out of texts.',
      nextStep: 'Call them. They get texts again when they text START.',
    }
  if (failed.name === 'daily_cap')
    return {
      reason: 'daily_cap',
      sentence: failed.sentence,
      nextStep: 'Raise the daily cap in the settings, or wait until tomorrow.',
    }
  if (failed.name === 'recipient_cap')
    return { reason: 'recipient_cap', sentence: failed.sentence, nextStep: 'Wait, or raise the limit in the settings.' }
  return {
    reason: 'untextable',
    sentence: `This phone cannot be texted: ${WHY_UNTEXTABLE[failed.reason as Untextable] ?? failed.reason}.`,
    nextStep: 'Call them, or use another phone of theirs.',
  }
}

const WHY_UNTEXTABLE: Record<Untextable, string> = {
  anonymous: 'anonymous',
  invalid: 'invalid',
  short_code: 'short code',
  toll_free: 'toll free',
  premium: 'premium',
  special: 'a pager, a personal number or the like',
  foreign: 'foreign',
}

const UNTEXTABLE_SENTENCE: Record<Untextable, string> = {
  anonymous: 'The caller withheld their number, so there is nowhere to send a text.',
  invalid: 'The caller id is not a phone number that exists.',
  short_code: 'The caller is a short code, which is a machine.',
  toll_free: 'The caller is a toll-free number, which belongs to a company.',
  premium: 'The caller is a premium number: a text to it costs extra.',
  special: 'The caller is a pager, a personal or a company-wide number, which takes no texts or costs extra.',
  foreign: 'The caller is in a country that this account does not text.',
}

const RULE: Record<MessageCheckName, Rule> = {
  account_open: ({ accountClosing }) =>
    check('account_open', 'account_closing', !accountClosing, {}, 'The business is open.', ACCOUNT_CLOSING.sentence),

  caller_textable({ to, countries }) {
    const untextable = whyUntextable(to, countries)
    return check(
      'caller_textable',
      untextable ?? 'invalid',
      untextable === null,
      { countries: countries.join(' ') },
      'The caller has a number that can be texted.',
      untextable ? UNTEXTABLE_SENTENCE[untextable] : '',
    )
  },

  own_phone: ({ ownPhone }) =>
    check(
      'own_phone',
      'own_phone',
      ownPhone === null,
      { ownPhone },
      'The caller is not one of your own phones.',
      ownPhone === 'target'
        ? 'The caller is a phone that your calls are forwarded to.'
        : 'The caller is one of your own numbers.',
    ),

  opted_out: ({ optedOutAt }, now) =>
    check(
      'opted_out',
      'opted_out',
      optedOutAt === null,
      { optedOutAt: optedOutAt?.toISOString() ?? null },
      'The caller has not opted out of texts.',
      `The caller opted out of texts${optedOutAt ? `, ${daysAgo(wholeDays(optedOutAt, now))}` : ''}.`,
    ),

  landline({ to, lineType }, now) {
    const learned = lineType ? wholeDays(lineType.at, now) : null
    const known = lineType && learned! < LANDLINE_DAYS ? lineType.type : null
    const planned = known === null && isFixedLine(to)
    return check(
      'landline',
      'landline',
      planned ? false : known === null || TEXTED_LINES.includes(known),
      { lineType: lineType?.type ?? null, source: lineType?.source ?? null, daysAgo: learned },
      'The number is not known to be a landline.',
      planned
        ? 'The number is a landline, as its country numbers them.'
        : `The number is ${LINE_WORDS[known ?? 'landline'] ?? 'no mobile'} (${lineType?.source}), learned ${daysAgo(learned ?? 0)}.`,
    )
  },

  loop: ({ sameInboundLastHour, textsLastHour }) =>
    check(
      'loop',
      'loop',
      sameInboundLastHour < SAME_TEXTS_AN_HOUR && textsLastHour < TEXTS_AN_HOUR,
      { sameInboundLastHour, textsLastHour },
      'This does not look like two machines answering each other.',
      sameInboundLastHour >= SAME_TEXTS_AN_HOUR
        ? `The same text came from them ${sameInboundLastHour} times in an hour: probably a machine.`
        : `They already got ${textsLastHour} texts in the last hour.`,
    ),

  recipient_cap({ segments, segmentsToThem: { lastHour, lastDay }, recipientHourlyCap, recipientDailyCap }) {
    const hourIsFull = lastHour + segments > recipientHourlyCap
    return check(
      'recipient_cap',
      'recipient_cap',
      !hourIsFull && lastDay + segments <= recipientDailyCap,
      { segments, lastHour, recipientHourlyCap, lastDay, recipientDailyCap },
      `They got ${lastHour} of ${recipientHourlyCap} segments within an hour.`,
      hourIsFull
        ? `This person got ${lastHour} of ${recipientHourlyCap} segments within an hour, and this text needs ${segments}.`
        : `This person got ${lastDay} of ${recipientDailyCap} segments within a day, and this text needs ${segments}.`,
    )
  },

  daily_cap: ({ segments, segmentsToday, dailyCap }) =>
    check(
      'daily_cap',
      'daily_cap',
      segmentsToday + segments <= dailyCap,
      { segmentsToday, segments, dailyCap },
      `${segmentsToday} of ${dailyCap} segments used today.`,
      noRoomToday(segments, segmentsToday, dailyCap),
    ),

  late({ answersEventAt, lateAfterMinutes }, now) {
    const minutesLate = Math.floor((now.getTime() - answersEventAt.getTime()) / MINUTE)
    return check(
      'late',
      'late',
      minutesLate < lateAfterMinutes,
      { minutesLate, lateAfterMinutes },
      minutesLate < 1 ? 'The call has just ended.' : `The call ended ${minutesLate} min ago.`,
      `We learned of the call ${minutesLate} min after it ended; a text after ${lateAfterMinutes} min does more harm than good.`,
    )
  },
}

function noRoomToday(segments: number, segmentsToday: number, dailyCap: number): string {
  if (dailyCap === 0) return 'This account sends no texts: its daily cap is 0.'
  if (segmentsToday >= dailyCap) return `All ${dailyCap} segments of today are used.`
  return `${segmentsToday} of ${dailyCap} segments of today are used, and this text needs ${segments}.`
}

/**
 * The kinds of lines that are texted by themselves, once a carrier has named the kind: those that it may deliver to. A
 * line on the internet may take texts; what a carrier cannot tell is tried.
 */
const TEXTED_LINES: LineType[] = ['mobile', 'voip', 'unknown']

const LINE_WORDS: Partial<Record<LineType, string>> = {
  landline: 'a landline',
  toll_free: 'a toll-free number',
  premium: 'a premium number',
  other: 'a pager, a voicemail box or the like',
}

const wholeDays = (since: Date, now: Date) => Math.floor((now.getTime() - since.getTime()) / DAY)
