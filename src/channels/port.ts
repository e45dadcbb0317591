import type { ChannelKind } from '../domain/channel.ts'
import type { Connection } from '../domain/connection.ts'
import type { Failure, FailureKind } from '../domain/words.ts'

/**
 * What a vendor does for one kind of channel: it sends messages, and reports what became of them. The facts of the kind
 * itself are in `domain/channel.ts`.
 *
 * Nothing here throws for an expected failure: a refusal, a timeout and an unreadable list are values. A throw is our
 * bug.
 */
export type Channel = {
  /** Sends one text, once: without retries. */
  send(connection: Connection, text: OutgoingText): Promise<SendResult>

  /** Looks in the vendor's own list for a text whose send has an unknown outcome. */
  findSent(connection: Connection, text: SoughtText): Promise<FoundSent>

  /**
   * How far out of order the list may be: of two texts that are taken so long apart, the earlier one is listed first.
   * It covers the time that the vendor may need to take a text. Null where the list may lack a text for good: then no
   * text is sent again because the list lacks it.
   */
  listSettlesAfterMs: number | null

  /**
   * Whether the vendor itself acts on this incoming text and answers it, as some do with STOP. Then we do not confirm
   * it a second time.
   */
  answersItself(body: string): boolean
}

export type OutgoingText = {
  messageId: string
  from: string
  to: string
  body: string
  /** Ours, with `messageId` in its path; receipts come there even when the HTTP answer of the send was lost. */
  callbackUrl: string
  /** The vendor must drop the text when it cannot deliver within this time: a text-back ten hours late does harm. */
  validSeconds: number
}

export type SendResult =
  | { outcome: 'accepted'; carrierId: string; segments: number | null }
  /** The vendor said no and nothing went out; sending the same again would not help. */
  | { outcome: 'refused'; failure: Failure & { kind: FailureKind } }
  /** Provably not processed (connection refused, DNS, 429): safe to try again. */
  | { outcome: 'not_processed'; why: string; retryAfterMs: number | null }
  /** The request may have been processed (timeout, 5xx, connection reset): reconcile, never resend blindly. */
  | { outcome: 'unknown'; why: string }

export type SoughtText = {
  messageId: string
  from: string
  to: string
  body: string
  attemptedAt: Date
  /** Now, by the clock of `attemptedAt`. Where the vendor's clock tells another time, its times prove nothing. */
  askedAt: Date
}

export type SentText = {
  carrierId: string
  status: ReceiptStatus
  failure: (Failure & { kind: FailureKind }) | null
  at: Date
}

/**
 * `found` lists every text that could be the one, oldest first; the caller takes one that no other message has.
 *
 * That a list lacks a text proves nothing by itself, because lists lag. `shownUntil` says how far this one has come:
 * when the newest text from our address that it shows, to whomever, was taken. It must be read before the texts are
 * sought. Null where no text is as new as the attempt, and always where the list may lack a text for good.
 */
export type FoundSent =
  | { outcome: 'found'; texts: SentText[]; shownUntil: Date | null }
  | { outcome: 'absent'; shownUntil: Date | null }
  | { outcome: 'unreadable'; why: string }

/** What a vendor reports of messages. `at` is the vendor's time where it gives one, else when we received it. */
export type MessageEvent =
  | {
      type: 'message.received'
      channel: ChannelKind
      carrierId: string
      /** As the vendor sent them. */
      from: string
      to: string
      body: string
      at: Date
      media: { url: string; contentType: string | null }[]
      /** The vendor's own opt-out system already acted on (and answered) this text. */
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

/** `unknown`: the vendor itself could not find out. */
export type ReceiptStatus = 'accepted' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'unknown'
