import { newId } from '../domain/ids.ts'
import type { Tx } from './db.ts'

/** What happened, in one word each: the rows of the timeline, and what rules and webhooks listen to. */
export type EventType =
  | 'call.answered'
  | 'call.missed'
  | 'contact.created'
  | 'contact.updated'
  | 'contact.merged'
  | 'lead.created'
  | 'lead.moved'
  | 'lead.won'
  | 'lead.lost'
  | 'lead.reopened'
  | 'message.queued'
  | 'message.failed'
  | 'message.refused'
  | 'message.unknown'
  | 'message.received'
  | 'opt_out.added'
  | 'opt_out.suspected'
  | 'opt_out.removed'
  | 'note.deleted'
  | 'number.saved'
  | 'number.deleted'
  | 'carrier.connected'
  | 'carrier.deleted'
  | 'settings.changed'
  | 'api_key.made'
  | 'api_key.revoked'
  | 'person.invited'
  | 'person.uninvited'
  | 'person.joined'
  | 'person.left'
  | 'person.removed'
  | 'person.role_changed'
  | 'list.added'
  | 'list.removed'
  | 'stage.changed'
  | 'contact.erased'
  | 'conversation.assigned'
  | 'conversation.snoozed'
  | 'conversation.woken'
  | 'conversation.closed'
  | 'conversation.opened'

export type NewEvent = {
  type: EventType
  contactId?: string | null
  leadId?: string | null
  callId?: string | null
  messageId?: string | null
  /** The event that made this one happen. */
  causeId?: string | null
  /** 'textback', or 'user:…' / 'key:…' when a person or their program did it. */
  actor?: string
  data?: Record<string, unknown>
}

/** Writes an event down and gives its id, to be the cause of what follows from it. */
export async function recordEvent(tx: Tx, accountId: string, event: NewEvent, now: Date): Promise<string> {
  const id = newId()
  await tx
    .insertInto('events')
    .values({
      id,
      accountId,
      type: event.type,
      contactId: event.contactId ?? null,
      leadId: event.leadId ?? null,
      callId: event.callId ?? null,
      messageId: event.messageId ?? null,
      causeId: event.causeId ?? null,
      actor: event.actor ?? 'textback',
      data: JSON.stringify(event.data ?? {}),
      at: now,
    })
    .execute()
  return id
}

/** The newest event of a type about a message: the cause of what the carrier says of it later. */
export async function eventAbout(
  tx: Tx,
  accountId: string,
  messageId: string,
  type: EventType,
): Promise<string | null> {
  const row = await tx
    .selectFrom('events')
    .select('id')
    .where('accountId', '=', accountId)
    .where('contactId', '=', (eb) =>
      eb.selectFrom('messages').select('contactId').where('accountId', '=', accountId).where('id', '=', messageId),
    )
    .where('messageId', '=', messageId)
    .where('type', '=', type)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row?.id ?? null
}
