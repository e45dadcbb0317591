import { type Check, check, type Reasoned } from './check.ts'
import { ACCOUNT_CLOSING } from './closing.ts'
import { type MessageCheckName, type MessageFacts, type MessageReason, mayMessage } from './mayMessage.ts'
import { MINUTE } from './time.ts'
import type { NumberMode } from './words.ts'

/** A call whose ringing is over, as the decision sees it. */
export type DecidedCall = {
  /** As the carrier sent it: E.164, or a word like 'anonymous'. */
  from: string
  answered: boolean
  /** From the first event of the call to the hang-up, in seconds, not rounded. */
  ringSeconds: number
  stirVerstat: string | null
  /** When the ringing ended, by the carrier's clock where it has one. */
  endedAt: Date
}

/** All other facts that the decision needs, loaded at once. */
export type TextBackFacts = Omit<MessageFacts, 'to' | 'answersEventAt'> & {
  numberEnabled: boolean
  mode: NumberMode
  minRingSeconds: number
  textBackEnabled: boolean
  forgedCallerId: 'skip' | 'send'
  cooldownMinutes: number
  excluded: boolean
  blocked: boolean
  lastTextBackAt: Date | null
}

/** `number_deleted`: the number was deleted during the call, so only the caller can be checked. */
type CallCheckName =
  | 'number_deleted'
  | 'number_on'
  | 'text_back_on'
  | 'missed'
  | 'ring_guard'
  | 'excluded'
  | 'spam'
  | 'cooldown'
type CallReason =
  | 'account_closing'
  | 'number_deleted'
  | 'number_off'
  | 'text_back_off'
  | 'answered'
  | 'too_short'
  | 'excluded'
  | 'blocked'
  | 'spam'
  | 'cooldown'

export type CheckName = CallCheckName | MessageCheckName
export type SkipReason = CallReason | MessageReason

export type Decision = { action: 'send' | 'skip'; reason: 'missed_call' | SkipReason; checks: Check<CheckName>[] }

/** The order in which a person reads them: the number, the call, the caller, then what it would cost. */
const ORDER: CheckName[] = [
  'number_on',
  'text_back_on',
  'missed',
  'ring_guard',
  'caller_textable',
  'own_phone',
  'excluded',
  'opted_out',
  'landline',
  'spam',
  'cooldown',
  'loop',
  'daily_cap',
  'late',
]

/**
 * Whether a finished call is texted back, with every check, its facts and its sentence. Pure: the same call, facts and
 * time give the same decision. All checks are made, so that "Why?" can show them; the first that fails is the reason.
 * Checks of the call are here; checks of every message are in mayMessage.ts.
 */
export function decideTextBack(call: DecidedCall, facts: TextBackFacts, now: Date): Decision {
  const message = { ...facts, to: call.from, answersEventAt: call.endedAt }
  const all: Reasoned<CheckName, SkipReason>[] = [
    ...checksOfCall(call, facts, now),
    ...mayMessage('text_back', message, now),
  ]
  const results = all.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
  const failed = results.find((result) => !result.passed)
  const checks = results.map(({ reason: _, ...rest }) => rest)
  return failed ? { action: 'skip', reason: failed.reason, checks } : { action: 'send', reason: 'missed_call', checks }
}

/**
 * The decision about a call whose number was deleted before it was decided. There is no number to text from. It makes a
 * lead unless somebody answered, or the caller is one of our own, excluded or blocked.
 */
export function decideWithoutNumber(
  { from, answered }: Pick<DecidedCall, 'from' | 'answered'>,
  { excluded, blocked, ownPhone }: Pick<TextBackFacts, 'excluded' | 'blocked' | 'ownPhone'>,
): Decision {
  const who: Check<CheckName>[] = [
    { name: 'excluded', passed: !excluded, facts: {}, sentence: excludedSentence(excluded) },
    {
      name: 'spam',
      passed: !blocked,
      facts: { blocked },
      sentence: blocked ? BLOCKED : 'Nothing says that this is spam.',
    },
    {
      name: 'own_phone',
      passed: ownPhone === null,
      facts: { ownPhone, from },
      sentence: ownPhone ? 'The caller is one of your own phones.' : 'The caller is not one of your own phones.',
    },
  ]
  const first: Check<CheckName> = answered
    ? { name: 'missed', passed: false, facts: {}, sentence: 'Somebody answered.' }
    : {
        name: 'number_deleted',
        passed: false,
        facts: {},
        sentence: 'The number was deleted before the call was decided.',
      }
  return { action: 'skip', reason: answered ? 'answered' : 'number_deleted', checks: [first, ...who] }
}

const excludedSentence = (excluded: boolean) =>
  excluded ? 'The caller is on your exclusion list.' : 'The caller is not on your exclusion list.'

const BLOCKED = 'The caller is on your block list.'

function checksOfCall(call: DecidedCall, facts: TextBackFacts, now: Date): Reasoned<CallCheckName, CallReason>[] {
  const ring = Math.floor(call.ringSeconds * 10) / 10
  const guards = facts.mode === 'cfna'
  const forged = call.stirVerstat?.startsWith('TN-Validation-Failed') ?? false
  const cooldownLeft = facts.lastTextBackAt
    ? // Of two calls at the same instant, the one that waited for the other has the earlier `now`.
      facts.cooldownMinutes - Math.max(0, now.getTime() - facts.lastTextBackAt.getTime()) / MINUTE
    : 0
  return [
    check('number_on', 'number_off', facts.numberEnabled, {}, 'This number is on.', 'This number is switched off.'),
    check(
      'text_back_on',
      facts.accountClosing ? 'account_closing' : 'text_back_off',
      facts.textBackEnabled && !facts.accountClosing,
      {},
      'Text-back is on for this number.',
      facts.accountClosing ? ACCOUNT_CLOSING.sentence : 'Text-back is off for this number.',
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
    check('excluded', 'excluded', !facts.excluded, {}, excludedSentence(false), excludedSentence(true)),
    check(
      'spam',
      facts.blocked ? 'blocked' : 'spam',
      !facts.blocked && !(forged && facts.forgedCallerId === 'skip'),
      { stirVerstat: call.stirVerstat, blocked: facts.blocked, forgedCallerId: facts.forgedCallerId },
      forged ? 'The caller id looks forged, but this number texts such callers.' : 'Nothing says that this is spam.',
      facts.blocked ? BLOCKED : 'The carrier could not vouch for the caller id; it looks forged.',
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
  ]
}

/** A missed call makes a lead, except from our own phones, excluded or blocked callers, or when the number is off. */
export function deservesLead(decision: Decision): boolean {
  return decision.checks.every((c) => {
    if (c.passed) return true
    if (c.name === 'spam') return !c.facts.blocked
    return !['number_on', 'missed', 'own_phone', 'excluded'].includes(c.name)
  })
}
