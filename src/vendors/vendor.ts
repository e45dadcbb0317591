import type { Channel, MessageEvent } from '../channels/port.ts'
import type { ChannelKind } from '../domain/channel.ts'
import type { Connection, Credentials } from '../domain/connection.ts'
import type { FieldError } from '../domain/fields.ts'
import type { Setup } from '../setup/port.ts'
import type { CallEvent, CallPlan, Voice } from '../voice/port.ts'

/**
 * A company or a system that we speak with. It has one door for all that it tells us, and offers what it can: calls,
 * channels, setting up. Whoever needs something asks for it (`vendor.channels.sms?.send`), never for who the vendor is.
 * One folder each; the vendor's own words stay inside that folder.
 */
export type Vendor = {
  /** In addresses, in the database and in the provisioning file. It never changes. */
  kind: string
  /** For people: "Twilio". */
  name: string
  /** What proves that a business is the vendor's customer: each field with a line for whoever fills it in. */
  credentialFields: Record<string, string>
  /** Checks the shape of what a person typed to connect this vendor; keys are those of `credentialFields`. */
  readCredentials(input: unknown): { ok: true; credentials: Credentials } | { ok: false; errors: FieldError[] }
  webhooks: Webhooks
  voice?: Voice
  channels: { [kind in ChannelKind]?: Channel }
  setup?: Setup
}

/** Every vendor by its kind. */
export type Vendors = ReadonlyMap<string, Vendor>

/** The one door of a vendor: calls and messages may come through the same address. */
export type Webhooks = {
  /** Proves that the raw request comes from the vendor. Constant time; a connection without a secret proves nothing. */
  verify(hook: Hook, connection: Connection): { ok: true } | { ok: false; why: string }

  /** The vendor's request in our words. An unknown event is no event (`[]`), never an error: vendors add events. */
  parse(hook: Hook, connection: Connection): { ok: true; events: VendorEvent[] } | { ok: false; errors: FieldError[] }

  /**
   * Carries the plan for a call out and gives the HTTP answer for the hook: TwiML in the answer, or a command to the
   * vendor's API and a plain 200. A command that fails gives 503, so that the vendor brings the event again. Left out,
   * every hook is answered with an empty 200.
   */
  answer?(hook: Hook, connection: Connection, plan: CallPlan): Promise<HookAnswer>
}

export type VendorEvent = CallEvent | MessageEvent

/** One HTTP request of a vendor, as it arrived. */
export type Hook = {
  /** The URL the vendor was given: PUBLIC_URL and the path and query of this request. Never made from Host. */
  url: string
  /** What follows `/hooks/{kind}/{accountId}/{connectionId}/`: ['voice'], ['receipt', messageId]. */
  path: string[]
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  /** The raw bytes: signatures are over these. */
  body: Buffer
  receivedAt: Date
}

export type HookAnswer = { status: number; contentType: string; body: string }
