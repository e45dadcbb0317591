import type { CarrierKind, Failure, LineType } from '../domain/words.ts'

/**
 * The port to the phone network. One folder a carrier implements it; vendor shapes stay inside that folder.
 *
 * Nothing here throws for what a carrier may do on an ordinary day: a refusal, a timeout and an unreadable list are
 * values. A throw is a bug of ours.
 */
export type Carrier = {
  kind: CarrierKind

  /** Checks the shape of what a person typed to connect this carrier; keys are the provisioning file's keys. */
  readCredentials(input: unknown): { ok: true; credentials: Credentials } | { ok: false; errors: FieldError[] }

  /** Proves that the raw request comes from the carrier. Constant time; a connection without a secret proves nothing. */
  verify(hook: Hook, connection: Connection): { ok: true } | { ok: false; why: string }

  /** The vendor's request in our words. An unknown event is no event (`[]`), never an error: carriers add events. */
  parse(hook: Hook, connection: Connection): { ok: true; events: CarrierEvent[] } | { ok: false; errors: FieldError[] }

  /**
   * Carries the plan out and gives the HTTP answer for the hook: TwiML in the answer, or a command to the carrier's
   * API and a plain 200. A command that fails gives 503, so that the carrier brings the event again.
   */
  answer(hook: Hook, connection: Connection, plan: CallPlan): Promise<HookAnswer>

  /** Hands one text to the carrier, once: no retry inside. */
  send(connection: Connection, text: OutgoingText): Promise<SendResult>

  /** What the carrier's own list says about a text whose sending has an unknown outcome. */
  findSent(connection: Connection, text: SoughtText): Promise<FoundSent>

  /** The calls to one of our numbers that began after `since`, as the carrier's own list has them. */
  listCalls(connection: Connection, number: string, since: Date): Promise<Listed<ListedCall>>

  /** One call as the carrier knows it now; tells an answered call from a missed one when events alone cannot. */
  findCall(connection: Connection, call: { callId: string; legId: string | null }): Promise<FoundCall>

  /** The numbers of the carrier account. Doubles as the proof that the credentials work. */
  listNumbers(connection: Connection): Promise<Listed<CarrierNumber>>

  /** Points the number's voice and text webhooks at us. `hooksUrl` is PUBLIC_URL + /hooks/{kind}/{accountId}/{connectionId}. */
  configureNumber(connection: Connection, number: string, hooksUrl: string, carries: Carries): Promise<Configured>

  /** Asks what kind of line a number is. Costs money at the carrier, so only on request. */
  findLineType(connection: Connection, phone: string): Promise<{ ok: true; lineType: LineType } | Failed>

  /** A text is absent from `findSent` for sure only this long after the attempt; before that the list may lag. */
  listSettlesAfterMs: number
}

export type FieldError = { field: string; message: string }

/** Decrypted, in memory only. Which keys there are is each carrier's own business (`readCredentials`). */
export type Credentials = Record<string, string>

export type Connection = {
  accountId: string
  id: string
  kind: CarrierKind
  credentials: Credentials
  /** The carrier's API, without trailing slash; null is the carrier's real address. */
  apiUrl: string | null
}

