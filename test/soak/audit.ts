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

/** Seconds until what was on its way at the last fault is settled, and until the refused calls are caught up on too. */
export type Settling = { settledInS: number; caughtUpInS: number }

/** Counts what is on its way: of before a time, and of all. */
export type Unsettled = (before: Date) => Promise<{ before: number; all: number }>

export async function settling(unsettled: Unsettled, { most }: { most: number }): Promise<Settling> {
  const last = new Date()
  let settledInS: number | undefined
  for (;;) {
    const seconds = (Date.now() - last.getTime()) / 1000
    const left = await unsettled(last).catch(() => null)
    if (left?.before === 0) settledInS ??= seconds
    if (left?.all === 0 || seconds > most) return { settledInS: settledInS ?? seconds, caughtUpInS: seconds }
    await sleep(200)
  }
}

/** By our rows. */
export const unsettledRows =
  (query: (text: string, values: unknown[]) => Promise<Json[]>): Unsettled =>
  async (before) =>
    (await query(UNSETTLED, [before]))[0]

const UNSETTLED = `
  with texts as (select created_at from messages where status in ('queued', 'sending') or due_at is not null),
    held as (select created_at from calls where decided_at is null and ended_at is not null)
  select (select count(*)::int from (select from texts where created_at < $1 union all select from held where created_at < $1) x) as before,
    (select count(*)::int from texts) + (select count(*)::int from calls where decided_at is null)
    + (select count(*)::int from graphile_worker.jobs where task_identifier = 'catch-up' and attempts < max_attempts) as "all"`

/** By the API, where the database is the app's own. */
export const unsettledBy =
  (api: () => Api): Unsettled =>
  async (before) => {
    const [texts, calls] = await Promise.all([all(api(), '/messages'), all(api(), '/calls')])
    const left = [
      ...texts.filter(({ status }) => ['queued', 'sending'].includes(status)).map(({ createdAt }) => createdAt),
      ...calls.filter(({ decision }) => !decision).map(({ startedAt }) => startedAt),
    ]
    return { before: left.filter((at) => new Date(at) < before).length, all: left.length }
  }
