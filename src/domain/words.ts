/** The words of the trade, as types. A word here is the same word on the screen, in the table and in the route. */

/** How calls reach us. `forward`: we ring the business. `cfna`: the business's carrier sends us only missed calls. */
export type NumberMode = 'forward' | 'cfna'

/** How a call ended, or how far it is. `missed` covers busy, no answer, failed and the caller giving up. */
export type CallOutcome = 'ringing' | 'in_progress' | 'answered' | 'missed'

/** `unknown`: the carrier may or may not have the message; only reconciliation or a person may move it on. */
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

/** `other`: a pager, a voicemail box, a personal or company-wide number. `unknown`: the carrier cannot tell. */
export type LineType = 'mobile' | 'landline' | 'voip' | 'toll_free' | 'premium' | 'other' | 'unknown'

/** Why something could not be done, in words for the person who must act on it. */
export type Failure = {
  /** The carrier's own error number, when it gave one: '30006', '40300'. */
  code: string | null
  /** What happened and why, one sentence. */
  sentence: string
  /** What to do next, one sentence. */
  nextStep: string
}

/** Whether both texts of a failure are whole sentences. */
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

/** The result of a request that a vendor did not fulfil. */
export type Failed = { ok: false; failure: Failure }
export type Listed<T> = { ok: true; items: T[] } | Failed
