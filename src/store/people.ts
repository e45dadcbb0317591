import type { Tx } from './db.ts'

/** Whether the user belongs to the account. */
export async function isMember(tx: Tx, accountId: string, userId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('members')
    .select('id')
    .where('accountId', '=', accountId)
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row !== undefined
}

/** The owners' email addresses. */
export async function ownersOf(tx: Tx, accountId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.userId')
    .select('users.email')
    .where('members.accountId', '=', accountId)
    .where('members.role', '=', 'owner')
    .orderBy('users.email')
    .execute()
  return rows.map(({ email }) => email)
}
