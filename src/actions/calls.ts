import type { CallPlan, CarrierEvent } from '../carriers/carrier.ts'
import { verdictOn } from '../domain/call.ts'
import { newId } from '../domain/ids.ts'
import { fillPlaceholders, firstName, measureText } from '../domain/message.ts'
import { isWithheld, readPhone } from '../domain/phone.ts'
import { isOpen } from '../domain/schedule.ts'
import { type Decision, decideTextBack, deservesLead } from '../domain/textback.ts'
import { after, before, DAY, SECOND } from '../domain/time.ts'
import {
  type CallerFacts,
  type Line,
  loadCallerFacts,
  lockCall,
  lockCaller,
  type NotedCall,
  noteCall,
  noteProgress,
  settleCall,
} from '../store/calls.ts'
import { asAccount, type Tx } from '../store/db.ts'
import { addJob } from '../store/jobs.ts'
import type { World } from './world.ts'

/** Which connection brought the news. */
export type Source = { accountId: string; carrier: string }

export type CallEvent = Extract<CarrierEvent, { type: `call.${string}` }>

/** Webhooks of one call overtake each other by this much at most, as a rule; then the carrier is asked. */
const HOLD_MS = 2 * SECOND

/**
 * Takes in one event of a call and says what the call should do now. One transaction: when this returns, the call, and
 * whatever its end made necessary, is on disk. Events may repeat and overtake each other; the call is decided once.
 */
export async function recordCall(world: World, source: Source, event: CallEvent): Promise<CallPlan> {
  const { plan, decision } = await asAccount(world.db, source.accountId, async (tx) => {
    const call = await note(world, tx, source, event)
    if (!call) return { plan: { do: 'nothing' } as CallPlan, decision: null }
    if (call.decidedAt) return { plan: planAfter(call, event), decision: null }
    const verdict = verdictOn(call, newsOf(event))
    if (verdict === 'hold') {
      await addJob(
        tx,
        'conclude-call',
        { accountId: source.accountId, callId: call.id },
        {
          runAt: after(world.now(), HOLD_MS),
          key: `conclude-call ${call.id}`,
        },
      )
    }
    const decision =
      verdict === 'missed' || verdict === 'answered'
        ? await settle(world, tx, source.accountId, call, verdict === 'answered')
        : null
    return { plan: planAfter(call, event), decision }
  })
  if (decision) world.measure.callDecided(decision.action, decision.reason)
  return plan
}

/** Decides a call that is over and whose end could not tell whether somebody answered: the carrier knows. */
export async function concludeCall(world: World, { accountId, callId }: { accountId: string; callId: string }) {
  const held = await asAccount(world.db, accountId, (tx) => lockCall(tx, accountId, callId))
  if (!held || held.decidedAt) return
  const { answered, why } =
    held.answeredAt !== null ? { answered: true, why: null } : await askHowItEnded(world, accountId, held)
  const decision = await asAccount(world.db, accountId, async (tx) => {
    const call = await lockCall(tx, accountId, callId)
    if (!call || call.decidedAt) return null
    return settle(world, tx, accountId, { ...call, why: call.why ?? why }, answered || call.answeredAt !== null)
  })
  if (decision) world.measure.callDecided(decision.action, decision.reason)
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

async function note(world: World, tx: Tx, source: Source, event: CallEvent): Promise<NotedCall | null> {
  if (event.type === 'call.answered')
    return noteProgress(tx, source.accountId, source.carrier, event.callId, { answeredAt: event.at })
  if (event.type === 'call.unanswered')
    return noteProgress(tx, source.accountId, source.carrier, event.callId, { rangUntil: event.at, why: event.why })

  const ended = event.type === 'call.ended' ? event : null
  const from = readPhone(event.from) ?? event.from
  const noted = noteCall(tx, {
    id: newId(),
    accountId: source.accountId,
    carrier: source.carrier,
    carrierCallId: event.callId,
    legId: event.legId,
    number: event.to,
    from: isWithheld(from) ? 'anonymous' : from,
    callerName: event.type === 'call.arrived' ? event.callerName : null,
    forwardedFrom: event.type === 'call.arrived' ? event.forwardedFrom : null,
    stirVerstat: event.type === 'call.arrived' ? event.stirVerstat : null,
    startedAt: ended ? (ended.startedAt ?? after(ended.at, -(ended.durationSeconds ?? 0) * SECOND)) : event.at,
    answeredAt: ended?.answered === true ? (ended.startedAt ?? ended.at) : null,
    endedAt: ended?.at ?? null,
    why: ended?.why ?? null,
    durationSeconds: ended?.durationSeconds ?? null,
    recovered: false,
  })
  const call = await noted
  if (!call)
    world.log.warn({ accountId: source.accountId, carrier: source.carrier }, 'call to a number that is not set up')
  return call
}

function newsOf(event: CallEvent) {
  if (event.type === 'call.arrived') return { type: 'arrived' } as const
  if (event.type === 'call.answered') return { type: 'answered' } as const
  if (event.type === 'call.unanswered') return { type: 'unanswered' } as const
  return { type: 'ended', answered: event.answered } as const
}

/** What the call itself should do now, whatever was decided about the text. */
function planAfter(call: NotedCall, event: CallEvent): CallPlan {
  const { line } = call
  if (event.type === 'call.unanswered' && !call.endedAt && !call.answeredAt)
    return { do: 'goodbye', legId: call.legId, greeting: line.greeting, callId: event.callId }
  if (event.type !== 'call.arrived' || call.endedAt) return { do: 'nothing' }
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
  const now = world.now()
  const { line } = call
  const withheld = call.fromPhone === 'anonymous'
  const phone = withheld ? null : readPhone(call.fromPhone)
  // The first to get the caller's lock decides; the facts are read after it, so that they include the other's text.
  const [, facts] = await Promise.all([
    lockCaller(tx, accountId, call.fromPhone),
    loadCallerFacts(tx, accountId, call.fromPhone, line.timezone, now),
  ])
  const decision = decideFor(call, line, facts, answered, now)
  const sends = decision.action === 'send'
  const wantsLead = phone !== null && deservesLead(decision)
  const body = sends ? textBackBody(line, facts, now) : null
  await settleCall(tx, {
    call: {
      id: call.id,
      accountId,
      from: call.fromPhone,
      number: line.number,
      outcome: answered ? 'answered' : 'missed',
      why: answered ? null : (call.why ?? 'no_answer'),
    },
    decision,
    now,
    timezone: line.timezone,
    contactId: phone ? (facts.contactId ?? newId()) : null,
    lead: wantsLead ? { id: newId() } : null,
    conversation: wantsLead ? { id: newId() } : null,
    text: body
      ? { id: newId(), carrier: line.textsThrough ?? line.carrier, body, segments: measureText(body).segments }
      : null,
    eventIds: [newId(), newId(), newId()],
    recovered: call.recovered,
  })
  return decision
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
  return fillPlaceholders(template, {
    first_name: firstName(facts.contactName),
    name: facts.contactName,
    business: line.business,
    number: line.number,
  })
}
