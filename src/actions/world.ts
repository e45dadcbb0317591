import type { CarrierKind } from '../domain/words.ts'
import type { Connections } from '../store/connections/connections.ts'
import type { Database } from '../store/db.ts'
import type { Carrier } from '../vendors/carrier.ts'

/** What actions act in. Handed in once by app.ts; a test hands in another clock. */
export type World = {
  db: Database
  carriers: Record<CarrierKind, Carrier>
  connections: Connections
  /** Where the carriers reach us, without a trailing slash. */
  publicUrl: string
  now(): Date
  /** Takes a text that was just queued to its carrier, ahead of its job; the demo's past does without. */
  deliverSoon(which: { accountId: string; messageId: string }): void
  log: Log
  mail: (mail: { to: string; subject: string; text: string }) => Promise<void>
  measure: Measure
}

/** Which connection of whom brought an event. */
export type Source = {
  accountId: string
  connectionId: string
  kind: CarrierKind
  /** The account's: what a phone without a country code means. */
  country: string
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
