import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import type { EventType } from '../domain/events.ts'
import { asAccount, asPlatform, type Database } from '../store/db.ts'
import { recordEvent } from '../store/events.ts'

type Member = { userId: string; organizationId: string; role: string }
type Invitation = { email: string; organizationId: string; role: string }
type Happened = { type: EventType; account: string; person: string | { userId: string }; role?: string }

/** What better-auth's answer to a path means in the account's own events; other paths mean nothing. */
const meaning: Record<string, (answer: never) => Happened> = {
  '/organization/invite-member': ({ organizationId, email, role }: Invitation) => ({
    type: 'person.invited',
    account: organizationId,
    person: email,
    role,
  }),
  '/organization/cancel-invitation': ({ organizationId, email }: Invitation) => ({
    type: 'person.uninvited',
    account: organizationId,
    person: email,
  }),
  '/organization/accept-invitation': ({ member }: { member: Member }) => about('person.joined', member),
  '/organization/remove-member': ({ member }: { member: Member }) => about('person.removed', member),
  '/organization/update-member-role': (member: Member) => about('person.role_changed', member),
  '/organization/leave': (member: Member) => about('person.left', member),
}

const about = (type: EventType, { organizationId, userId, role }: Member): Happened => ({
  type,
  account: organizationId,
  person: { userId },
  role,
})

/** Runs after each sign-in route: who came, went, or may do more now is in the account's events, with who did it. */
export const recordMembership = (db: Database) =>
  createAuthMiddleware(async (ctx) => {
    const mean = meaning[ctx.path]
    const answer: unknown = ctx.context.returned
    if (!mean || !answer || answer instanceof Error) return
    const session = await getSessionFromCtx(ctx)
    if (!session) return
    const { type, account, person, role } = mean(answer as never)
    const name = typeof person === 'string' ? person : await nameOf(db, person.userId)
    const event = { type, actor: `user:${session.user.id}` as const, data: { person: name, ...(role && { role }) } }
    await asAccount(db, account, async (tx) => {
      // What somebody who is gone looked after is nobody's now, and shows as such.
      if (typeof person !== 'string' && (type === 'person.removed' || type === 'person.left'))
        await tx
          .updateTable('conversations')
          .set({ assignedTo: null })
          .where('accountId', '=', account)
          .where('assignedTo', '=', person.userId)
          .execute()
      await recordEvent(tx, account, event, new Date())
    })
  })

async function nameOf(db: Database, userId: string): Promise<string> {
  const user = await asPlatform(db, (tx) =>
    tx.selectFrom('users').select('name').where('id', '=', userId).executeTakeFirst(),
  )
  return user?.name ?? 'somebody'
}
