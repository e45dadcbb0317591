import { after, MINUTE, SECOND } from '../../domain/time.ts'

/**
 * The most requests at once in this process, to one webhook and to all: fewer than there are workers. So a receiver
 * that hangs delays no other webhook, no call and no text. A delivery without a place gets its own time to come back,
 * and holds no worker until then.
 */
const IN_ALL = 16
const TO_ONE = 4

/** A failing webhook may be hanging: then one request waits for it, and not four. */
const TO_ONE_FAILING = 1

/** The longest wait, since a receiver may recover. */
const LONGEST_WAIT_MS = MINUTE

type Lane = { underWay: number; lastMs: number; nextTurn: Date }

const lanes = new Map<string, Lane>()
let underWay = 0

/** Takes a place for a request to a webhook, or returns the time at which to ask again. */
export function takePlace(webhookId: string, isFailing: boolean, now: Date): { place: Place } | { comeBackAt: Date } {
  const lane = lanes.get(webhookId) ?? { underWay: 0, lastMs: SECOND, nextTurn: now }
  lanes.set(webhookId, lane)
  const most = isFailing ? TO_ONE_FAILING : TO_ONE
  if (lane.underWay >= most || underWay >= IN_ALL) {
    const turn = lane.nextTurn > now ? lane.nextTurn : now
    const longest = after(now, LONGEST_WAIT_MS)
    lane.nextTurn = after(turn, lane.lastMs / most)
    return { comeBackAt: lane.nextTurn < longest ? lane.nextTurn : longest }
  }
  underWay++
  lane.underWay++
  return {
    place: {
      leave(ms) {
        underWay--
        lane.underWay--
        lane.lastMs = ms
        if (lane.underWay === 0) lanes.delete(webhookId)
      },
    },
  }
}

/** Call `leave` when the request is over, with its duration. */
export type Place = { leave(ms: number): void }
