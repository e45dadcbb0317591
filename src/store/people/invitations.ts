import type { Tx } from '../db.ts'

/** The address that an invitation is for, while it can be accepted: its sender must still be an owner. */
export async function findOpenInvitation(tx: Tx, id: string, now: Date): Promise<{ email: string } | null> {
  const row = await tx
    .selectFrom('invitations')
    .innerJoin('members', (join) =>
      join
        .onRef('members.accountId', '=', 'invitations.accountId')
        .onRef('members.userId', '=', 'invitations.inviterId')
        .on('members.role', '=', 'owner'),
    )
    .select('invitations.email')
    .where('invitations.id', '=', id)
    .where('invitations.status', '=', 'pending')
    .where('invitations.expiresAt', '>', now)
    .executeTakeFirst()
  return row ?? null
}

/** Takes back what somebody sent in an account, and returns the addresses that it was for. */
export async function cancelInvitationsOf(tx: Tx, accountId: string, inviterId: string): Promise<string[]> {
  const rows = await tx
    .updateTable('invitations')
    .set({ status: 'canceled' })
    .where('accountId', '=', accountId)
    .where('inviterId', '=', inviterId)
    .where('status', '=', 'pending')
    .returning('email')
    .execute()
  return rows.map(({ email }) => email)
}
