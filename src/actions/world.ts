import type { Outbound } from '../outbound/outbound.ts'
import type { Connections } from '../store/connections/connections.ts'
import type { Database, Tx } from '../store/db.ts'
import type { SecretBox } from '../store/secrets.ts'
import type { Vendor, Vendors } from '../vendors/vendor.ts'

/** What actions act in. Handed in once by app.ts; a test hands in another clock. */
export type World = {
  db: Database
  /** Found by the kind of a connection. */
  vendors: Vendors
  connections: Connections
  /** Where the carriers reach us, without a trailing slash. */
  publicUrl: string
  now(): Date
  /** Takes a text that was just queued to its carrier, ahead of its job; the demo's past does without. */
  deliverSoon(which: { accountId: string; messageId: string }): void
  log: Log
  mail: (mail: { to: string; subject: string; text: string }) => Promise<void>
  /** Seals webhooks' secrets. */
  secrets: SecretBox
  /** Asks the addresses that accounts have written down. */
  outbound: Outbound
  showSubjects: ShowSubjects
  measure: Measure
}

/** The rows that an event is about. */
export type SubjectIds = Record<'contactId' | 'leadId' | 'callId' | 'messageId', string | null>

/** What an event is about, as the API shows it at this moment: null for what it is not about, and what is gone. */
export type ShowSubjects = (
  tx: Tx,
  accountId: string,
  of: SubjectIds,
) => Promise<Record<'contact' | 'lead' | 'call' | 'message', object | null>>

/** Which connection of whom brought an event. */
export type Source = {
  accountId: string
  connectionId: string
  kind: string
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

export const hooksUrl = (world: World, kind: string, accountId: string, connectionId: string) =>
  `${world.publicUrl}/hooks/${kind}/${encodeURIComponent(accountId)}/${encodeURIComponent(connectionId)}`

/** The vendors that can do something, for a sentence: "One or Another". */
export function namesOfVendors({ vendors }: World, can: (vendor: Vendor) => boolean): string {
  const names = [...vendors.values()].filter(can).map(({ name }) => name)
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names)
}
