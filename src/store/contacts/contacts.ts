import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import { recordset } from '../recordset.ts'
import { gathered } from '../together.ts'
import { addressesOf, optedOut, primaryPhone } from './addresses.ts'

export type ContactRow = Awaited<ReturnType<ReturnType<typeof contactRows>['executeTakeFirstOrThrow']>>

export const contactRows = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('contacts')
    .select([
      'contacts.id',
      'name',
      'email',
      'tags',
      'fields',
      'createdAt',
      'updatedAt',
      primaryPhone('contacts.id').as('phone'),
      addressesOf('contacts.id').as('addresses'),
      optedOut('contacts.id').as('optedOut'),
    ])
    .where('contacts.accountId', '=', accountId)

/**
 * Makes a contact with its first phone, for a call or text from a stranger. Call it under the phone's lock
 * (withAddress), and only when no contact has the phone.
 */
export const insertContact = gathered(
  async (tx, accountId, contacts: { id: string; phone: string; at: Date }[]): Promise<undefined[]> => {
    await sql`
      with item as materialized (select * from ${recordset('id uuid, phone text, at timestamptz', contacts)}),
        contact as (
          insert into contacts (id, account_id, created_at, updated_at) select id, ${accountId}, at, at from item
        )
      insert into contact_addresses (account_id, contact_id, kind, address, position, created_at)
      select ${accountId}, id, 'phone', phone, 0, at from item`.execute(tx)
    return contacts.map(() => undefined)
  },
)

/** A call or text of the contact moves it up in its lists. */
export const touchContact = gathered(
  async (tx, accountId, contacts: { id: string; at: Date }[]): Promise<undefined[]> => {
    await sql`update contacts set updated_at = item.at from ${recordset('id uuid, at timestamptz', contacts)}
      where contacts.account_id = ${accountId} and contacts.id = item.id`.execute(tx)
    return contacts.map(() => undefined)
  },
)

/** Locks the contact's row until the transaction ends, and returns what people keep in it; null when there is none. */
export async function lockContact(
  tx: Tx,
  accountId: string,
  contactId: string,
): Promise<{ tags: string[]; fields: Record<string, unknown> } | null> {
  const row = await tx
    .selectFrom('contacts')
    .select(['tags', 'fields'])
    .where('accountId', '=', accountId)
    .where('id', '=', contactId)
    .forUpdate()
    .executeTakeFirst()
  return row ? { tags: row.tags, fields: row.fields as Record<string, unknown> } : null
}

export async function countNotes(tx: Tx, accountId: string, contactIds: string[]): Promise<number> {
  const { count } = await tx
    .selectFrom('notes')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('accountId', '=', accountId)
    .where('contactId', 'in', contactIds)
    .executeTakeFirstOrThrow()
  return count
}
