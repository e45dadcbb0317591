import { sql } from 'kysely'
import type { Decision } from '../domain/textback.ts'
import type { Tx } from './db.ts'
import { countingSlot } from './messages.ts'

export type SettledCall = {
  callId: string
  from: string
  number: string
  outcome: 'answered' | 'missed'
  why: string | null
  decision: Decision
  /** Null for a caller without a number: there is nobody to make a contact of. */
  contactId: string | null
  leadId: string | null
  conversationId: string | null
  text: { id: string; carrier: string; body: string; segments: number } | null
  /** Ids for the events that may come of it: the call's end, the lead, the queued text. */
  eventIds: [string, string, string]
  recovered: boolean
}

/**
 * Writes down how calls ended and everything that follows: contact, lead, conversation, the queued text with its job,
 * the events. One statement, so that there is nothing between "decided" and "queued". Each caller occurs once. The ids
 * are those of new rows; where there is one already (a contact, an open lead, a conversation), that one stands.
 */
export async function settleCalls(
  tx: Tx,
  accountId: string,
  calls: SettledCall[],
  timezone: string,
  now: Date,
): Promise<void> {
  const ended = calls.map((call) => ({
    call_id: call.callId,
    from_phone: call.from,
    number: call.number,
    outcome: call.outcome,
    why: call.why,
    decision: call.decision,
    contact_id: call.contactId,
    lead_id: call.leadId,
    conversation_id: call.conversationId,
    message_id: call.text?.id ?? null,
    carrier: call.text?.carrier ?? null,
    body: call.text?.body ?? null,
    segments: call.text?.segments ?? null,
    call_event: call.eventIds[0],
    lead_event: call.eventIds[1],
    text_event: call.eventIds[2],
    data: { number: call.number, reason: call.decision.reason, ...(call.recovered && { recovered: true }) },
  }))
  await sql`
    with ended as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) as ended (call_id uuid, from_phone text, number text,
        outcome text, why text, decision jsonb, contact_id uuid, lead_id uuid, conversation_id uuid, message_id uuid,
        carrier text, body text, segments int, call_event uuid, lead_event uuid, text_event uuid, data jsonb)
      order by from_phone
    ), contact as (
      insert into contacts (id, account_id, phone, created_at, updated_at)
      select contact_id, ${accountId}, from_phone, ${now}::timestamptz, ${now}::timestamptz from ended where contact_id is not null
      on conflict (account_id, phone) do update set updated_at = ${now}
      returning id, phone
    ), of_contact as (
      -- each ended call of a caller with a number, and the contact that stands
      select contact.id as contact, ended.* from ended join contact on contact.phone = ended.from_phone
    ), first_stage as (
      select p.id as pipeline_id, st.id as stage_id from pipelines p join stages st on st.pipeline_id = p.id
      where p.account_id = ${accountId} and p.is_default order by st.position limit 1
    ), lead as (
      insert into leads (id, account_id, contact_id, pipeline_id, stage_id, created_at, updated_at)
      select lead_id, ${accountId}, contact, pipeline_id, stage_id, ${now}, ${now} from of_contact, first_stage
      where lead_id is not null
      on conflict (account_id, contact_id) where status = 'open' do update set updated_at = ${now}
      returning id, contact_id, (xmax = 0) as is_new
    ), conversation as (
      insert into conversations (id, account_id, contact_id, number, unread, last_message_at, last_message_preview,
        waiting_since, updated_at)
      select conversation_id, ${accountId}, contact, number, case when message_id is null then 1 else 0 end,
        case when message_id is not null then ${now}::timestamptz end, left(body, 140), ${now}, ${now}
      from of_contact where conversation_id is not null
      on conflict (account_id, contact_id) do update set
        number = excluded.number, status = 'open', updated_at = excluded.updated_at,
        unread = conversations.unread + excluded.unread, snoozed_until = null,
        waiting_since = case when conversations.status = 'closed' then excluded.waiting_since
          else coalesce(conversations.waiting_since, excluded.waiting_since) end,
        last_message_at = coalesce(excluded.last_message_at, conversations.last_message_at),
        last_message_preview = coalesce(excluded.last_message_preview, conversations.last_message_preview)
      returning id, contact_id
    ), talked as (
      -- whoever waited for an answer has just had one
      update conversations set waiting_since = null from of_contact
      where of_contact.outcome = 'answered' and account_id = ${accountId} and conversations.contact_id = of_contact.contact
    ), message as (
      insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_phone, to_phone, body,
        segments, status, carrier, call_id, created_at)
      select message_id, ${accountId}, conversation.id, contact, 'text_back', 'outbound', number, from_phone, body,
        segments, 'queued', carrier, call_id, ${now}
      from of_contact join conversation on conversation.contact_id = contact where message_id is not null
      returning id, call_id
    ), counted as (
      insert into texts_per_day (account_id, day, slot, texts)
      select ${accountId}, (${now}::timestamptz at time zone ${timezone})::date, ${countingSlot}, count(*) from message
      having count(*) > 0
      on conflict (account_id, day, slot) do update set texts = texts_per_day.texts + excluded.texts
    ), job as (
      select graphile_worker.add_jobs(array_agg(('deliver-message',
        json_build_object('accountId', ${accountId}::text, 'messageId', id), null, null, null, null, null, null
        )::graphile_worker.job_spec)) from message having count(*) > 0
    ), events_made as (
      insert into events (id, account_id, type, contact_id, lead_id, call_id, message_id, cause_id, data, at)
      select call_event, ${accountId}, 'call.' || outcome, contact.id, lead.id, call_id, message.id, null::uuid, data,
        ${now}::timestamptz
      from ended left join contact on contact.phone = from_phone left join lead on lead.contact_id = contact.id
        left join message using (call_id)
      union all
      select lead_event, ${accountId}, 'lead.created', contact, lead.id, call_id, null, call_event, '{}', ${now}
      from of_contact join lead on lead.contact_id = contact and lead.is_new
      union all
      select text_event, ${accountId}, 'message.queued', contact, lead.id, call_id, message.id, call_event, '{}', ${now}
      from of_contact join message using (call_id) left join lead on lead.contact_id = contact
    ), settled as (
      update calls set outcome = ended.outcome, why = coalesce(calls.why, ended.why), contact_id = contact.id,
        decision = ended.decision, decided_at = ${now}, message_id = message.id
      from ended left join contact on contact.phone = from_phone left join message using (call_id)
      where calls.account_id = ${accountId} and calls.id = any(${calls.map((call) => call.callId)}::uuid[])
        and calls.id = ended.call_id
    )
    select count(*) from job`.execute(tx)
}
