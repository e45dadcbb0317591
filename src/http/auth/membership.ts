import { getSessionFromCtx } from 'better-auth/api'
import { type MembershipChange, recordMembership } from '../../actions/people/membership.ts'
import type { Database } from '../../store/db.ts'
import type { HookContext } from './refusals.ts'

type Member = { userId: string; organizationId: string; role: string }
type Invitation = { email: string; organizationId: string; role: string }

/** What better-auth's answer to a path means for an account's people; other paths change nothing. */
const meaning: Record<string, (answer: never) => MembershipChange> = {
  '/organization/invite-member': ({ organizationId, email, role }: Invitation) => ({
    type: 'person.invited',
    accountId: organizationId,
    person: { email },
    role,
  }),
  '/organization/cancel-invitation': ({ organizationId, email }: Invitation) => ({
    type: 'person.uninvited',
    accountId: organizationId,
    person: { email },
  }),
  '/organization/accept-invitation': ({ member }: { member: Member }) => about('person.joined', member),
  '/organization/remove-member': ({ member }: { member: Member }) => about('person.removed', member),
  '/organization/update-member-role': (member: Member) => about('person.role_changed', member),
  '/organization/leave': (member: Member) => about('person.left', member),
}

const about = (type: MembershipChange['type'], { organizationId, userId, role }: Member): MembershipChange => ({
  type,
  accountId: organizationId,
  person: { userId },
  role,
})

/** After a route that worked: records who joined, left or changed role, and who did it. */
export async function noteMembership(db: Database, ctx: HookContext): Promise<void> {
  const mean = meaning[ctx.path]
  const answer: unknown = ctx.context.returned
  if (!mean || !answer) return
  const session = await getSessionFromCtx(ctx)
  if (!session) return
  await recordMembership(db, mean(answer as never), `user:${session.user.id}`, new Date())
}
