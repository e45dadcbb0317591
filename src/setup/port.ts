import type { Connection } from '../domain/connection.ts'
import type { Failed, Failure, LineType, Listed } from '../domain/words.ts'

/** What a vendor offers while a business sets up. It leaves out what it cannot do. */
export type Setup = {
  /** The numbers of the vendor account. Also proves that the credentials work. */
  listNumbers?(connection: Connection): Promise<Listed<FoundNumber>>

  /**
   * Points the number's webhooks at us, or says what a person has to set where the vendor has no API for it. It may be
   * repeated. `hooksUrl` is PUBLIC_URL + /hooks/{kind}/{accountId}/{connectionId}.
   */
  configureNumber?(connection: Connection, number: string, hooksUrl: string, carries: Carries): Promise<Configured>

  /** Asks for the line type of a phone. Costs money at the vendor, so only on request. */
  findLineType?(connection: Connection, phone: string): Promise<{ ok: true; lineType: LineType } | Failed>
}

export type FoundNumber = { number: string; label: string; canCall: boolean; canText: boolean }

/** What a connection carries for a number. A PBX's number texts through a carrier that must not touch its calls. */
export type Carries = { calls: boolean; texts: boolean }

/** What was set at the vendor, step by step: stored and shown. */
export type Configured = { ok: boolean; steps: { what: string; value: string; failure: Failure | null }[] }
