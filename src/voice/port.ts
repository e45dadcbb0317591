import type { Connection } from '../domain/connection.ts'
import type { Listed } from '../domain/words.ts'

/**
 * What a vendor offers for calls. Its webhooks report calls as events, and the answer to an event carries out the plan
 * for the call. `listCalls` and `findCall` are left out where the vendor has no API for them.
 */
export type Voice = {
  /**
   * True for a phone system that reports each call once, when it is over, with its exact times. False where a call is
   * reported step by step, while it goes on.
   */
  reportsWholeCalls: boolean

  /** The calls to one of our numbers that began after `since`, as the vendor's own list has them. */
  listCalls?(connection: Connection, number: string, since: Date): Promise<Listed<ListedCall>>

  /** One call as the vendor knows it now. Says whether it was answered when the events alone do not. */
  findCall?(connection: Connection, call: { callId: string; legId: string | null }): Promise<FoundCall>
}

/**
 * What a vendor reports of a call. `callId` names the whole call (Twilio parent CallSid, Telnyx call_session_id, the
 * PBX's id). `at` is the vendor's time of the event where it gives one, else when we received it. Twilio's has whole
 * seconds, so an end can seem to come up to a second before the arrival. Phones are as the vendor sent them: `from` may
 * be 'anonymous' or empty. `of` is the caller's call where an event about its ringing names it: should the arrival have
 * been lost, the call is stored by that.
 */
export type CallEvent =
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
  | { type: 'call.answered'; callId: string; of?: { from: string; to: string }; at: Date }
  /** The forward target was rung and nobody answered; the caller may still be there. */
  | { type: 'call.unanswered'; callId: string; of?: { from: string; to: string }; at: Date; why: Unanswered }
  /** The caller's leg is over. */
  | {
      type: 'call.ended'
      callId: string
      legId: string | null
      from: string
      to: string
      /** Null when the vendor does not say; then the first event that we received is the start. */
      startedAt: Date | null
      at: Date
      /** False: this event alone proves that nobody picked up. Null: it does not say. */
      answered: boolean | null
      why: Unanswered | null
      durationSeconds: number | null
    }

export type Unanswered = 'busy' | 'no_answer' | 'failed' | 'caller_gave_up' | 'voicemail'

/** What the call should do now. */
export type CallPlan =
  /**
   * `unknownNumber`: the account does not have the called number. `idOfAnother`: the id is that of another call, and
   * nothing was stored. A vendor whose user can correct this says so in its answer. `unheardOf`: no event that names the
   * call has been stored yet; the vendor is asked to send this one again.
   */
  | { do: 'nothing'; unknownNumber?: boolean; idOfAnother?: boolean; unheardOf?: boolean }
  /** Ring the target for so many seconds; the caller keeps hearing ringing. */
  | { do: 'ring'; legId: string | null; target: string; seconds: number; callerId: string; callId: string }
  /** A call that is already missed: let it ring where the vendor can, else say the greeting and wait `guardSeconds`. */
  | { do: 'let_ring'; greeting: string; guardSeconds: number }
  /** Nobody answered: say the greeting where the call can play it, then hang up. */
  | { do: 'goodbye'; legId: string | null; greeting: string; callId: string }

export type ListedCall = {
  callId: string
  /** The caller's leg where the vendor's list has it; `findCall` may need it. */
  legId: string | null
  from: string
  to: string
  startedAt: Date
  endedAt: Date | null
  /** Whether a person picked up; null when the list does not say (`findCall` does). */
  answered: boolean | null
  why: Unanswered | null
  durationSeconds: number | null
}

export type FoundCall =
  | { outcome: 'ended'; answered: boolean; why: Unanswered | null; endedAt: Date | null }
  | { outcome: 'going_on' }
  | { outcome: 'unreadable'; why: string }
