import { sql } from 'kysely'
import type { Decision } from '../../domain/textback.ts'
import type { Failure } from '../../domain/words.ts'
import type { Tx } from '../db.ts'

/** One item of a contact's timeline. `row` has the kind's own shape. */
export type TimelineRow =
  | { kind: 'call'; id: string; at: Date; row: TimelineCall }
  | { kind: 'message'; id: string; at: Date; row: TimelineMessage }
  | { kind: 'note'; id: string; at: Date; row: { body: string; author: string } }
  | { kind: 'event'; id: string; at: Date; row: { type: string; actor: string; data: Record<string, unknown> } }

export type TimelineCall = {
  number: string
  from: string
  outcome: string
  why: string | null
  ringSeconds: number | null
  durationSeconds: number | null
  decision: Decision | null
  recovered: boolean
}

export type TimelineMessage = {
  kind: string
  direction: 'inbound' | 'outbound'
  from: string
  to: string
  body: string
  segments: number
  media: { url: string; contentType: string | null }[]
  status: string
  failure: Failure | null
  callId: string | null
  sentBy: string | null
  deliveredAt: string | null
}

/** Calls and texts are items themselves, so events about them are left out. */
const SHOWN_BY_OTHERS = [
  'call.answered',
  'call.missed',
  'message.queued',
  'message.received',
  'message.failed',
  'message.refused',
  'contact.updated',
  'contact.created',
]

/** Newest first, from before `after`. Each kind gives its newest; together they are cut to `limit`. */
export async function timeline(
  tx: Tx,
  accountId: string,
  contactId: string,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<TimelineRow[]> {
  const at = after?.at ?? new Date('9999-12-31')
  const id = after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  const older = (time: string) => sql`(${sql.raw(time)}, id) < (${at.toISOString()}::timestamptz, ${id}::uuid)`
  const { rows } = await sql<TimelineRow>`
    (select 'call' as kind, id, started_at as at, json_build_object('number', number, 'from', from_phone,
        'outcome', outcome, 'why', why, 'ringSeconds', extract(epoch from coalesce(rang_until, ended_at) - started_at)::float8,
        'durationSeconds', case when outcome = 'answered' then duration_seconds end, 'decision', decision,
        'recovered', recovered) as row
      from calls where account_id = ${accountId} and contact_id = ${contactId} and ${older('started_at')}
      order by started_at desc, id desc limit ${limit})
    union all
    (select 'message', id, created_at, json_build_object('kind', kind, 'direction', direction, 'from', from_address,
        'to', to_address, 'body', body, 'segments', segments, 'media', media, 'status', status, 'failure', failure,
        'callId', call_id, 'deliveredAt', delivered_at,
        'sentBy', (select name from users where 'user:' || users.id = messages.sent_by))
      from messages where account_id = ${accountId} and contact_id = ${contactId} and ${older('created_at')}
      order by created_at desc, id desc limit ${limit})
    union all
    (select 'note', id, created_at, json_build_object('body', body, 'author',
        coalesce((select name from users where 'user:' || users.id = notes.author), 'API'))
      from notes where account_id = ${accountId} and contact_id = ${contactId} and ${older('created_at')}
      order by created_at desc, id desc limit ${limit})
    union all
    (select 'event', id, at, json_build_object('type', type, 'data', data, 'actor',
        coalesce((select name from users where 'user:' || users.id = events.actor), actor))
      from events where account_id = ${accountId} and contact_id = ${contactId} and ${older('at')}
        and type <> all(${SHOWN_BY_OTHERS})
      order by at desc, id desc limit ${limit})
    order by at desc, id desc limit ${limit}`.execute(tx)
  return rows
}
