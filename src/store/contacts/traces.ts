import { sql } from 'kysely'
import type { Tx } from '../db.ts'

/** What stands where a phone of an erased contact was. */
export const ERASED = 'erased'

/** The types of events whose data names a phone of a person, as in their index. */
const NAMING_PHONES = "'list.added', 'list.removed', 'opt_out.added', 'opt_out.removed', 'contact.merged'"

/**
 * Every phone that the contact has or had: its addresses, and those of its texts, calls and merged duplicates. A phone
 * that is another contact's by now is left out.
 */
export async function phonesEverOf(tx: Tx, accountId: string, contactId: string): Promise<string[]> {
  const { rows } = await sql<{ phone: string }>`
    select phone from (
      select address as phone from contact_addresses where account_id = ${accountId} and contact_id = ${contactId}
      union select case direction when 'inbound' then from_address else to_address end
        from messages where account_id = ${accountId} and contact_id = ${contactId}
      union select from_phone from calls where account_id = ${accountId} and contact_id = ${contactId}
      union select data ->> 'mergedPhone' from events where account_id = ${accountId} and contact_id = ${contactId}
    ) theirs
    where phone like '+%' and not exists (select from contact_addresses a
      where a.account_id = ${accountId} and a.address = theirs.phone and a.contact_id <> ${contactId})`.execute(tx)
  return rows.map(({ phone }) => phone)
}

/**
 * Takes phones out of what is left when a contact is gone: events that are on no timeline or another's, the copies of
 * those that went to webhooks, and the notes beside an opt-out or a listing. Opt-outs and listings themselves stay.
 */
export async function forgetPhones(tx: Tx, accountId: string, phones: string[]): Promise<void> {
  if (phones.length === 0) return
  await sql`
    with redacted as (
      update events set data = data || case when data ? 'phone'
        then jsonb_build_object('phone', ${ERASED}::text) else jsonb_build_object('mergedPhone', ${ERASED}::text) end
      where account_id = ${accountId} and type in (${sql.raw(NAMING_PHONES)})
        and coalesce(data ->> 'phone', data ->> 'mergedPhone') = any(${phones})
      returning id
    )
    delete from webhook_deliveries where event_id in (select id from redacted)`.execute(tx)
  for (const table of ['optOuts', 'listedAddresses'] as const)
    await tx
      .updateTable(table)
      .set({ note: null })
      .where('accountId', '=', accountId)
      .where('address', 'in', phones)
      .where('note', 'is not', null)
      .execute()
}
