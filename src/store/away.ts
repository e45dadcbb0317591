import { setTimeout as sleep } from 'node:timers/promises'

/** The database is known to be away, or a connection to it could not be made. A fault that passes. */
export class DatabaseAway extends Error {
  constructor(cause?: unknown) {
    super(cause instanceof Error ? `The database is away: ${cause.message}` : 'The database is away.', { cause })
  }
}

/**
 * What this process knows of the database's absence. Everybody who wants a connection asks here first, so that nobody
 * waits for a database that is known to be away: a carrier gets its 503 at once, and repeats in time.
 */
export type Breaker = {
  /** Throws DatabaseAway while the database is known to be away. */
  pass(): void
  /** A connection or a statement failed as it does when the database is away: finds out whether it is. */
  suspect(): void
  /** Finds out whether it is away, unless that is known. */
  isAway(): Promise<boolean>
  /** Whether it is known to be away. */
  knowsAway(): boolean
  /** Waits until the database is there, but no longer than `ms`, and not at all after `stop`. */
  untilThere(ms: number): Promise<void>
  /** Calls back each time when the database is there after all, or again: what failed meanwhile has been refused. */
  onReturn(callBack: () => void): void
  /** True once the process is ending: then nobody waits for the database any more. */
  stopped(): boolean
  stop(): void
}

/** How long after the database is back the first request may still be refused. */
const LOOK_MS = 250

/**
 * `answers` asks the database for a sign of life over a connection of its own. One failure alone proves nothing (one
 * connection may break, or one statement be slow), so it only makes the breaker ask.
 */
export function makeBreaker(answers: () => Promise<boolean>): Breaker {
  let away = false
  let ended = false
  /** The first answer after a suspicion; null while there is none. */
  let asked: Promise<void> | null = null
  const waiting = new Set<() => void>()
  const listeners: (() => void)[] = []

  async function ask(): Promise<void> {
    away = !(await answers())
    if (away) void keepAsking()
    else isThere()
  }

  async function keepAsking(): Promise<void> {
    do await sleep(LOOK_MS, undefined, { ref: false })
    while (!ended && !(await answers()))
    isThere()
  }

  function isThere(): void {
    away = false
    asked = null
    for (const go of waiting) go()
    waiting.clear()
    if (!ended) for (const callBack of listeners) callBack()
  }

  const suspect = () => {
    if (!ended) asked ??= ask()
  }
  return {
    pass() {
      if (away) throw new DatabaseAway()
    },
    suspect,
    async isAway() {
      suspect()
      await asked
      return away
    },
    knowsAway: () => away,
    async untilThere(ms) {
      if (ended || !asked) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.add(resolve)
      const tooLong = setTimeout(resolve, ms)
      await promise
      clearTimeout(tooLong)
      waiting.delete(resolve)
    },
    onReturn: (callBack) => void listeners.push(callBack),
    stopped: () => ended,
    stop() {
      ended = true
      isThere()
    },
  }
}
