import { sql } from 'kysely'
import type { EventType, NewEvent } from '../domain/events.ts'
import { newId } from '../domain/ids.ts'
import type { Tx } from './db.ts'
import { recordset } from './recordset.ts'
import { gathered } from './together.ts'

/**
 * Writes an event down and gives its id, to be the cause of what follows from it. The only way in which events are
 * written.
 */
export async function recordEvent(tx: Tx, accountId: string, event: NewEvent, now: Date): Promise<string> {
  const id = event.id ?? newId()
  await insertEvent(tx, accountId, { ...event, id, at: now })
  return id
}

const insertEvent = gathered(
  async (tx, accountId, events: (NewEvent & { id: string; at: Date })[]): Promise<undefined[]> => {
    const items = events.map((event) => ({
      id: event.id,
      type: event.type,
      contact_id: event.contactId ?? null,
      lead_id: event.leadId ?? null,
      call_id: event.callId ?? null,
      message_id: event.messageId ?? null,
      cause_id: event.causeId ?? null,
      actor: event.actor,
      data: event.data ?? {},
      at: event.at,
    }))
    await sql`
      insert into events (id, account_id, type, contact_id, lead_id, call_id, message_id, cause_id, actor, data, at)
      select id, ${accountId}, type, contact_id, lead_id, call_id, message_id, cause_id, actor, data, at
      from ${recordset(
        `id uuid, type text, contact_id uuid, lead_id uuid, call_id uuid, message_id uuid, cause_id uuid, actor text,
         data jsonb, at timestamptz`,
        items,
      )}`.execute(tx)
    return events.map(() => undefined)
  },
)

/** The newest event of a type about a message: the cause of what the carrier reports of it later. */
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
