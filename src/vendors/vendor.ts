import type { Channel, MessageEvent } from '../channels/port.ts'
import type { ChannelKind } from '../domain/channel.ts'
import type { Connection, Credentials } from '../domain/connection.ts'
import type { FieldError } from '../domain/fields.ts'
import type { Setup } from '../setup/port.ts'
import type { CallEvent, CallPlan, Voice } from '../voice/port.ts'

/**
 * A company or a system that connects us to phones. Its webhooks report everything, and it offers what it can: calls,
 * channels, setting up. Code asks what a vendor offers (`vendor.channels.sms?.send`), never which vendor it is. Each
 * has one folder, and the vendor's own terms stay inside that folder.
 */
export type Vendor = {
  /** Used in addresses, in the database and in the provisioning file, so it never changes. */
  kind: string
  /** For people: "Twilio". */
  name: string
  /** The fields of the credentials, each with a hint for the person who fills it in. */
  credentialFields: Record<string, string>
  /**
   * Checks the shape of what a person typed to connect this vendor; keys are those of `credentialFields`. `stored` are the
   * credentials so far: what may be left out, and still fits, is kept from them.
   */
  readCredentials(
    input: unknown,
    stored?: Credentials,
  ): { ok: true; credentials: Credentials } | { ok: false; errors: FieldError[] }
  webhooks: Webhooks
  voice?: Voice
  channels: { [kind in ChannelKind]?: Channel }
  setup?: Setup
}

/** Every vendor by its kind. */
export type Vendors = ReadonlyMap<string, Vendor>

/** The webhooks of a vendor: calls and messages may come to the same address. */
export type Webhooks = {
  /** Proves that the raw request comes from the vendor. Constant time; a connection without a secret proves nothing. */
  verify(hook: Hook, connection: Connection): { ok: true } | { ok: false; why: string }

  /** The events of a request, in our words. An unknown event gives `[]`, never an error: vendors add events. */
  parse(hook: Hook, connection: Connection): { ok: true; events: VendorEvent[] } | { ok: false; errors: FieldError[] }

  /**
   * Carries out the plan for a call and returns the HTTP answer: TwiML, or a plain 200 after a command to the vendor's
   * API. A command that fails gives 503, so that the vendor sends the event again. Without this function, every webhook
   * is answered with an empty 200.
   */
  answer?(hook: Hook, connection: Connection, plan: CallPlan): Promise<HookAnswer>
}

export type VendorEvent = CallEvent | MessageEvent

/** One webhook request of a vendor, as it arrived. */
export type Hook = {
  /** The URL that the vendor was given: PUBLIC_URL with the path and query of this request, never the Host header. */
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
