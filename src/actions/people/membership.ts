import type { Actor, EventType } from '../../domain/events.ts'
import { unassign } from '../../store/conversations/conversations.ts'
import { asAccount, asPlatform, type Database } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { cancelInvitationsOf } from '../../store/people/invitations.ts'

/** A person joined, left or changed role. An invited person is known by their address only. */
export type MembershipChange = {
  type: Extract<EventType, `person.${string}`>
  accountId: string
  person: { email: string } | { userId: string }
  role?: string
}

/**
 * Records a change of the account's people and who made it. Unassigns the conversations of a person who left, and takes
 * back the invitations of one who is no owner any more: they could come back by one of them.
 */
export async function recordMembership(
  db: Database,
  { type, accountId, person, role }: MembershipChange,
  actor: Actor,
  now: Date,
): Promise<void> {
  const name = 'email' in person ? person.email : await nameOf(db, person.userId)
  await asAccount(db, accountId, async (tx) => {
    if ('userId' in person && (type === 'person.removed' || type === 'person.left'))
      await unassign(tx, accountId, person.userId)
    await recordEvent(tx, accountId, { type, actor, data: { person: name, ...(role && { role }) } }, now)
    if (!('userId' in person) || !endsOwnership(type, role)) return
    for (const email of await cancelInvitationsOf(tx, accountId, person.userId))
      await recordEvent(tx, accountId, { type: 'person.uninvited', actor, data: { person: email } }, now)
  })
}

const endsOwnership = (type: MembershipChange['type'], role: string | undefined) =>
  type === 'person.removed' || type === 'person.left' || (type === 'person.role_changed' && role !== 'owner')

async function nameOf(db: Database, userId: string): Promise<string> {
  const user = await asPlatform(db, (tx) =>
    tx.selectFrom('users').select('name').where('id', '=', userId).executeTakeFirst(),
  )
  return user?.name ?? 'somebody'
}
