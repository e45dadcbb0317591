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
 * The calls whose webhooks never reached us, from Telnyx's record of failed deliveries. It has the original events, and
 * has them at once; the detail records of calls come late, and their fields are not in the contract. Delivered events
 * are not listed: we answer with 2xx only after storing them.
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
    const calls = [...sessions(events, since).values()].flatMap((session) => {
      const call = callOf(session)
      return call && call.to === number && call.startedAt >= since ? [call] : []
    })
    return { ok: true, items: calls.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime()) }
  } catch (error) {
    return { ok: false, failure: failureOf(causeOf(error), readTelnyxRefusal) }
  }
}

/**
 * The webhooks of the call's session, delivered or not, say whether a person picked up. `GET /calls/{id}` says only
 * whether the leg is alive.
 */
export async function findTelnyxCall(
  http: Http,
  connection: Connection,
  { callId, legId }: { callId: string; legId: string | null },
): Promise<FoundCall> {
  try {
    const events = await deliveredEvents(http, connection, { containing: callId, since: null, types: CALL_EVENTS })
    const session = sessions(events, new Date()).get(callId)
    const call = session ? callOf(session) : null
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
    for (const one of read.ok ? read.events : [])
      if ('callId' in one) found.set(one.callId, [...(found.get(one.callId) ?? []), one])
  }
  return found
}

/** The call that the events of one session describe; null when the caller's leg is not among them. */
function callOf(session: VendorEvent[]): ListedCall | null {
  const arrival = session.find((event) => event.type === 'call.arrived')
  const end = session.find((event) => event.type === 'call.ended')
  const unanswered = session.find((event) => event.type === 'call.unanswered')
  const leg = arrival ?? end
  if (!leg) return null
  const answered = session.some((event) => event.type === 'call.answered')
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
