import { formatNational, whyUntextable } from './phone.ts'
import type { LineType, NumberMode } from './words.ts'

/** A call whose ringing is over, as the decision sees it. */
export type DecidedCall = {
  /** As the carrier sent it: E.164, or 'anonymous' and its kin. */
  from: string
  answered: boolean
  /** From the first word of the call to the hang-up, in seconds, not rounded. */
  ringSeconds: number
  stirVerstat: string | null
  /** When the ringing ended, by the carrier's clock where it has one. */
  endedAt: Date
}

/** Everything else that the decision depends on, loaded in one go; nothing in here is looked up later. */
export type TextBackFacts = {
  numberEnabled: boolean
  mode: NumberMode
  minRingSeconds: number
  textBackEnabled: boolean
  forgedCallerId: 'skip' | 'send'
  cooldownMinutes: number
  /** The account's country first, then those it also texts. */
  countries: string[]
  /** Our own numbers and the phones that we forward to. */
  ownPhone: 'number' | 'target' | null
  excluded: boolean
  blocked: boolean
  optedOutAt: Date | null
  lineType: { type: LineType; source: string; at: Date } | null
  lastTextBackAt: Date | null
  /** Texts to this contact in the last hour, and the most often repeated text from them in the last hour. */
  textsLastHour: number
  sameInboundLastHour: number
  textsToday: number
  dailyCap: number
  lateAfterMinutes: number
}

export type CheckName =
  | 'number_on'
  | 'text_back_on'
  | 'missed'
  | 'ring_guard'
  | 'caller_textable'
  | 'own_phone'
  | 'excluded'
  | 'opted_out'
  | 'landline'
  | 'spam'
  | 'cooldown'
  | 'loop'
  | 'daily_cap'
  | 'late'

export type Check = {
  name: CheckName
  passed: boolean
  facts: Record<string, string | number | boolean | null>
  sentence: string
}

export type SkipReason =
  | 'number_off'
  | 'text_back_off'
  | 'answered'
  | 'too_short'
  | 'anonymous'
  | 'invalid'
  | 'short_code'
  | 'toll_free'
  | 'premium'
  | 'foreign'
  | 'own_phone'
  | 'excluded'
  | 'opted_out'
  | 'landline'
  | 'blocked'
  | 'spam'
  | 'cooldown'
  | 'loop'
  | 'daily_cap'
  | 'late'

export type Decision = { action: 'send' | 'skip'; reason: 'missed_call' | SkipReason; checks: Check[] }

/** A landline stays one for this long; numbers get ported, so it is asked again after. */
export const LANDLINE_DAYS = 180

/** Two machines that text each other: this many same texts from them in an hour, or texts from us, and we fall silent. */
export const SAME_TEXTS_AN_HOUR = 3
export const TEXTS_AN_HOUR = 10

const MINUTE = 60_000
const DAY = 86_400_000

const UNTEXTABLE_SENTENCE = {
  anonymous: 'The caller withheld their number, so there is nowhere to send a text.',
  invalid: 'The caller id is not a phone number that exists.',
  short_code: 'The caller is a short code, which is a machine.',
  toll_free: 'The caller is a toll-free number, which belongs to a company.',
  premium: 'The caller is a premium number: a text to it costs extra.',
  foreign: 'The caller is in a country that this account does not text.',
} as const

/**
 * Whether a finished call is texted back, with every check, its facts and its sentence. Pure: the same call, facts and
 * time give the same decision. All checks are made, so that "Why?" shows the whole picture; the first that fails is the reason.
 */
