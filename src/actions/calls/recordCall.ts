import type { CallPlan, CarrierEvent } from '../carriers/carrier.ts'
import { verdictOn } from '../domain/call.ts'
import { newId } from '../domain/ids.ts'
import { DEFAULT_TEXT_BACK, fillPlaceholders, firstName, measureText } from '../domain/message.ts'
import { isOpen } from '../domain/openHours.ts'
import { isWithheld, readPhone } from '../domain/phone.ts'
import { type Decision, decideTextBack, deservesLead } from '../domain/textback.ts'
import { after, before, DAY, MINUTE, SECOND } from '../domain/time.ts'
import type { CarrierKind } from '../domain/words.ts'
import { inBatches } from '../store/batches.ts'
import {
  type CallerFacts,
  type Line,
  loadCallersFacts,
  lockCall,
  lockCallers,
  type NewCall,
  type NotedCall,
  noteCalls,
  noteProgress,
} from '../store/calls.ts'
import { asAccount, type Tx } from '../store/db.ts'
import { type SettledCall, settleCalls } from '../store/endedCalls.ts'
import { addJob } from '../store/jobs.ts'
import { isIdOfAnother } from '../store/strayCalls.ts'
import { textsTodayInTurn } from '../store/textsPerDay.ts'
import type { World } from './world.ts'

/** Which connection brought the news. */
export type Source = { accountId: string; carrier: string; kind: CarrierKind; country: string }

export type CallEvent = Extract<CarrierEvent, { type: `call.${string}` }>

/** Webhooks of one call overtake each other by this much at most, as a rule; then the carrier is asked. */
const HOLD_MS = 2 * SECOND

/** One event, from where. */
type Told = { source: Source; event: CallEvent }

/**
 * Takes in one event of a call and says what the call should do now. When this returns, the call, and whatever its end
 * made necessary, is on disk, in one transaction. Events may repeat and overtake each other; the call is decided once.
 */
export async function recordCall(world: World, source: Source, event: CallEvent): Promise<CallPlan> {
  const { plan, decision } = await recordTogether(world, source.accountId, { source, event })
  if (decision) world.measure.callDecided(decision.action, decision.reason)
  return plan
}

/** Events of different calls that come at the same moment share a transaction. */
const recordTogether = inBatches(
  ({ source, event }: Told) => `${source.carrier} ${event.callId}`,
  (world: World, accountId, told) =>
    asAccount(world.db, accountId, async (tx) => {
      const calls = await noteAll(world, tx, accountId, told)
      const over: { call: NotedCall; answered: boolean }[] = []
      for (const [i, call] of calls.entries()) {
        if (!call || call === 'another' || call.decidedAt) continue
        const verdict = verdictOn(call, newsOf(told[i]!.event))
        if (verdict === 'hold')
          await addJob(
            tx,
            'conclude-call',
            { accountId, callId: call.id },
            { runAt: after(world.now(), HOLD_MS), key: `conclude-call ${call.id}` },
          )
        if (verdict === 'missed' || verdict === 'answered') over.push({ call, answered: verdict === 'answered' })
      }
      const decisions = await settleAll(world, tx, accountId, over)
      return calls.map((call, i) => ({
        plan: call === 'another' ? ID_OF_ANOTHER : call ? planAfter(call, told[i]!.event) : planForNone(told[i]!.event),
        decision: (call && call !== 'another' && decisions.get(call)) || null,
      }))
    }),
)

/** Decides a call that is over and whose end could not tell whether somebody answered: the carrier knows. */
export async function concludeCall(world: World, { accountId, callId }: { accountId: string; callId: string }) {
  const held = await asAccount(world.db, accountId, (tx) => lockCall(tx, accountId, callId))
  if (!held || held.decidedAt) return
  const { answered, why } =
    held.answeredAt !== null ? { answered: true, why: null } : await howItEnded(world, accountId, held)
  const decision = await asAccount(world.db, accountId, async (tx) => {
    const call = await lockCall(tx, accountId, callId)
    if (!call || call.decidedAt) return null
    return settle(world, tx, accountId, { ...call, why: call.why ?? why }, answered || call.answeredAt !== null)
  })
  if (decision) world.measure.callDecided(decision.action, decision.reason)
}

/**
 * A carrier that cannot tell is asked again and again, until a text would be too late in any case: then the call counts
 * as missed, so that the lead is there and somebody can call back.
 */
async function howItEnded(
  world: World,
  accountId: string,
  call: NotedCall & { carrier: string; carrierCallId: string },
) {
  try {
    return await askHowItEnded(world, accountId, call)
  } catch (error) {
    const tooLate = after(call.endedAt ?? call.startedAt, call.line.lateAfterMinutes * MINUTE)
    if (!call.endedAt || world.now() < tooLate) throw error
    return { answered: false, why: null }
  }
}

