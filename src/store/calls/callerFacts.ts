import { sql } from 'kysely'
import type { TextBackFacts } from '../../domain/textback.ts'
import type { LineType } from '../../domain/words.ts'
import { recordset } from '../recordset.ts'
import { gathered } from '../together.ts'

/** The caller or recipient: their rows, and everything about them that a decision looks at. */
export type CallerFacts = Pick<
  TextBackFacts,
  | 'optedOutAt'
  | 'excluded'
  | 'blocked'
  | 'ownPhone'
  | 'lineType'
  | 'lastTextBackAt'
  | 'textsLastHour'
  | 'sameInboundLastHour'
  | 'segmentsToday'
  | 'segmentsToThem'
> & {
  contactId: string | null
  contactName: string | null
  openLeadId: string | null
  conversationId: string | null
}

type Row = Omit<CallerFacts, 'lineType' | 'excluded' | 'blocked' | 'segmentsToThem'> & {
  segmentsLastHour: number
  segmentsLastDay: number
  lists: string[]
  lineType: LineType | null
  lineTypeSource: string | null
  lineTypeAt: Date | null
}

/**
 * `timezone` is the account's, `now` the app's clock. Call it under the address's lock (withAddress). What they got is
 * counted by the contact and by the phone, and the greater counts: a person has several phones, and a phone can be moved
 * to another contact, which must not begin the count anew.
 */
export const loadCallerFacts = gathered(
  async (tx, accountId, callers: { phone: string; timezone: string; now: Date }[]): Promise<CallerFacts[]> => {
    const { rows } = await sql<Row>`
      select facts.*
      from ${recordset(
        'nth int, phone text, timezone text, now timestamptz',
        callers.map((caller, nth) => ({ nth, ...caller })),
      )}, lateral (with contact as (
        select c.id, c.name, a.line_type, a.line_type_source, a.line_type_at
        from contact_addresses a join contacts c on c.id = a.contact_id
        where a.account_id = ${accountId} and a.kind = 'phone' and a.address = item.phone
      ), heard as (
        select m.body from messages m, contact where m.contact_id = contact.id and m.direction = 'inbound'
          and m.created_at > item.now - interval '1 hour'
      ), sent as (
        select 'contact' as counted_by, m.kind, m.segments, m.created_at from messages m, contact
        where m.contact_id = contact.id and m.created_at > item.now - interval '1 day'
          and m.direction = 'outbound' and m.status <> 'refused'
        union all
        select 'phone', m.kind, m.segments, m.created_at from messages m
        where m.account_id = ${accountId} and m.to_address = item.phone and m.created_at > item.now - interval '1 day'
          and m.direction = 'outbound' and m.status <> 'refused'
      ), counted as (
        select count(*) filter (where kind <> 'reply' and created_at > item.now - interval '1 hour') as texts_last_hour,
          sum(segments) filter (where kind <> 'confirmation' and created_at > item.now - interval '1 hour') as segments_last_hour,
          sum(segments) filter (where kind <> 'confirmation') as segments_last_day
        from sent group by counted_by
      )
      select contact.id as contact_id, contact.name as contact_name, contact.line_type, contact.line_type_source,
        contact.line_type_at,
        (select id from leads l where l.account_id = ${accountId} and l.contact_id = contact.id and l.status = 'open') as open_lead_id,
        (select id from conversations v where v.account_id = ${accountId} and v.contact_id = contact.id) as conversation_id,
        (select created_at from opt_outs where account_id = ${accountId} and kind = 'phone' and address = item.phone) as opted_out_at,
        (select coalesce(array_agg(list), '{}') from listed_addresses
          where account_id = ${accountId} and kind = 'phone' and address = item.phone) as lists,
        case when exists (select from numbers where account_id = ${accountId} and number = item.phone) then 'number'
             when exists (select from numbers where account_id = ${accountId} and item.phone = any(forward_to)) then 'target'
        end as own_phone,
        (select m.created_at from messages m where m.contact_id = contact.id and m.kind = 'text_back'
          and m.status not in ('refused', 'failed', 'undelivered') order by m.created_at desc limit 1) as last_text_back_at,
        (select coalesce(max(n), 0)::int from (select count(*) as n from heard group by body) b) as same_inbound_last_hour,
        most.texts_last_hour, most.segments_last_hour, most.segments_last_day,
        (select coalesce(sum(segments), 0)::int from texts_per_day where account_id = ${accountId}
          and day = (item.now at time zone item.timezone)::date) as segments_today
      from (select coalesce(max(texts_last_hour), 0)::int as texts_last_hour,
        coalesce(max(segments_last_hour), 0)::int as segments_last_hour,
        coalesce(max(segments_last_day), 0)::int as segments_last_day from counted) most left join contact on true
      ) facts order by item.nth`.execute(tx)
    return rows.map(
      ({ lists, lineType, lineTypeSource, lineTypeAt, segmentsLastHour, segmentsLastDay, ...row }, nth) => ({
        ...row,
        segmentsToThem: { lastHour: segmentsLastHour, lastDay: segmentsLastDay },
        excluded: lists.includes('exclude'),
        blocked: lists.includes('block'),
        lineType: lineType && {
          type: lineType,
          source: lineTypeSource ?? 'carrier',
          at: lineTypeAt ?? callers[nth]!.now,
        },
      }),
    )
  },
)
