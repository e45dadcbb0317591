/**
 * The types of events: the rows of the timeline, and what webhooks and rules listen to. A type begins with its noun:
 * `call.missed`. `when` continues the sentence "when …" on the screen where people choose events, and in the docs.
 */
export const EVENTS = {
  'call.missed': { group: 'Calls', when: 'a call ended and nobody had answered it' },
  'call.answered': { group: 'Calls', when: 'a call ended that somebody had answered' },

  'message.received': { group: 'Texts', when: 'somebody texted you' },
  'message.queued': { group: 'Texts', when: 'a text is about to leave: a text-back, a reply, a confirmation' },
  'message.failed': { group: 'Texts', when: 'a text could not be delivered' },
  'message.refused': { group: 'Texts', when: 'a text was not sent, because the carrier or an opt-out forbids it' },
  'message.unknown': { group: 'Texts', when: 'nobody can tell whether a text was sent; a person decides' },

  'conversation.opened': { group: 'Conversations', when: 'a person reopened a conversation' },
  'conversation.closed': { group: 'Conversations', when: 'a person closed a conversation' },
  'conversation.assigned': { group: 'Conversations', when: 'somebody else looks after a conversation, or nobody' },
  'conversation.snoozed': { group: 'Conversations', when: 'a conversation was put off' },
  'conversation.woken': { group: 'Conversations', when: 'a snooze is over' },

  'contact.created': { group: 'Contacts', when: 'a person or a program added a contact' },
  'contact.updated': { group: 'Contacts', when: 'a contact’s name, phones, tags or fields changed' },
  'contact.merged': { group: 'Contacts', when: 'another contact became part of this one' },
  'contact.erased': { group: 'Contacts', when: 'a contact was erased with all texts' },
  'note.deleted': { group: 'Contacts', when: 'a note about a contact was deleted' },

  'lead.created': { group: 'Leads', when: 'a lead was opened: by a missed call, a text, or a person' },
  'lead.moved': { group: 'Leads', when: 'a lead went to another stage' },
  'lead.won': { group: 'Leads', when: 'a lead was won' },
  'lead.lost': { group: 'Leads', when: 'a lead was lost' },
  'lead.reopened': { group: 'Leads', when: 'a closed lead was opened again' },

  'opt_out.added': { group: 'Opt-outs', when: 'a phone opted out of texts' },
  'opt_out.suspected': { group: 'Opt-outs', when: 'a text may have meant an opt-out; a person decides' },
  'opt_out.removed': { group: 'Opt-outs', when: 'an opt-out was lifted' },
  'list.added': { group: 'Opt-outs', when: 'a phone was excluded or blocked' },
  'list.removed': { group: 'Opt-outs', when: 'a phone is no longer excluded or blocked' },

  'number.saved': { group: 'Settings', when: 'a number was added or changed' },
  'number.deleted': { group: 'Settings', when: 'a number was taken out' },
  'carrier.connected': { group: 'Settings', when: 'a carrier was connected, or got new credentials' },
  'carrier.deleted': { group: 'Settings', when: 'a carrier was disconnected' },
  'stage.changed': { group: 'Settings', when: 'a stage of the pipeline was added, renamed, moved or deleted' },
  'settings.changed': { group: 'Settings', when: 'the business’s settings changed' },
  'api_key.made': { group: 'Settings', when: 'an API key was made' },
  'api_key.rolled': { group: 'Settings', when: 'an API key got a new secret' },
  'api_key.revoked': { group: 'Settings', when: 'an API key was revoked' },
  'account.exported': { group: 'Settings', when: 'the whole account was exported' },
  'account.closing': { group: 'Settings', when: 'an owner closed the account; it is erased a week later' },
  'account.kept': { group: 'Settings', when: 'the account stays after all' },

  'person.invited': { group: 'People', when: 'somebody was invited' },
  'person.uninvited': { group: 'People', when: 'an invitation was taken back' },
  'person.joined': { group: 'People', when: 'somebody joined' },
  'person.left': { group: 'People', when: 'somebody left' },
  'person.removed': { group: 'People', when: 'somebody was taken out' },
  'person.role_changed': { group: 'People', when: 'somebody became an owner or a member' },

  'webhook.made': { group: 'Webhooks', when: 'a webhook was made' },
  'webhook.changed': { group: 'Webhooks', when: 'a webhook’s address, events or description changed' },
  'webhook.rotated': { group: 'Webhooks', when: 'a webhook got a new secret' },
  'webhook.enabled': { group: 'Webhooks', when: 'a webhook was switched on' },
  'webhook.disabled': { group: 'Webhooks', when: 'a webhook was switched off, by a person or because it failed' },
  'webhook.deleted': { group: 'Webhooks', when: 'a webhook was deleted' },
  'webhook.test': { group: 'Webhooks', when: 'somebody tested a webhook' },
} as const satisfies Record<`${string}.${string}`, { group: string; when: string }>

export type EventType = keyof typeof EVENTS

export const EVENT_TYPES = Object.keys(EVENTS) as EventType[]

/** Events that are not sent out: a webhook about webhooks would trigger itself. */
type OwnType = Extract<EventType, `webhook.${string}`>

export type DispatchedType = Exclude<EventType, OwnType>

export const isDispatched = (type: EventType): type is DispatchedType => EVENTS[type].group !== 'Webhooks'

/** The events that webhooks may listen to, and rules. */
export const DISPATCHED_TYPES = EVENT_TYPES.filter(isDispatched)

/**
 * Who did it: a person, a program (its API key), a carrier (its connection), an automation, an agent, or Textback
 * itself.
 */
export type Actor =
  | `user:${string}`
  | `key:${string}`
  | `carrier:${string}`
  | `automation:${string}`
  | `agent:${string}`
  | 'textback'

/** An event before it is written. The ids say what it is about; `data` holds what no row has. */
export type NewEvent = {
  /** Given when another event must name this one as its cause before it is written. */
  id?: string
  type: EventType
  actor: Actor
  contactId?: string | null
  leadId?: string | null
  callId?: string | null
  messageId?: string | null
  /** The event that caused this one, so that rules do not trigger each other for ever. */
  causeId?: string | null
  data?: Record<string, unknown>
}