async function askHowItEnded(
  world: World,
  accountId: string,
  call: NotedCall & { carrier: string; carrierCallId: string },
): Promise<{ answered: boolean; why: string | null }> {
  const connection = await world.connections.find(accountId, call.carrier)
  if (!connection) return { answered: false, why: null }
  const found = await world.carriers[connection.kind].findCall(connection, {
    callId: call.carrierCallId,
    legId: call.legId,
  })
  if (found.outcome === 'ended') return found
  // The job is tried again, later each time; a caller who did talk to somebody must not be texted on a guess.
  throw new Error(found.outcome === 'going_on' ? 'The call still goes on.' : `The carrier cannot tell: ${found.why}`)
}

const ID_OF_ANOTHER: CallPlan = { do: 'nothing', idOfAnother: true }

/**
 * The calls as they stand with what was told, in that order; null for those that are none of ours, `another` where the
 * id is that of another call.
 */
async function noteAll(
  world: World,
  tx: Tx,
  accountId: string,
  told: Told[],
): Promise<(NotedCall | 'another' | null)[]> {
  const whole = told.flatMap(({ source, event }) => {
    const call = event.type === 'call.arrived' || event.type === 'call.ended' ? asNewCall(source, event) : null
    return call ?? []
  })
  const noted = whole.length > 0 ? await noteCalls(tx, accountId, whole) : []
  const calls: (NotedCall | 'another' | null)[] = []
  for (const { source, event } of told) {
    if (event.type === 'call.answered')
      calls.push(await noteProgress(tx, accountId, source.carrier, event.callId, { answeredAt: event.at }))
    else if (event.type === 'call.unanswered')
      calls.push(
        await noteProgress(tx, accountId, source.carrier, event.callId, { rangUntil: event.at, why: event.why }),
      )
    else {
      const heard = whole[whole.length - noted.length]!
      const call = noted.shift() ?? (heard.exact && (await isIdOfAnother(tx, accountId, heard)) ? 'another' : null)
      if (call === null) world.log.warn({ accountId, carrier: source.carrier }, 'call to a number that is not set up')
      calls.push(call)
    }
  }
  return calls
}

function asNewCall(source: Source, event: Extract<CallEvent, { type: 'call.arrived' | 'call.ended' }>): NewCall {
  const arrived = event.type === 'call.arrived' ? event : null
  const ended = event.type === 'call.ended' ? event : null
  const from = readPhone(event.from, source.country) ?? event.from
  return {
    id: newId(),
    carrier: source.carrier,
    carrierCallId: event.callId,
    legId: event.legId,
    number: readPhone(event.to, source.country) ?? event.to,
    from: isWithheld(from) ? 'anonymous' : from,
    callerName: arrived?.callerName ?? null,
    forwardedFrom: arrived?.forwardedFrom ?? null,
    stirVerstat: arrived?.stirVerstat ?? null,
    startedAt: ended ? (ended.startedAt ?? after(ended.at, -(ended.durationSeconds ?? 0) * SECOND)) : event.at,
    answeredAt: ended?.answered === true ? (ended.startedAt ?? ended.at) : null,
    endedAt: ended?.at ?? null,
    why: ended?.why ?? null,
    durationSeconds: ended?.durationSeconds ?? null,
    recovered: false,
    // A phone system reports a call when it is over; a carrier tells of it step by step.
    exact: source.kind === 'generic',
  }
}

function newsOf(event: CallEvent) {
  if (event.type === 'call.arrived') return { type: 'arrived' } as const
  if (event.type === 'call.answered') return { type: 'answered' } as const
  if (event.type === 'call.unanswered') return { type: 'unanswered' } as const
  return { type: 'ended', answered: event.answered } as const
}

/** Whoever can be told that the number is not one of the account's is told so. */
function planForNone(event: CallEvent): CallPlan {
  return 'to' in event ? { do: 'nothing', unknownNumber: true } : { do: 'nothing' }
}

/** What the call itself should do now, whatever was decided about the text. */
function planAfter(call: NotedCall, event: CallEvent): CallPlan {
  const { line } = call
  if (event.type === 'call.unanswered' && !call.endedAt && !call.answeredAt)
    return { do: 'goodbye', legId: call.legId, greeting: line.greeting, callId: event.callId }
  // A late repeat of the arrival must not ring again somebody who talks, or who is hearing the goodbye.
  if (event.type !== 'call.arrived' || call.endedAt || call.answeredAt || call.rangUntil) return { do: 'nothing' }
  const target = line.forwardTo[0]
  if (line.mode === 'forward' && target)
    return {
      do: 'ring',
      legId: call.legId,
      target,
      seconds: line.ringSeconds,
      callerId: call.fromPhone === 'anonymous' ? line.number : call.fromPhone,
      callId: event.callId,
    }
  return { do: 'let_ring', greeting: line.greeting, guardSeconds: line.minRingSeconds }
}

