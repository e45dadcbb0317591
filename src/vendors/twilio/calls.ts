import type { Connection } from '../../domain/connection.ts'
import type { Listed } from '../../domain/words.ts'
import type { FoundCall, ListedCall } from '../../voice/port.ts'
import { failureOf } from '../failures.ts'
import type { Http } from '../http.ts'
import { twilioClient } from './client.ts'
import { readTwilioRefusal } from './errors.ts'
import { WHY_UNANSWERED } from './parse.ts'

// A catch-up looks back hours, and no number gets more calls than this in that time.
const MOST_CALLS = 5_000

/** The `StartTime` filter may be as coarse as a day (UTC), so the exact time is checked here. */
export async function listTwilioCalls(
  http: Http,
  connection: Connection,
  number: string,
  since: Date,
): Promise<Listed<ListedCall>> {
  // Twilio's times are whole seconds, and a call of the same second must be kept.
  const earliest = Math.floor(since.getTime() / 1000) * 1000
  try {
    const calls = await twilioClient(http, connection).calls.list({
      to: number,
      startTimeAfter: since,
      pageSize: 1000,
      limit: MOST_CALLS,
    })
    const items = calls.flatMap((call) => {
      // Outgoing legs (API calls, our own dials) can have the same `to`; only callers' calls count.
      if (call.direction !== 'inbound' || call.parentCallSid) return []
      const startedAt = call.startTime ?? call.dateCreated
      if (!(startedAt instanceof Date) || startedAt.getTime() < earliest) return []
      const why = WHY_UNANSWERED.get(call.status) ?? null
      return [
        {
          callId: call.sid,
          legId: null,
          from: call.from ?? '',
          to: call.to ?? number,
          startedAt,
          endedAt: call.endTime instanceof Date ? call.endTime : null,
          // `completed` may be a talk or only our TwiML. The list has just the caller's leg; `findCall` knows more.
          answered: why ? false : null,
          why,
          durationSeconds: call.duration ? Number(call.duration) : null,
        },
      ]
    })
    return { ok: true, items }
  } catch (error) {
    return { ok: false, failure: failureOf(error, readTwilioRefusal) }
  }
}

const OVER = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled'])

/** A person picked up exactly when a leg that the call dialled was answered. */
export async function findTwilioCall(http: Http, connection: Connection, callId: string): Promise<FoundCall> {
  try {
    const client = twilioClient(http, connection)
    const call = await client.calls(callId).fetch()
    if (!OVER.has(call.status)) return { outcome: 'going_on' }

    const legs = await client.calls.list({ parentCallSid: callId, limit: 50 })
    // The duration does not count: it is 0 for a talk of under a second, and unanswered legs have other statuses.
    const answered = legs.some((leg) => leg.status === 'in-progress' || leg.status === 'completed')
    const endedAt = call.endTime instanceof Date ? call.endTime : null
    const whys = [...legs, call].map((each) => WHY_UNANSWERED.get(each.status) ?? null)
    return { outcome: 'ended', answered, why: answered ? null : (whys.find((why) => why !== null) ?? null), endedAt }
  } catch (error) {
    return { outcome: 'unreadable', why: failureOf(error, readTwilioRefusal).sentence }
  }
}
