import { setTimeout as sleep } from 'node:timers/promises'
import { acknowledgedEnds, MOVING, type PlacedCall } from '../bars/load.ts'
import { type Api, all, type Network } from '../bars/network.ts'
import type { Json } from '../world.ts'

/** What became of the calls of one fault, by our rows and by the carriers' own books. */
export type Audit = {
  calls: number
  /** Whose end was answered 2xx: a promise. */
  acknowledged: number
  /** A promise that was not kept: not stored, not decided, or without its text and nobody told. */
  lost: number
  /** Callers with more than one text. */
  doubled: number
  /** Texts of which nobody can tell whether they left: a person sees and decides. */
  forPerson: number
  /** What is neither settled nor with a person. */
  leftBehind: number
  /** Answers of the door that are neither 2xx nor 503: a carrier would not repeat. */
  wrongAnswers: number
  /** A sentence for each fault. */
  faults: string[]
}

export async function audit(network: Network, api: Api, calls: PlacedCall[]): Promise<Audit> {
  const [wire, stored, written, texts] = await Promise.all([
    network.wire(),
    all(api, '/calls'),
    all(api, '/messages'),
    network.texts(),
  ])
  const acknowledged = acknowledgedEnds(wire)
  const textsTo = Map.groupBy(texts, ({ to }) => to)
  const rows = Map.groupBy(stored, (call: Json) => call.from)
  const messages = new Map(written.map((message: Json) => [message.callId, message]))
  const found: Audit = {
    calls: calls.length,
    acknowledged: 0,
    lost: 0,
    doubled: 0,
    forPerson: 0,
    leftBehind: 0,
    wrongAnswers: 0,
    faults: [],
  }
  const fault = (kind: 'lost' | 'doubled' | 'leftBehind' | 'wrongAnswers', sentence: string) => {
    found[kind]++
    found.faults.push(sentence)
  }
  for (const { from, carrierCallId } of calls) {
    const owed = acknowledged.has(carrierCallId)
    const [call, twin] = rows.get(from) ?? []
    const message = call && messages.get(call.id)
    const times = textsTo.get(from)?.length ?? 0
    const which = `the call ${carrierCallId} of ${from}`
    if (owed) found.acknowledged++
    if (times > 1) fault('doubled', `${which} was texted ${times} times`)
    if (twin) fault('doubled', `${which} is stored twice`)
    if (message?.status === 'unknown') found.forPerson++
    else if (message && MOVING.includes(message.status))
      fault('leftBehind', `the text of ${which} is ${message.status}`)
    else if (owed && !call?.decision)
      fault('lost', `${which} was acknowledged and is ${call ? 'undecided' : 'not stored'}`)
    else if (owed && times === 0 && call.decision.action === 'send')
      fault('lost', `${which} has no text: ${message?.status}`)
  }
  for (const { direction, status, url } of wire)
    if (direction === 'to_app' && status !== null && status > 299 && status !== 503)
      fault('wrongAnswers', `${url} was answered ${status}`)
  return found
}

/** Seconds until nothing moves any more, waits for a decision, or is to be caught up on; at most `most`. */
export async function secondsToSettle(
  query: (text: string) => Promise<Json[]>,
  { since, most }: { since: number; most: number },
): Promise<number> {
  for (;;) {
    const seconds = (performance.now() - since) / 1000
    const [row] = await query(UNSETTLED).catch(() => [null])
    if ((row && row.texts + row.calls + row.catch_ups === 0) || seconds > most) return seconds
    await sleep(200)
  }
}

const UNSETTLED = `select
  (select count(*)::int from messages where status in ('queued', 'sending') or due_at is not null) as texts,
  (select count(*)::int from calls where decided_at is null) as calls,
  (select count(*)::int from graphile_worker.jobs where task_identifier = 'catch-up' and attempts < max_attempts) as catch_ups`