/** The call's ringing is over: decide about the text and write everything down that follows from it. */
export async function settle(
  world: World,
  tx: Tx,
  accountId: string,
  call: NotedCall,
  answered: boolean,
): Promise<Decision | null> {
  return (await settleAll(world, tx, accountId, [{ call, answered }])).get(call) ?? null
}

type Over = { call: NotedCall; answered: boolean }

/** The same for several calls. Of one caller's calls the later ones are decided when the first one's text is there. */
async function settleAll(world: World, tx: Tx, accountId: string, over: Over[]): Promise<Map<NotedCall, Decision>> {
  const decisions = new Map<NotedCall, Decision>()
  for (let left = over; left.length > 0; ) {
    const callers = new Set<string>()
    const later: Over[] = []
    const now = left.filter((one) => {
      if (!callers.has(one.call.fromPhone)) return callers.add(one.call.fromPhone)
      later.push(one)
      return false
    })
    await settleOneEach(world, tx, accountId, now, decisions)
    left = later
  }
  return decisions
}

async function settleOneEach(
  world: World,
  tx: Tx,
  accountId: string,
  over: Over[],
  decisions: Map<NotedCall, Decision>,
): Promise<void> {
  const now = world.now()
  const callers = over.map(({ call }) => call.fromPhone)
  const { timezone } = over[0]!.call.line
  // The first to get the caller's lock decides; the facts are read after it, so that they include the other's text.
  const [, facts] = await Promise.all([
    lockCallers(tx, accountId, callers),
    loadCallersFacts(tx, accountId, callers, timezone, now),
  ])
  const { dailyCap } = over[0]!.call.line
  let today = await textsTodayInTurn(tx, accountId, { timezone, dailyCap }, now, facts[0]!.textsToday)
  const settled = over.map(({ call, answered }, i): SettledCall => {
    const { line } = call
    const known = facts[i]!
    const phone = call.fromPhone === 'anonymous' ? null : readPhone(call.fromPhone)
    const decision = decideFor(call, line, { ...known, textsToday: today }, answered, now)
    decisions.set(call, decision)
    const sends = decision.action === 'send'
    if (sends) today++
    const wantsLead = phone !== null && deservesLead(decision)
    const body = sends ? textBackBody(line, known, now) : null
    return {
      callId: call.id,
      from: call.fromPhone,
      number: line.number,
      outcome: answered ? 'answered' : 'missed',
      why: answered ? null : (call.why ?? 'no_answer'),
      decision,
      contactId: phone ? (known.contactId ?? newId()) : null,
      leadId: wantsLead ? newId() : null,
      conversationId: wantsLead ? newId() : null,
      text: body
        ? { id: newId(), carrier: line.textsThrough ?? line.carrier, body, segments: measureText(body).segments }
        : null,
      eventIds: [newId(), newId(), newId()],
      recovered: call.recovered,
    }
  })
  await settleCalls(tx, accountId, settled, timezone, now)
}

/** The decision about a call on a line, with the caller's facts. */
export function decideFor(
  call: Pick<NotedCall, 'fromPhone' | 'mode' | 'stirVerstat' | 'startedAt' | 'rangUntil' | 'endedAt'>,
  line: Line,
  facts: CallerFacts,
  answered: boolean,
  now: Date,
): Decision {
  const endedAt = call.rangUntil ?? call.endedAt ?? now
  return decideTextBack(
    {
      from: call.fromPhone,
      answered,
      ringSeconds: Math.max(0, (endedAt.getTime() - call.startedAt.getTime()) / SECOND),
      stirVerstat: call.stirVerstat,
      endedAt,
    },
    {
      numberEnabled: line.enabled,
      mode: call.mode,
      minRingSeconds: line.minRingSeconds,
      textBackEnabled: line.textBackEnabled,
      forgedCallerId: line.forgedCallerId,
      cooldownMinutes: line.cooldownMinutes,
      countries: line.countries,
      dailyCap: line.dailyCap,
      lateAfterMinutes: line.lateAfterMinutes,
      ...facts,
    },
    now,
  )
}

/** The line's own words; others for a caller who had them within a day, and others after hours, when the line has any. */
export function textBackBody(
  line: Line,
  facts: Pick<CallerFacts, 'contactName' | 'lastTextBackAt'>,
  now: Date,
): string {
  const again = facts.lastTextBackAt !== null && facts.lastTextBackAt > before(now, DAY)
  const template =
    (again && line.textBackRepeatMessage) ||
    (!isOpen(line.hours, now, line.timezone) && line.afterHoursMessage) ||
    line.textBackMessage
  const values = {
    first_name: firstName(facts.contactName),
    name: facts.contactName,
    business: line.business,
    number: line.number,
  }
  // A message is refused when a stranger would get nothing of it; one of before that rule still must not be silence.
  return fillPlaceholders(template, values) || fillPlaceholders(DEFAULT_TEXT_BACK, values)
}