export function decideTextBack(call: DecidedCall, facts: TextBackFacts, now: Date): Decision {
  const untextable = whyUntextable(call.from, facts.countries)
  const ring = Math.floor(call.ringSeconds * 10) / 10
  const guards = facts.mode === 'cfna'
  const landlineDays = facts.lineType ? Math.floor((now.getTime() - facts.lineType.at.getTime()) / DAY) : null
  const isLandline = facts.lineType?.type === 'landline' && landlineDays! < LANDLINE_DAYS
  const stirFailed = call.stirVerstat?.startsWith('TN-Validation-Failed') ?? false
  const cooldownLeft = facts.lastTextBackAt
    ? // Of two calls at the same instant, the one that waited for the other has the earlier "now".
      facts.cooldownMinutes - Math.max(0, now.getTime() - facts.lastTextBackAt.getTime()) / MINUTE
    : 0
  const looping = facts.sameInboundLastHour >= SAME_TEXTS_AN_HOUR || facts.textsLastHour >= TEXTS_AN_HOUR
  const minutesLate = Math.floor((now.getTime() - call.endedAt.getTime()) / MINUTE)

  const results: (Check & { reason: SkipReason })[] = [
    check('number_on', 'number_off', facts.numberEnabled, {}, 'This number is on.', 'This number is switched off.'),
    check(
      'text_back_on',
      'text_back_off',
      facts.textBackEnabled,
      {},
      'Text-back is on for this number.',
      'Text-back is off for this number.',
    ),
    check('missed', 'answered', !call.answered, {}, 'Nobody picked up.', 'Somebody picked up, so no text is needed.'),
    check(
      'ring_guard',
      'too_short',
      !guards || call.ringSeconds >= facts.minRingSeconds,
      { ringSeconds: ring, minRingSeconds: guards ? facts.minRingSeconds : null },
      guards
        ? `It rang ${ring} s, at least the ${facts.minRingSeconds} s that a real call lasts.`
        : `It rang ${ring} s; lines that we ring ourselves have no minimum.`,
      `It rang only ${ring} s; calls under ${facts.minRingSeconds} s are taken for noise.`,
    ),
    check(
      'caller_textable',
      untextable ?? 'invalid',
      untextable === null,
      { countries: facts.countries.join(' ') },
      'The caller has a number that can be texted.',
      untextable ? UNTEXTABLE_SENTENCE[untextable] : '',
    ),
    check(
      'own_phone',
      'own_phone',
      facts.ownPhone === null,
      { ownPhone: facts.ownPhone },
      'The caller is not one of your own phones.',
      facts.ownPhone === 'target'
        ? 'The caller is a phone that your calls are forwarded to.'
        : 'The caller is one of your own numbers.',
    ),
    check(
      'excluded',
      'excluded',
      !facts.excluded,
      {},
      'The caller is not on your exclusion list.',
      'The caller is on your exclusion list.',
    ),
    check(
      'opted_out',
      'opted_out',
      facts.optedOutAt === null,
      { optedOutAt: facts.optedOutAt?.toISOString() ?? null },
      'The caller has not opted out of texts.',
      `The caller opted out of texts${facts.optedOutAt ? `, ${daysAgo(Math.floor((now.getTime() - facts.optedOutAt.getTime()) / DAY))}` : ''}.`,
    ),
    check(
      'landline',
      'landline',
      !isLandline,
      {
        lineType: facts.lineType?.type ?? null,
        source: facts.lineType?.source ?? null,
        daysAgo: landlineDays,
      },
      'The number is not known to be a landline.',
      `The number is a landline (${facts.lineType?.source}), learned ${daysAgo(landlineDays ?? 0)}.`,
    ),
    check(
      'spam',
      facts.blocked ? 'blocked' : 'spam',
      !facts.blocked && !(stirFailed && facts.forgedCallerId === 'skip'),
      { stirVerstat: call.stirVerstat, blocked: facts.blocked, forgedCallerId: facts.forgedCallerId },
      stirFailed
        ? 'The caller id looks forged, but this number texts such callers.'
        : 'Nothing says that this is spam.',
      facts.blocked
        ? 'The caller is on your block list.'
        : 'The carrier could not vouch for the caller id; it looks forged.',
    ),
    check(
      'cooldown',
      'cooldown',
      cooldownLeft <= 0,
      {
        cooldownMinutes: facts.cooldownMinutes,
        lastTextBackAt: facts.lastTextBackAt?.toISOString() ?? null,
      },
      facts.cooldownMinutes === 0
        ? 'Every missed call gets its text; no cooldown is set.'
        : 'No text-back to this caller within the cooldown.',
      `The caller was texted back less than ${facts.cooldownMinutes} min ago.`,
    ),
    check(
      'loop',
      'loop',
      !looping,
      { sameInboundLastHour: facts.sameInboundLastHour, textsLastHour: facts.textsLastHour },
      'This does not look like two machines answering each other.',
      facts.sameInboundLastHour >= SAME_TEXTS_AN_HOUR
        ? `The same text came from them ${facts.sameInboundLastHour} times in an hour: probably a machine.`
        : `They already got ${facts.textsLastHour} texts in the last hour.`,
    ),
    check(
      'daily_cap',
      'daily_cap',
      facts.textsToday < facts.dailyCap,
      { textsToday: facts.textsToday, dailyCap: facts.dailyCap },
      `${facts.textsToday} of ${facts.dailyCap} texts used today.`,
      facts.dailyCap === 0
        ? 'This account sends no texts: its daily cap is 0.'
        : `All ${facts.dailyCap} texts of today are used.`,
    ),
    check(
      'late',
      'late',
      minutesLate < facts.lateAfterMinutes,
      { minutesLate, lateAfterMinutes: facts.lateAfterMinutes },
      minutesLate < 1 ? 'The call has just ended.' : `The call ended ${minutesLate} min ago.`,
      `We learned of the call ${minutesLate} min after it ended; a text after ${facts.lateAfterMinutes} min does more harm than good.`,
    ),
  ]
  const failed = results.find((result) => !result.passed)
  const checks = results.map(({ reason: _, ...rest }) => rest)
  return failed ? { action: 'skip', reason: failed.reason, checks } : { action: 'send', reason: 'missed_call', checks }
}

function check(
  name: CheckName,
  reason: SkipReason,
  passed: boolean,
  facts: Check['facts'],
  yes: string,
  no: string,
): Check & { reason: SkipReason } {
  return { name, reason, passed, facts, sentence: passed ? yes : no }
}

function daysAgo(days: number): string {
  if (days === 0) return 'today'
  return days === 1 ? 'yesterday' : `${days} days ago`
}

/** The decision as one line: "Not texted: landline." for lists and the terminal. */
export function decisionLine(decision: Decision, from: string): string {
  if (decision.action === 'send') return `Texted ${formatNational(from)}: a missed call, and nothing spoke against it.`
  const failed = decision.checks.find((c) => !c.passed)
  return `Not texted: ${failed?.sentence ?? decision.reason}`
}

/** Whether the missed call is worth a lead: any caller, unless somebody answered or we know them for our own or a pest. */
export function deservesLead(decision: Decision): boolean {
  return decision.checks.every((c) => {
    if (c.passed) return true
    if (c.name === 'spam') return !c.facts.blocked
    return !['number_on', 'missed', 'own_phone', 'excluded'].includes(c.name)
  })
}
