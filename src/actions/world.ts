import type { Carrier } from '../carriers/carrier.ts'
import type { CarrierKind } from '../domain/words.ts'
import type { Connections } from '../store/carriers.ts'
import type { Database } from '../store/db.ts'

/** What actions act in. Handed in once by app.ts; a test hands in another clock. */
export type World = {
  db: Database
  carriers: Record<CarrierKind, Carrier>
  connections: Connections
  /** Where the carriers reach us, without a trailing slash. */
  publicUrl: string
  now(): Date
  log: Log
  measure: Measure
}

/** Facts by id only: no phone, no text, no token ever goes into a log line. */
export type Log = {
  info(facts: Record<string, unknown>, what: string): void
  warn(facts: Record<string, unknown>, what: string): void
  error(facts: Record<string, unknown>, what: string): void
}

/** What is counted and timed for /metrics. */
export type Measure = {
  callDecided(action: 'send' | 'skip', reason: string): void
  textAccepted(secondsSinceHangUp: number | null): void
  messageEnded(status: string): void
}

export const hooksUrl = (world: World, kind: CarrierKind, accountId: string, connectionId: string) =>
  `${world.publicUrl}/hooks/${kind}/${encodeURIComponent(accountId)}/${encodeURIComponent(connectionId)}`
