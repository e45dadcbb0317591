import { sql } from 'kysely'
import { type Actor, EVENT_TYPES, type EventType, isDispatched, type NewEvent } from '../domain/events.ts'
import { newId } from '../domain/ids.ts'
import type { Tx } from './db.ts'
import { PRIORITY } from './jobs.ts'
import { recordset } from './recordset.ts'
import { gathered } from './together.ts'
import { listensTo } from './webhooks/webhooks.ts'

/**
 * Stores an event and returns its id, as the cause of later events. Events are stored nowhere else. If anything listens
 * to events of this type, the same statement enqueues the job that dispatches it; if not, the cost is one look at an
 * index.
 */
export async function recordEvent(tx: Tx, accountId: string, event: NewEvent, now: Date): Promise<string> {
  const id = event.id ?? newId()
  await insertEvent(tx, accountId, { ...event, id, at: now })
  return id
}

const OWN_TYPES = EVENT_TYPES.filter((type) => !isDispatched(type))

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
      with written as (
        insert into events (id, account_id, type, contact_id, lead_id, call_id, message_id, cause_id, actor, data, at)
        select id, ${accountId}, type, contact_id, lead_id, call_id, message_id, cause_id, actor, data, at
        from ${recordset(
          `id uuid, type text, contact_id uuid, lead_id uuid, call_id uuid, message_id uuid, cause_id uuid, actor text,
           data jsonb, at timestamptz`,
          items,
        )}
        returning id, type
      )
      select graphile_worker.add_jobs(array_agg(('dispatch-event',
        json_build_object('accountId', ${accountId}::text, 'eventId', written.id), null, null, null, null,
        ${PRIORITY['dispatch-event']}::int, null)::graphile_worker.job_spec))
      from written
      where type <> all(${OWN_TYPES}) and exists (
        select from webhooks where account_id = ${accountId} and enabled and ${listensTo(sql`written.type`)})
      having count(*) > 0`.execute(tx)
    return events.map(() => undefined)
  },
)

/** The newest event of a type about a message: the cause of what the carrier reports about it later. */
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

/** An event as it was stored; null when it is deleted, like those of an erased contact. */
export async function findEvent(tx: Tx, accountId: string, id: string) {
  const row = await tx
    .selectFrom('events')
    .select(['id', 'type', 'contactId', 'leadId', 'callId', 'messageId', 'causeId', 'actor', 'data', 'at'])
    .where('accountId', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return null
  return {
    ...row,
    type: row.type as EventType,
    actor: row.actor as Actor,
    data: row.data as Record<string, unknown>,
  }
}

export type WrittenEvent = NonNullable<Awaited<ReturnType<typeof findEvent>>>
