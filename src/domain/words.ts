/** The words of the trade, as types. A word here is the same word on the screen, in the table and in the route. */

/** How calls reach us: we ring the business and then miss it (forward), or its carrier sends us only missed calls (cfna). */
export type NumberMode = 'forward' | 'cfna'

/** How a call ended, or that it has not. `missed` covers busy, no answer, failed and the caller giving up. */
export type CallOutcome = 'ringing' | 'in_progress' | 'answered' | 'missed'

/** The outbox. `unknown`: the carrier may or may not have it; only reconciliation or a person may move it on. */
export type MessageStatus =
  | 'queued'
  | 'sending'
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'refused'
  | 'unknown'
  | 'received'

export type LineType = 'mobile' | 'landline' | 'voip' | 'toll_free' | 'premium' | 'unknown'

/** Why something could not be done, in words for the person who must act on it. */
export type Failure = {
  /** The carrier's own error number, when it gave one: '30006', '40300'. */
  code: string | null
  /** What happened and why, one sentence. */
  sentence: string
  /** What to do next, one sentence. */
  nextStep: string
}

/** Whether a failure keeps its promise: whole sentences, of which each begins and ends as one. */
export const isReadable = ({ sentence, nextStep }: Failure) =>
  /^[A-Z0-9].*\.$/.test(sentence) && /^[A-Z].*\.$/.test(nextStep)

/** What an error of a vendor means for us. Decides whether it is remembered, retried or shown to the operator. */
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

/** The answer to a question that a vendor did not answer. */
export type Failed = { ok: false; failure: Failure }
export type Listed<T> = { ok: true; items: T[] } | Failed
