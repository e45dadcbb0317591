import { followUpCall } from '../actions/calls/followUpCall.ts'
import { deliverMessage } from '../actions/messages/deliverMessage.ts'
import { reconcileMessage } from '../actions/messages/reconcileMessage.ts'
import type { World } from '../actions/world.ts'
import { after, before, SECOND } from '../domain/time.ts'
import { asPlatform } from '../store/db.ts'
import {
  askAboutOpenCalls,
  countLeftBehind,
  findOverdue,
  LEFT_BEHIND_MS,
  type LeftBehind,
  type Overdue,
} from '../store/overdue.ts'

/** How often to look, and how long a job may be late: what does not move is found within 15 s. */
const LOOK_MS = 3 * SECOND
const OVERDUE_MS = 12 * SECOND

/** After the database was away, much is late at once, and nothing else will move it soon. */
const OVERDUE_AFTER_ABSENCE_MS = SECOND

/** As many at once as leave without their jobs; see deliverMessage.ts. */
const AT_ONCE = 64

/** So often in a row it looks after an absence. */
const MOST_LOOKS = 200

/** What could not be moved is tried again after this, and then after twice as long each time. */
const AGAIN_MS = 5 * SECOND
const SELDOMEST_MS = 60 * SECOND

export type Watch = {
  /** Something was refused, or nobody was here: what is late is moved now, and open calls are asked about. */
  catchUp(): void
  /** What could not be moved for a minute; null when there is no such thing. */
  leftBehind(): LeftBehind | null
  stop(): Promise<void>
}

/**
 * Goes by rows and not by jobs. A job may be lost by whoever holds it, or wait hours for its next attempt. The row says
 * when it is due, and the action that is its job runs here. Two processes may move the same row at the same time: the
 * row's state lets one of them through.
 */
export function startWatch(world: World): Watch {
  let stopped = false
  let left: LeftBehind | null = null
  let looking: Promise<void> | null = null
  const tried = new Map<string, { times: number; next: Date }>()
  const underWay = new Map<string, Promise<void>>()

  async function look(overdueMs: number): Promise<void> {
    const now = world.now()
    const notNow = [...tried].filter(([id, { next }]) => next > now || underWay.has(id)).map(([id]) => id)
    const [found, behind] = await asPlatform(world.db, (tx) =>
      Promise.all([
        findOverdue(tx, before(now, overdueMs), now, notNow),
        countLeftBehind(tx, null, before(now, LEFT_BEHIND_MS)),
      ]),
    )
    left = behind
    const late = found.filter(({ id }) => !underWay.has(id)).slice(0, AT_ONCE - underWay.size)
    tellOf(late.filter(({ id, goesOn }) => !goesOn && !tried.has(id)))
    for (const one of late) underWay.set(one.id, move(one, now))
    // Whatever is not found any more has moved.
    for (const [id, { next }] of tried) if (before(now, 2 * SELDOMEST_MS) > next) tried.delete(id)
  }

  function tellOf(late: Overdue[]): void {
    if (late.length === 0) return
    const of = (what: Overdue['what']) => late.filter((one) => one.what === what).length
    world.log.warn({ texts: of('text'), calls: of('call') }, 'texts and calls were left behind; the watch moves them')
    for (const { what } of late) world.measure.leftBehind(what)
  }

  async function move(one: Overdue, now: Date): Promise<void> {
    const { what, accountId, id, status, dueAt } = one
    const times = (tried.get(id)?.times ?? 0) + 1
    tried.set(id, { times, next: after(now, Math.min(SELDOMEST_MS, AGAIN_MS * 2 ** (times - 1))) })
    try {
      await moving(world, one)
    } catch (error) {
      const lateSeconds = Math.round((now.getTime() - dueAt.getTime()) / SECOND)
      const facts = { account: accountId, [what]: id, status, lateSeconds, err: (error as Error).message }
      world.log.error(facts, `a ${what} was left behind, and the watch could not move it`)
    } finally {
      underWay.delete(id)
    }
  }

  function lookOnce(overdueMs: number): Promise<void> {
    looking ??= look(overdueMs)
      .catch((error) => {
        if (!stopped) world.log.warn({ err: error.message }, 'the watch over texts and calls could not look')
      })
      .finally(() => {
        looking = null
      })
    return looking
  }

  async function afterAbsence(): Promise<void> {
    await looking
    await asPlatform(world.db, (tx) => askAboutOpenCalls(tx, world.now())).catch(() => {})
    // Also while there is more of it than goes at once, within reason: the queue works too.
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      await lookOnce(OVERDUE_AFTER_ABSENCE_MS)
      if (stopped || underWay.size < AT_ONCE) return
      await Promise.race(underWay.values())
    }
  }

  const timer = setInterval(lookOnce, LOOK_MS, OVERDUE_MS)
  return {
    catchUp: () => void afterAbsence(),
    leftBehind: () => left,
    async stop() {
      stopped = true
      clearInterval(timer)
      await looking
      await Promise.allSettled(underWay.values())
    },
  }
}

function moving(world: World, { what, accountId, id, status }: Overdue): Promise<void> {
  if (what === 'call') return followUpCall(world, { accountId, callId: id })
  const which = { accountId, messageId: id }
  return status === 'unknown' ? reconcileMessage(world, which) : deliverMessage(world, which)
}
