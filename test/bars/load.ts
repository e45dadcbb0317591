import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireEntry } from '../../simulator/wire.ts'
import { type Json, MAIN, SALES } from '../world.ts'
import { type Api, all, atEnd, type Network, SERVICE } from './network.ts'

export type PlacedCall = { carrierCallId: string; from: string; to: string }

/** Numbers in [0, 1) that are the same for the same seed, so that a failure can be reproduced. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

// Area codes of real places; with 555-0100 to 555-0199 the phones are fictional.
const AREAS = [
  201, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234, 239,
  240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303, 304, 305, 307, 308, 309, 310,
  312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330, 334, 336, 337, 339, 347, 351, 352, 360, 361, 386,
  401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423, 425, 432, 434, 435, 440, 443, 469,
  478, 479, 480, 484,
]

/** The nth caller of a test: 9,600 different fictional phones. */
export function caller(n: number): string {
  const area = AREAS[Math.floor(n / 100)]
  if (!area) throw new Error('There are no more fictional phones; a load of this size repeats callers.')
  return `+1${area}55501${String(n % 100).padStart(2, '0')}`
}

/** Somebody calls, hears it ring for so many real milliseconds, and gives up. */
export async function missCall(network: Network, from: string, to: string, ringMs: number): Promise<PlacedCall> {
  const { id, carrierCallId } = await network.ask('POST', '/calls', { from, to })
  await sleep(ringMs)
  // While the app is down, the carrier may end the call before the caller does.
  await network.ask('POST', `/calls/${id}/hangup`, {}).catch(() => {})
  return { carrierCallId, from, to }
}

/**
 * Places calls that nobody answers, one every `everyMs`, in turn at both carriers, each from another phone, until
 * `count` are placed or `stop` is called.
 */
export function placeCalls(
  t: TestContext,
  network: Network,
  { count = Number.POSITIVE_INFINITY, everyMs, random }: { count?: number; everyMs: number; random: () => number },
): { stop(): void; placed: Promise<PlacedCall[]> } {
  let going = true
  async function place(): Promise<PlacedCall[]> {
    const calls: Promise<PlacedCall>[] = []
    for (let n = 0; n < count && going; n++) {
      calls.push(missCall(network, caller(n), n % 2 === 0 ? MAIN : SALES, random() * 150))
      if (n % 100 === 99) await network.wire()
      await sleep(everyMs)
    }
    return Promise.all(calls)
  }
  const stop = () => {
    going = false
  }
  const placed = place()
  atEnd(t, () => {
    stop()
    return placed.catch(() => {})
  })
  return { stop, placed }
}

/** Twilio's last webhook of a call that nobody answered, for tests that send it themselves. */
export function endOfMissedCall(from: string): PlacedCall & { webhook: Record<string, string> } {
  const carrierCallId = `CA${randomBytes(16).toString('hex')}`
  const webhook = { CallSid: carrierCallId, From: from, To: MAIN, CallStatus: 'no-answer', CallDuration: '0' }
  return { carrierCallId, from, to: MAIN, webhook }
}

/** The calls (by the carrier's id) whose last webhook the app has answered with 2xx. None of them may be lost. */
export function acknowledgedEnds(wire: WireEntry[]): Set<string> {
  const ids = new Set<string>()
  for (const { direction, url, body, status } of wire) {
    if (direction !== 'to_app' || status === null || status < 200 || status > 299) continue
    if (url.endsWith('/status')) ids.add(new URLSearchParams(body).get('CallSid')!)
    else if (body.includes('"call.hangup"')) ids.add(JSON.parse(body).data.payload.call_session_id)
  }
  return ids
}

/** How often each phone was texted, as the carriers know it. */
export async function textsByPhone(network: Pick<Network, 'texts'>): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { to } of await network.texts()) counts.set(to, (counts.get(to) ?? 0) + 1)
  return counts
}

/** The statuses that still change by themselves. */
export const MOVING = ['queued', 'sending', 'unknown']

/**
 * Whether a text is right to wait for a person: nobody knows whether Telnyx took it, and Telnyx did not. Its records
 * never prove that, so it must not be sent again.
 */
const waitsForPerson = (message: Json, texted: Map<string, number>) =>
  message?.status === 'unknown' && [SALES, SERVICE].includes(message.from) && !texted.has(message.to)

/**
 * Every fault against "each call one text, nobody twice, nothing left behind but what a person must decide". `owed` are
 * the calls that must be stored, by default all; the others may be.
 */
export async function faultsOf(network: Network, api: Api, calls: PlacedCall[], owed = calls): Promise<string[]> {
  const owedIds = new Set(owed.map((call) => call.carrierCallId))
  const texted = await textsByPhone(network)
  const stored = await all(api, '/calls')
  const byCaller = new Map(stored.map((call: Json) => [call.from, call]))
  const messages = new Map((await all(api, '/messages')).map((message: Json) => [message.callId, message]))
  const faults: string[] = []
  for (const { from, to, carrierCallId } of calls) {
    const times = texted.get(from) ?? 0
    const call = byCaller.get(from)
    const message = call && messages.get(call.id)
    const which = `${from} → ${to} (${carrierCallId})`
    if (times > 1) faults.push(`${which} was texted ${times} times`)
    if (owedIds.has(carrierCallId) && !call?.decision) faults.push(`${which} was acknowledged and is lost`)
    if (waitsForPerson(message, texted)) continue
    if (owedIds.has(carrierCallId) && times === 0)
      faults.push(`${which} has no text: ${message?.status ?? call?.decision?.reason ?? 'not stored'}`)
    // A call that is not owed may have just been recovered, with its text still to be sent.
    if (owedIds.has(carrierCallId) && message && MOVING.includes(message.status))
      faults.push(`${which} is left behind as ${message.status}`)
  }
  if (byCaller.size < stored.length) faults.push(`${stored.length - byCaller.size} calls are stored twice`)
  return faults
}

/**
 * Waits until these calls are decided and every message is settled; throws after so many seconds. With the network, a
 * text that only a person can settle counts as settled.
 */
export async function untilSettled(api: Api, calls: PlacedCall[], seconds: number, network?: Pick<Network, 'texts'>) {
  const owed = new Set(calls.map(({ from }) => from))
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const decided = (await all(api, '/calls')).filter((call: Json) => owed.has(call.from) && call.decision).length
    const unsettled = (await all(api, '/messages')).filter(({ status }: Json) => MOVING.includes(status))
    const texted = network && unsettled.length > 0 ? await textsByPhone(network) : null
    const moving = texted ? unsettled.filter((message) => !waitsForPerson(message, texted)) : unsettled
    if (decided >= owed.size && moving.length === 0) return
    if (Date.now() > deadline)
      throw new Error(
        `After ${seconds} s ${decided} of ${owed.size} calls are decided, and on their way are: ` +
          moving.map(({ to, status, reason }: Json) => `${to} ${status} (${reason ?? ''})`).join(', '),
      )
    await sleep(50)
  }
}
