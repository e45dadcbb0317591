/** The words of the trade, as types. A word here is the same word on the screen, in the table and in the route. */

export const CARRIER_KINDS = ['twilio', 'telnyx', 'generic'] as const
export type CarrierKind = (typeof CARRIER_KINDS)[number]

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
