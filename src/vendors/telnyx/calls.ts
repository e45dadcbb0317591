import type { Connection } from '../../domain/connection.ts'
import type { Listed } from '../../domain/words.ts'
import type { FoundCall, ListedCall } from '../../voice/port.ts'
import { failureOf } from '../failures.ts'
import { type Http, Refusal } from '../http.ts'
import type { VendorEvent } from '../vendor.ts'
import { causeOf, telnyxClient } from './client.ts'
import { deliveredEvents } from './deliveries.ts'
import { readTelnyxRefusal } from './errors.ts'
import type { TelnyxEvent } from './event.ts'
import { eventsOf } from './parse.ts'

/**
 * The calls whose webhooks never reached us, out of Telnyx's record of failed deliveries: the very events, so the same
 * reading applies, and there at once. Its detail records of calls come late, and their fields are not in the contract.
 * What was delivered is not listed: we answered it with 2xx, and that only after it was stored.
 */
export async function listTelnyxCalls(
  http: Http,
  connection: Connection,
  number: string,
  since: Date,
): Promise<Listed<ListedCall>> {
  try {
    const events = await deliveredEvents(http, connection, {
      containing: number,
      since,
      failedOnly: true,
      types: CALL_EVENTS,
    })
    const calls = [...sessions(events, since).values()].flatMap((told) => {
      const call = callOf(told)
      return call && call.to === number && call.startedAt >= since ? [call] : []
    })
    return { ok: true, items: calls.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime()) }
  } catch (error) {
    return { ok: false, failure: failureOf(causeOf(error), readTelnyxRefusal) }
  }
}

/**
 * Whether a person picked up is in the webhooks of the call's session, delivered or not. `GET /calls/{id}` knows only
 * whether the leg is alive.
 */
export async function findTelnyxCall(
  http: Http,
  connection: Connection,
  { callId, legId }: { callId: string; legId: string | null },
): Promise<FoundCall> {
  try {
    const events = await deliveredEvents(http, connection, { containing: callId, since: null, types: CALL_EVENTS })
    const told = sessions(events, new Date()).get(callId)
    const call = told ? callOf(told) : null
    if (call?.endedAt)
      return { outcome: 'ended', answered: call.answered ?? false, why: call.why, endedAt: call.endedAt }

    const alive = legId ? await isAlive(http, connection, legId) : null
    if (alive === true) return { outcome: 'going_on' }
    if (alive === false && call)
      return { outcome: 'ended', answered: call.answered ?? false, why: call.why, endedAt: null }
    return { outcome: 'unreadable', why: 'Telnyx has no events of this call and does not know its leg.' }
  } catch (error) {
    return { outcome: 'unreadable', why: failureOf(causeOf(error), readTelnyxRefusal).sentence }
  }
}

const CALL_EVENTS = ['call.initiated', 'call.answered', 'call.bridged', 'call.hangup']

function sessions(events: TelnyxEvent[], receivedAt: Date): Map<string, VendorEvent[]> {
  const found = new Map<string, VendorEvent[]>()
  for (const event of events) {
    const read = eventsOf(event, receivedAt, null)
    for (const told of read.ok ? read.events : [])
      if ('callId' in told) found.set(told.callId, [...(found.get(told.callId) ?? []), told])
  }
  return found
}

/** What the events of one session say together; null when the caller's own leg is not among them. */
function callOf(told: VendorEvent[]): ListedCall | null {
  const arrival = told.find((event) => event.type === 'call.arrived')
  const end = told.find((event) => event.type === 'call.ended')
  const unanswered = told.find((event) => event.type === 'call.unanswered')
  const leg = arrival ?? end
  if (!leg) return null
  const answered = told.some((event) => event.type === 'call.answered')
  return {
    callId: leg.callId,
    legId: leg.legId,
    from: leg.from,
    to: leg.to,
    startedAt: arrival?.at ?? end?.startedAt ?? leg.at,
    endedAt: end?.at ?? null,
    answered: answered ? true : (end?.answered ?? (unanswered ? false : null)),
    why: answered ? null : (unanswered?.why ?? end?.why ?? null),
    durationSeconds: end?.durationSeconds ?? null,
  }
}

async function isAlive(http: Http, connection: Connection, legId: string): Promise<boolean | null> {
  try {
    const { data } = await telnyxClient(http, connection).calls.retrieveStatus(legId)
    return data?.is_alive ?? null
  } catch (error) {
    const cause = causeOf(error)
    if (cause instanceof Refusal && (cause.status === 404 || cause.status === 422)) return null
    throw error
  }
}
