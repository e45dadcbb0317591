import { type Flow, type FlowCommand, type FlowEvent, nextStep } from '../../domain/callFlow.ts'
import { newId } from '../../domain/ids.ts'
import { isWithheld, readPhone, whyUnringable } from '../../domain/phone.ts'
import { after, MINUTE, SECOND } from '../../domain/time.ts'
import {
  isIdOfAnother,
  isStored,
  type NewCall,
  type NotedCall,
  noteCall,
  noteProgress,
  startLeg,
} from '../../store/calls/calls.ts'
import type { Tx } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import { sharedTransactions } from '../../store/together.ts'
import type { CallEvent, CallPlan } from '../../voice/port.ts'
import type { Source, World } from '../world.ts'
import { afterSettling, type Settled, settleCall } from './settleCall.ts'

/** Webhooks of one call rarely arrive further apart than this; after it the carrier is asked. */
const HOLD_MS = 2 * SECOND

/** A call that began this long ago and has no end here has probably lost its last webhook. */
export const OPEN_TOO_LONG_MS = 2 * MINUTE

/** Events of different calls that arrive at the same moment share a transaction. */
const inTransaction = sharedTransactions()

/**
 * Records one event of a call and returns what the call should do now. When this returns, the call, and any text that
 * its end requires, is on disk in one transaction. Events may repeat and arrive out of order; the call is decided once.
 */
export async function recordCall(world: World, source: Source, event: CallEvent): Promise<CallPlan> {
  const recorded = await inTransaction(world.db, source.accountId, `${source.connectionId} ${event.callId}`, (tx) =>
    record(world, tx, source, event),
  )
  if (recorded.settled) afterSettling(world, source.accountId, recorded.settled)
  return recorded.plan
}

type Recorded = { plan: CallPlan; settled?: Settled }

async function record(world: World, tx: Tx, source: Source, event: CallEvent): Promise<Recorded> {
  const noted = await note(world, tx, source, event)
  if (noted.outcome === 'unheard_of') return { plan: { do: 'nothing', unheardOf: true } }
  if (noted.outcome === 'id_of_another') return { plan: { do: 'nothing', idOfAnother: true } }
  if (noted.outcome === 'not_ours') {
    world.log.warn(
      { accountId: source.accountId, connection: source.connectionId },
      'call to a number that is not set up',
    )
    // Only an event that names the number can be answered with "that number is not here".
    return { plan: callOf(event) ? { do: 'nothing', unknownNumber: true } : { do: 'nothing' } }
  }
  const { call } = noted
  const targets = event.type === 'call.arrived' ? targetsOf(world, call) : []
  const { command, verdict } = nextStep(flowOf(call, targets), flowEvent(event))
  const plan = planOf(command, call, event.callId)
  if (plan.do === 'ring')
    await startLeg(tx, source.accountId, { id: newId(), callId: call.id, address: plan.target, at: world.now() })
  if (call.decidedAt || verdict === 'open') return { plan }
  if (verdict === 'hold') {
    await concludeLater(world, tx, source.accountId, call.id)
    return { plan }
  }
  return { plan, settled: await settleCall(world, tx, source.accountId, call, verdict === 'answered') }
}

type Noted =
  | { outcome: 'noted'; call: NotedCall }
  | { outcome: 'not_ours' }
  | { outcome: 'id_of_another' }
  | { outcome: 'unheard_of' }

/** The phones of the call, where the event names them. */
const callOf = (event: CallEvent): { from: string; to: string } | null => ('to' in event ? event : (event.of ?? null))

/** Adds what the event says to the call's row. */
async function note(world: World, tx: Tx, source: Source, event: CallEvent): Promise<Noted> {
  const { accountId, connectionId } = source
  if (event.type === 'call.answered' || event.type === 'call.unanswered') {
    const progress = event.type === 'call.answered' ? { answeredAt: event.at } : { rangUntil: event.at, why: event.why }
    const which = { connectionId, carrierCallId: event.callId }
    const call = await noteProgress(tx, accountId, { ...which, ...progress })
    if (call) return { outcome: 'noted', call }
    if (await isStored(tx, accountId, which)) return { outcome: 'not_ours' }
    const unheardOf = asUnheardOf(world, source, event)
    if (!unheardOf) return { outcome: 'unheard_of' }
    // The carrier's webhook about its arrival was refused or lost.
    const made =
      (await noteCall(tx, accountId, unheardOf)) && (await noteProgress(tx, accountId, { ...which, ...progress }))
    return made ? { outcome: 'noted', call: made } : { outcome: 'not_ours' }
  }
  const reported = asNewCall(world, source, event)
  const call = await noteCall(tx, accountId, reported)
  if (call) return { outcome: 'noted', call }
  return reported.exact && (await isIdOfAnother(tx, accountId, reported))
    ? { outcome: 'id_of_another' }
    : { outcome: 'not_ours' }
}

