import type { Actor } from '../../domain/events.ts'
import type { Tx } from '../db.ts'

/** Whether an account of the user requires a second factor that they have not set up. */
export async function lacksSecondFactor(tx: Tx, userId: string): Promise<boolean> {
  const row = await accountsThatRequireIt(tx, userId)
    .innerJoin('users', 'users.id', 'members.userId')
    .where('users.twoFactorEnabled', '=', false)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether an account of the user requires a second factor. */
export async function needsSecondFactor(tx: Tx, userId: string): Promise<boolean> {
  return (await accountsThatRequireIt(tx, userId).executeTakeFirst()) !== undefined
}

const accountsThatRequireIt = (tx: Tx, userId: string) =>
  tx
    .selectFrom('members')
    .innerJoin('accounts', 'accounts.id', 'members.accountId')
    .select('members.id')
    .where('members.userId', '=', userId)
    .where('accounts.requiresSecondFactor', '=', true)
    .limit(1)

export async function isOwner(tx: Tx, userId: string, accountId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('members')
    .select('role')
    .where('accountId', '=', accountId)
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row?.role === 'owner'
}

/** Whether the person behind an actor signs in with a second factor; a program never does. */
export async function hasSecondFactor(tx: Tx, actor: Actor): Promise<boolean> {
  if (!actor.startsWith('user:')) return false
  const user = await tx
    .selectFrom('users')
    .select('twoFactorEnabled')
    .where('id', '=', actor.slice('user:'.length))
    .executeTakeFirst()
  return user?.twoFactorEnabled ?? false
}
