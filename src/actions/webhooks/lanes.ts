import { after, MINUTE, SECOND } from '../../domain/time.ts'

/**
 * How many requests are under way at once, in this process: few to one webhook, and fewer than there are workers to all.
 * So a receiver that hangs holds up nobody else's, and no call and no text. Whoever finds no place comes back at a time of
 * their own, and holds no worker until then.
 */
const IN_ALL = 16
const TO_ONE = 4

/** What is failing may be hanging: then one request waits for its end, and not four. */
const TO_ONE_FAILING = 1

/** Nobody is sent away for longer, since a receiver may get well again. */
const LONGEST_WAIT_MS = MINUTE

type Lane = { underWay: number; lastMs: number; nextTurn: Date }

const lanes = new Map<string, Lane>()
let underWay = 0

/** Takes a place on the way to a webhook, or gives the time at which to ask for one again. */
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

/** To be left when the request is over, with how long it took. */
export type Place = { leave(ms: number): void }
