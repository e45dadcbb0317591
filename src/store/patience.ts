import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, isPassingFault } from './db.ts'

/** How long work waits for a database that is away. Longer than a restart takes, shorter than a text would be late. */
const PATIENCE_MS = 60_000

/** How often work may fail while the database is there: each connection that broke with it fails once more. */
const TRIES = 5
const PAUSE_MS = 200

/**
 * Does `work` again, until it is done, when the database goes away under it. Only for work that may be done twice, and
 * that nobody waits for: whoever has a person or a carrier waiting says 503 instead.
 */
export async function patiently<T>(db: Database, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (let tries = 1; ; ) {
    try {
      return await work()
    } catch (error) {
      if (!isPassingFault(error) || tries > TRIES || performance.now() > deadline || db.breaker.stopped()) throw error
      if (await db.breaker.isAway()) await db.breaker.untilThere(deadline - performance.now())
      else {
        tries++
        await sleep(PAUSE_MS)
      }
    }
  }
}