function asNewCall(
  world: World,
  source: Source,
  event: Extract<CallEvent, { type: 'call.arrived' | 'call.ended' }>,
): NewCall {
  const arrived = event.type === 'call.arrived' ? event : null
  const ended = event.type === 'call.ended' ? event : null
  const exact = world.vendors.get(source.kind)?.voice?.reportsWholeCalls ?? false
  return {
    id: newId(),
    connectionId: source.connectionId,
    carrierCallId: event.callId,
    legId: event.legId,
    number: readPhone(event.to, source.country) ?? event.to,
    from: callerOf(event.from, source.country),
    callerName: arrived?.callerName ?? null,
    forwardedFrom: arrived?.forwardedFrom ?? null,
    stirVerstat: arrived?.stirVerstat ?? null,
    startedAt: ended ? (ended.startedAt ?? after(ended.at, -(ended.durationSeconds ?? 0) * SECOND)) : event.at,
    answeredAt: ended?.answered === true ? (ended.startedAt ?? ended.at) : null,
    endedAt: ended?.at ?? null,
    why: ended?.why ?? null,
    durationSeconds: ended?.durationSeconds ?? null,
    recovered: false,
    dueAt: exact ? null : after(world.now(), OPEN_TOO_LONG_MS),
    exact,
  }
}

/** A call by what an event about its ringing says: the first that we hear of it. Null when that does not name it. */
function asUnheardOf(
  world: World,
  source: Source,
  event: Extract<CallEvent, { type: 'call.answered' | 'call.unanswered' }>,
): NewCall | null {
  const { callId, of, at } = event
  if (!of) return null
  const arrival = { type: 'call.arrived', callId, legId: null, ...of, at } as const
  return asNewCall(world, source, { ...arrival, callerName: null, forwardedFrom: null, stirVerstat: null })
}

/** E.164; 'anonymous' for a withheld number; else as the carrier wrote it. */
export function callerOf(from: string, country: string | undefined): string {
  const phone = readPhone(from, country) ?? from
  return isWithheld(phone) ? 'anonymous' : phone
}

/**
 * The phones that an arriving call rings. They were checked when they were written; a row may be older than the rules,
 * or than the countries that the account allows now. Then nobody is rung, and the caller is texted.
 */
function targetsOf(world: World, { id, our }: NotedCall): string[] {
  if (our.mode !== 'forward') return []
  const targets = our.forwardTo.filter((target) => whyUnringable(target, our.countries) === null)
  if (targets.length < our.forwardTo.length)
    world.log.warn({ call: id }, 'a call is not forwarded: the account does not allow its target')
  return targets
}

function flowOf(call: NotedCall, targets: string[]): Flow {
  const rings = targets.map((address) => ({ address, seconds: call.our.ringSeconds }))
  // The end of a call is judged by the mode in which it arrived; which phones to ring, by the mode now.
  return { ...call, plan: { mode: call.mode, rings } }
}

function flowEvent(event: CallEvent): FlowEvent {
  if (event.type === 'call.arrived') return { type: 'arrived' }
  if (event.type === 'call.answered') return { type: 'answered' }
  if (event.type === 'call.unanswered') return { type: 'unanswered' }
  return { type: 'ended', answered: event.answered }
}

/** The command with everything that the carrier needs for it. */
function planOf(command: FlowCommand, { our, legId, fromPhone }: NotedCall, callId: string): CallPlan {
  if (command.do === 'ring') {
    const callerId = fromPhone === 'anonymous' ? our.number : fromPhone
    return { do: 'ring', legId, target: command.address, seconds: command.seconds, callerId, callId }
  }
  if (command.do === 'let_ring') return { do: 'let_ring', greeting: our.greeting, guardSeconds: our.minRingSeconds }
  if (command.do === 'goodbye') return { do: 'goodbye', legId, greeting: our.greeting, callId }
  return { do: 'nothing' }
}

/** The call is over but the events so far cannot tell how: a job will ask the carrier soon. */
async function concludeLater(world: World, tx: Tx, accountId: string, callId: string): Promise<void> {
  const when = { runAt: after(world.now(), HOLD_MS), key: `conclude-call ${callId}` }
  await addJob(tx, 'conclude-call', { accountId, callId }, when)
}
