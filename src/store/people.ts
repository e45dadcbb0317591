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
