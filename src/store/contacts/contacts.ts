import type { Tx } from './db.ts'

export type ContactRow = Awaited<ReturnType<ReturnType<typeof contactRows>['executeTakeFirstOrThrow']>>

export const contactRows = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('contacts')
    .select(({ exists, selectFrom }) => [
      'contacts.id',
      'phone',
      'name',
      'email',
      'tags',
      'fields',
      'lineType',
      'createdAt',
      'updatedAt',
      exists(
        selectFrom('optOuts')
          .select('optOuts.phone')
          .where('optOuts.accountId', '=', accountId)
          .whereRef('optOuts.phone', '=', 'contacts.phone'),
      ).as('optedOut'),
    ])
    .where('contacts.accountId', '=', accountId)

/** The contact that has the phone, if any has. */
export async function contactByPhone(tx: Tx, accountId: string, phone: string): Promise<string | null> {
  const row = await tx
    .selectFrom('contacts')
    .select('id')
    .where('accountId', '=', accountId)
    .where('phone', '=', phone)
    .executeTakeFirst()
  return row?.id ?? null
}
