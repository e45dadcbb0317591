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
  /** Calls back when the database is found to be away. */
  onAway(callBack: () => void): void
  /** Calls back each time when the database is there again, or after all. What failed meanwhile has been refused. */
  onReturn(callBack: (wasAway: boolean) => void): void
  /** True once the process is ending: then nobody waits for the database any more. */
  stopped(): boolean
  stop(): void
}

/** What the database says to a sign of life: nothing at all within the time, or that nobody is there. */
export type Sign = 'answer' | 'silence' | 'refused'

/** How long after the database is back the first request may still be refused. */
const LOOK_MS = 250

/**
 * `ask` asks the database for a sign of life over a connection of its own. One failure alone proves nothing (one
 * connection may break, or one statement be slow), so it only makes the breaker ask.
 */
export function makeBreaker(ask: () => Promise<Sign>): Breaker {
  let away = false
  let ended = false
  /** The first answer after a suspicion; null while there is none. */
  let asked: Promise<void> | null = null
  const waiting = new Set<() => void>()
  const listeners = { away: [] as (() => void)[], return: [] as ((wasAway: boolean) => void)[] }

  async function findOut(): Promise<void> {
    let sign = await ask()
    // On a busy machine one answer may come too late.
    if (sign === 'silence') sign = await ask()
    if (sign === 'answer' || ended) return isThere()
    away = true
    for (const callBack of listeners.away) callBack()
    void keepAsking()
  }

  async function keepAsking(): Promise<void> {
    do await sleep(LOOK_MS, undefined, { ref: false })
    while (!ended && (await ask()) !== 'answer')
    isThere()
  }

  function isThere(): void {
    const wasAway = away
    away = false
    asked = null
    for (const go of waiting) go()
    waiting.clear()
    if (!ended) for (const callBack of listeners.return) callBack(wasAway)
  }

  const suspect = () => {
    if (!ended) asked ??= findOut()
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
    onAway: (callBack) => void listeners.away.push(callBack),
    onReturn: (callBack) => void listeners.return.push(callBack),
    stopped: () => ended,
    stop() {
      ended = true
      isThere()
    },
  }
}
