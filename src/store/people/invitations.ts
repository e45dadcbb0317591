import type { Tx } from '../db.ts'

/** The address that an invitation is for, while it can be accepted. */
export async function findOpenInvitation(tx: Tx, id: string, now: Date): Promise<{ email: string } | null> {
  const row = await tx
    .selectFrom('invitations')
    .select('email')
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('expiresAt', '>', now)
    .executeTakeFirst()
  return row ?? null
}