/** One HTTP request of a carrier, as it arrived. */
export type Hook = {
  /** The URL the carrier was given: PUBLIC_URL and the path and query of this request. Never made from Host. */
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

/**
 * What a carrier tells us. `callId` names the whole call (Twilio parent CallSid, Telnyx call_session_id, the PBX's id);
 * `at` is the carrier's time of the event where it gives one, else when we received it; Twilio's has whole seconds, so
 * an end can seem to come up to a second before the arrival. Phones are as the carrier sent
 * them: `from` may be 'anonymous' or empty.
 */
export type CarrierEvent =
  | {
      type: 'call.arrived'
      callId: string
      /** The caller's leg, where commands go (Telnyx call_control_id). */
      legId: string | null
      from: string
      to: string
      at: Date
      callerName: string | null
      forwardedFrom: string | null
      /** Twilio's StirVerstat values, or null. */
      stirVerstat: string | null
    }
  /** A person at the forward target picked up. */
  | { type: 'call.answered'; callId: string; at: Date }
  /** The forward target was rung and nobody took it; the caller may still be on the line. */
  | { type: 'call.unanswered'; callId: string; at: Date; why: Unanswered }
  /** The caller's leg is over. */
  | {
      type: 'call.ended'
      callId: string
      legId: string | null
      from: string
      to: string
      /** Null when the carrier does not say; then the first event that we received is the start. */
      startedAt: Date | null
      at: Date
      /** False: this event alone proves that nobody picked up. Null: it cannot tell. */
      answered: boolean | null
      why: Unanswered | null
      durationSeconds: number | null
    }
  | {
      type: 'message.received'
      carrierId: string
      from: string
      to: string
      body: string
      at: Date
      media: { url: string; contentType: string | null }[]
      /** The carrier's own opt-out system already acted on (and answered) this text. */
      carrierReplied: 'stop' | 'start' | 'help' | null
    }
  | {
      type: 'message.receipt'
      /** Our id, from the callback URL; null when the callback has none. */
      messageId: string | null
      carrierId: string
      status: ReceiptStatus
      failure: (Failure & { kind: FailureKind }) | null
      at: Date
    }

export type Unanswered = 'busy' | 'no_answer' | 'failed' | 'caller_gave_up' | 'voicemail'

/** `unknown`: the carrier itself could not find out (Telnyx delivery_unconfirmed). */
export type ReceiptStatus = 'accepted' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'unknown'

/** What the call should do now. */
export type CallPlan =
  /**
   * `unknownNumber`: the call is to a number that the account does not have; `idOfAnother`: its id names another call,
   * and nothing was taken in. Who can be told is told.
   */
  | { do: 'nothing'; unknownNumber?: boolean; idOfAnother?: boolean }
  /** Ring the target for so many seconds; the caller keeps hearing ringing. */
  | { do: 'ring'; legId: string | null; target: string; seconds: number; callerId: string; callId: string }
  /** A call that is already missed: let it ring where the carrier can, else say the greeting and stay `guardSeconds`. */
  | { do: 'let_ring'; greeting: string; guardSeconds: number }
  /** Nobody took it: say the greeting where the call is open for it, then hang up. */
  | { do: 'goodbye'; legId: string | null; greeting: string; callId: string }

export type OutgoingText = {
  messageId: string
  from: string
  to: string
  body: string
  /** Ours, with `messageId` in its path; receipts come there even when the HTTP answer of the send was lost. */
  callbackUrl: string
  /** The carrier must drop the text when it cannot deliver within this time: a text-back ten hours late does harm. */
  validSeconds: number
}

/** What an error of a carrier means for us. Decides whether it is remembered, retried or shown to the operator. */
export type FailureKind =
  | 'opted_out'
  | 'landline'
  | 'invalid_number'
  | 'unreachable'
  | 'blocked'
  | 'registration'
  | 'rate'
  | 'credentials'
  | 'configuration'
  | 'balance'
  | 'other'

export type SendResult =
  | { outcome: 'accepted'; carrierId: string; segments: number | null }
  /** The carrier said no and nothing went out; sending the same again would not help. */
  | { outcome: 'refused'; failure: Failure & { kind: FailureKind } }
  /** Provably not processed (connection refused, DNS, 429): safe to try again. */
  | { outcome: 'not_processed'; why: string; retryAfterMs: number | null }
  /** The request may have been processed (timeout, 5xx, connection reset): reconcile, never resend blindly. */
  | { outcome: 'unknown'; why: string }

export type SoughtText = { messageId: string; from: string; to: string; body: string; attemptedAt: Date }

export type SentText = {
  carrierId: string
  status: ReceiptStatus
  failure: (Failure & { kind: FailureKind }) | null
  at: Date
}

/** `found` lists every text that could be the one, oldest first; the caller takes one that no other message has. */
export type FoundSent =
  | { outcome: 'found'; texts: SentText[] }
  | { outcome: 'absent' }
  | { outcome: 'unreadable'; why: string }

export type ListedCall = {
  callId: string
  /** The caller's leg where the carrier's list has it; `findCall` may need it. */
  legId: string | null
  from: string
  to: string
  startedAt: Date
  endedAt: Date | null
  /** Whether a person picked up; null when the list alone cannot tell (`findCall` can). */
  answered: boolean | null
  why: Unanswered | null
  durationSeconds: number | null
}

export type FoundCall =
  | { outcome: 'ended'; answered: boolean; why: Unanswered | null; endedAt: Date | null }
  | { outcome: 'going_on' }
  | { outcome: 'unreadable'; why: string }

export type CarrierNumber = { number: string; label: string; canCall: boolean; canText: boolean }

export type Failed = { ok: false; failure: Failure }
export type Listed<T> = { ok: true; items: T[] } | Failed

/** What of a number goes through a connection. A PBX's number texts through a carrier that must not touch its calls. */
export type Carries = { calls: boolean; texts: boolean }

/** What was set at the carrier, step by step: stored and shown. */
export type Configured = { ok: boolean; steps: { what: string; value: string; failure: Failure | null }[] }
