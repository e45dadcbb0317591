import type { SignUpSetting } from '../domain/signUp.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Connections } from '../store/connections/connections.ts'
import type { Database, Tx } from '../store/db.ts'
import type { SecretBox } from '../store/secrets.ts'
import type { Vendor, Vendors } from '../vendors/vendor.ts'
import type { Limits } from './people/limits.ts'

/** What actions use from outside. app.ts makes it once; a test passes another clock. */
export type World = {
  db: Database
  /** By the kind of a connection. */
  vendors: Vendors
  connections: Connections
  /** Where carriers reach us, without a trailing slash. */
  publicUrl: string
  now(): Date
  /** Takes a text that was just queued to its carrier before its job runs; the demo's past leaves it out. */
  deliverSoon(which: { accountId: string; messageId: string }): void
  /** How often something may be tried. */
  limits: Limits
  /** Who may sign up. */
  signUp: SignUpSetting
  log: Log
  mail: (mail: { to: string; subject: string; text: string }) => Promise<void>
  /** Whether mail leaves this server; else it goes to the log. */
  hasMail: boolean
  /** Encrypts the webhooks' secrets. */
  secrets: SecretBox
  /** Sends requests to the addresses that accounts have entered. */
  outbound: Outbound
  showSubjects: ShowSubjects
  measure: Measure
}

/** The rows that an event is about. */
export type SubjectIds = Record<'contactId' | 'leadId' | 'callId' | 'messageId', string | null>

/** What an event is about, as the API shows it now. A subject that the event lacks, or that is deleted, is null. */
export type ShowSubjects = (
  tx: Tx,
  accountId: string,
  of: SubjectIds,
) => Promise<Record<'contact' | 'lead' | 'call' | 'message', object | null>>

/** The account and connection that an event came through. */
export type Source = {
  accountId: string
  connectionId: string
  kind: string
  /** The account's country: how to read a phone without a country code. */
  country: string
}

/** Facts by id only: no phone, text or token goes into a log line. */
export type Log = {
  info(facts: Record<string, unknown>, what: string): void
  warn(facts: Record<string, unknown>, what: string): void
  error(facts: Record<string, unknown>, what: string): void
}

/** What /metrics counts and times. */
export type Measure = {
  callDecided(action: 'send' | 'skip', reason: string): void
  textAccepted(secondsSinceHangUp: number | null): void
  messageEnded(status: string): void
  /** The watch had to move it. */
  leftBehind(what: 'text' | 'call'): void
}

export const hooksUrl = (world: World, kind: string, accountId: string, connectionId: string) =>
  `${world.publicUrl}/hooks/${kind}/${encodeURIComponent(accountId)}/${encodeURIComponent(connectionId)}`

/** The names of the vendors that have an ability, for a sentence: "One or Another". */
export function namesOfVendors({ vendors }: World, can: (vendor: Vendor) => boolean): string {
  const names = [...vendors.values()].filter(can).map(({ name }) => name)
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names)
}
