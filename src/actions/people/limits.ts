import { createHmac } from 'node:crypto'
import type { Brake, Budget } from '../../domain/attempts.ts'
import { asPlatform, type Database } from '../../store/db.ts'
import * as attempts from '../../store/people/attempts.ts'

/** Counts attempts in the database. `whose` is an address or an id; it is stored as a keyed hash. */
export type Limits = {
  /** These give the moment until which the one who tries must wait, or null when they may go on. */
  spend(budget: Budget, whose: string): Promise<Date | null>
  brake(brake: Brake, whose: string): Promise<Date | null>
  /** The last attempt was none. */
  giveBack(limit: Budget | Brake, whose: string): Promise<void>
  forget(limit: Budget | Brake, whose: string): Promise<void>
  /** What the log calls an address: the same one is always called the same, and nobody can read it. */
  nameInLog(address: string): string
}

export function makeLimits(db: Database, secretKey: string, now: () => Date): Limits {
  const key = createHmac('sha256', secretKey).update('textback attempts').digest()
  const hashOf = (whose: string) => createHmac('sha256', key).update(whose.toLowerCase()).digest('hex').slice(0, 32)
  return {
    spend: (budget, whose) => asPlatform(db, (tx) => attempts.spend(tx, budget, hashOf(whose), now())),
    brake: (brake, whose) => asPlatform(db, (tx) => attempts.brake(tx, brake, hashOf(whose), now())),
    giveBack: (limit, whose) => asPlatform(db, (tx) => attempts.giveBack(tx, limit, hashOf(whose))),
    forget: (limit, whose) => asPlatform(db, (tx) => attempts.forget(tx, limit, hashOf(whose))),
    nameInLog: (address) => hashOf(address).slice(0, 12),
  }
}
