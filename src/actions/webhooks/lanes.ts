import { after, MINUTE, SECOND } from '../../domain/time.ts'

/**
 * The most requests at once in this process: to all webhooks, to those of one account, and to one. There are more workers
 * than that. So a receiver that hangs delays no other webhook, no call and no text. A delivery without a place gets its
 * own time to come back, and holds no worker until then.
 */
const IN_ALL = 16
const TO_ACCOUNT = 8
const TO_ONE = 4

/** What fails may be hanging: then one request waits for it, and not four. All that fail leave room for what works. */
const TO_ONE_FAILING = 1
const TO_ALL_FAILING = 8

/** The longest wait, since a receiver may recover. Each wait costs a transaction, and there may be thousands. */
const LONGEST_WAIT_MS = 10 * MINUTE

/** A lane that is not used is forgotten when there are so many. */
const MOST_LANES = 1_000

type Lane = { underWay: number; lastMs: number; nextTurn: Date }
type Which = { accountId: string; webhookId: string; isFailing: boolean }

/** To be left when the request is over, with its duration in milliseconds. */
export type Place = { leave(ms: number): void }

/** `takePlace` takes a place for a request to a webhook, or returns the time at which to ask again. */
export function makeLanes() {
  const lanes = new Map<string, Lane>()
  const underWay: Which[] = []

  const laneOf = (webhookId: string, now: Date): Lane => {
    const known = lanes.get(webhookId)
    if (known) return known
    if (lanes.size >= MOST_LANES)
      for (const [id, lane] of lanes) if (lane.underWay === 0 && lane.nextTurn <= now) lanes.delete(id)
    const lane = { underWay: 0, lastMs: SECOND, nextTurn: now }
    lanes.set(webhookId, lane)
    return lane
  }

  const hasRoom = (which: Which, lane: Lane, most: number) =>
    lane.underWay < most &&
    underWay.length < IN_ALL &&
    underWay.filter(({ accountId }) => accountId === which.accountId).length < TO_ACCOUNT &&
    !(which.isFailing && underWay.filter(({ isFailing }) => isFailing).length >= TO_ALL_FAILING)

  return function takePlace(which: Which, now: Date): { place: Place } | { comeBackAt: Date } {
    const lane = laneOf(which.webhookId, now)
    const most = which.isFailing ? TO_ONE_FAILING : TO_ONE
    if (!hasRoom(which, lane, most)) {
      const turn = lane.nextTurn > now ? lane.nextTurn : now
      const longest = after(now, LONGEST_WAIT_MS)
      const next = after(turn, lane.lastMs / most)
      lane.nextTurn = next < longest ? next : longest
      return { comeBackAt: lane.nextTurn }
    }
    underWay.push(which)
    lane.underWay++
    const leave = (ms: number) => {
      underWay.splice(underWay.indexOf(which), 1)
      lane.underWay--
      lane.lastMs = ms
    }
    return { place: { leave } }
  }
}

/** The lanes of this process. */
export const takePlace = makeLanes()
