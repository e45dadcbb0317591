/**
 * What happened, in one word each: the rows of the timeline, and what webhooks and rules listen to. A type says of which
 * noun it is: `call.missed`.
 */
export const EVENT_TYPES = [
  'call.answered',
  'call.missed',
  'contact.created',
  'contact.updated',
  'contact.merged',
  'contact.erased',
  'conversation.assigned',
  'conversation.snoozed',
  'conversation.woken',
  'conversation.closed',
  'conversation.opened',
  'lead.created',
  'lead.moved',
  'lead.won',
  'lead.lost',
  'lead.reopened',
  'message.queued',
  'message.failed',
  'message.refused',
  'message.unknown',
  'message.received',
  'note.deleted',
  'opt_out.added',
  'opt_out.suspected',
  'opt_out.removed',
  'number.saved',
  'number.deleted',
  'carrier.connected',
  'carrier.deleted',
  'settings.changed',
  'account.closing',
  'account.kept',
  'account.exported',
  'api_key.made',
  'api_key.revoked',
  'person.invited',
  'person.uninvited',
  'person.joined',
  'person.left',
  'person.removed',
  'person.role_changed',
  'list.added',
  'list.removed',
  'stage.changed',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

/**
 * Who did it: a person, a program by its API key, a carrier by its connection, an automation, an agent, or Textback by
 * itself (`textback`), which is the system.
 */
export type Actor =
  | `user:${string}`
  | `key:${string}`
  | `carrier:${string}`
  | `automation:${string}`
  | `agent:${string}`
  | 'textback'

/** An event before it is written. Its subject is what it is about; `data` holds what no row tells. */
export type NewEvent = {
  /** Chosen by who must name it as a cause before it is written. */
  id?: string
  type: EventType
  actor: Actor
  contactId?: string | null
  leadId?: string | null
  callId?: string | null
  messageId?: string | null
  /** The event that made this one happen, so that rules do not chase their own tails. */
  causeId?: string | null
  data?: Record<string, unknown>
}
