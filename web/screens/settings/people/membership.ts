import { queryOptions } from '@tanstack/react-query'
import { ApiProblem, ask } from '../../../api.ts'

/** The people of an account, their invitations and sessions: the sign-in routes (better-auth's), in our words. */

export type Role = 'owner' | 'member'

export type Member = { id: string; userId: string; role: Role; user: { name: string; email: string } }

export type Invitation = { id: string; email: string; role: Role; status: string; expiresAt: string }

export type Session = {
  id: string
  token: string
  userAgent: string | null
  ipAddress: string | null
  createdAt: string
  updatedAt: string
}

/** Our wording for better-auth's errors about organizations. */
const ourWords: Record<string, { title: string; detail: string; field?: string; message?: string }> = {
  'User is already invited to this organization': {
    title: 'This address is invited already',
    detail: 'Its link is in the list below: copy it, or take the invitation back and invite anew.',
    field: 'email',
    message: 'is invited already',
  },
  'User is already a member of this organization': {
    title: 'This person is here already',
    detail: 'Look for the address in the list of people.',
    field: 'email',
    message: 'belongs to somebody who is here already',
  },
  'Invalid email': {
    title: 'This is not an email address',
    detail: 'Write it like name@example.com.',
    field: 'email',
    message: 'is not an address; write it like name@example.com',
  },
  'You cannot leave the organization as the only owner': {
    title: 'The business needs an owner',
    detail: 'Make somebody else an owner first.',
  },
  'You cannot leave the organization without an owner': {
    title: 'The business needs an owner',
    detail: 'Make somebody else an owner first.',
  },
  'Invalid password': {
    title: 'The current password is not right',
    detail: 'Nothing was changed. If it is forgotten, sign out and choose “Forgot password?”.',
    field: 'currentPassword',
    message: 'is not right',
  },
}

async function asked<T>(method: string, path: string, body?: object): Promise<T> {
  try {
    return await ask<T>(method, `/api/auth${path}`, body)
  } catch (error) {
    const ours = error instanceof ApiProblem && ourWords[error.title.replace(/\.$/, '')]
    if (!ours) throw error
    const { title, detail, field, message } = ours
    const errors = field && message ? [{ field, message }] : []
    throw new ApiProblem({ status: error.status, title, detail, errors })
  }
}

// Each request names the account: better-auth's session may not have one set.

export const membersQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['people', 'members', organizationId],
    queryFn: async () => {
      const { members } = await asked<{ members: Member[] }>(
        'GET',
        `/organization/list-members?${new URLSearchParams({ organizationId })}`,
      )
      return members.sort((a, b) => a.user.name.localeCompare(b.user.name))
    },
  })

export const invitationsQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['people', 'invitations', organizationId],
    queryFn: async () => {
      const all = await asked<Invitation[]>(
        'GET',
        `/organization/list-invitations?${new URLSearchParams({ organizationId })}`,
      )
      return all.filter(({ status, expiresAt }) => status === 'pending' && Date.parse(expiresAt) > Date.now())
    },
  })

export const invite = (organizationId: string, email: string, role: Role) =>
  asked<Invitation>('POST', '/organization/invite-member', { organizationId, email, role })

export const takeBack = (invitationId: string) => asked('POST', '/organization/cancel-invitation', { invitationId })

export const changeRole = (organizationId: string, memberId: string, role: Role) =>
  asked('POST', '/organization/update-member-role', { organizationId, memberId, role })

export const remove = (organizationId: string, memberIdOrEmail: string) =>
  asked('POST', '/organization/remove-member', { organizationId, memberIdOrEmail })

export const leaveAccount = (organizationId: string) => asked('POST', '/organization/leave', { organizationId })

/** The person's sessions; `current` is this browser's own. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async () => {
    const [sessions, own] = await Promise.all([
      asked<Session[]>('GET', '/list-sessions'),
      asked<{ session: { id: string } } | null>('GET', '/get-session'),
    ])
    const current = (session: Session) => session.id === own?.session.id
    return sessions
      .map((session) => ({ ...session, current: current(session) }))
      .sort((a, b) => Number(b.current) - Number(a.current) || b.updatedAt.localeCompare(a.updatedAt))
  },
})

export const endSession = (token: string) => asked('POST', '/revoke-session', { token })

export const endOtherSessions = () => asked('POST', '/revoke-other-sessions', {})

/** Ends every other session; this browser gets a new one, set to the same account. */
export async function changePassword(organizationId: string, currentPassword: string, newPassword: string) {
  await asked('POST', '/change-password', { currentPassword, newPassword, revokeOtherSessions: true })
  await asked('POST', '/organization/set-active', { organizationId })
}

/** 'Chrome on Windows', 'Safari on iPhone': enough to tell a person's devices apart. */
export function deviceOf(userAgent: string | null): string {
  const agent = userAgent ?? ''
  const browser =
    [
      [/Edg\//, 'Edge'],
      [/OPR\//, 'Opera'],
      [/Firefox\/|FxiOS/, 'Firefox'],
      [/Chrome\/|CriOS/, 'Chrome'],
      [/Safari\//, 'Safari'],
    ].find(([pattern]) => (pattern as RegExp).test(agent))?.[1] ?? null
  const system =
    [
      [/iPhone/, 'iPhone'],
      [/iPad/, 'iPad'],
      [/Android/, 'Android'],
      [/Windows/, 'Windows'],
      [/Mac OS X/, 'Mac'],
      [/Linux/, 'Linux'],
    ].find(([pattern]) => (pattern as RegExp).test(agent))?.[1] ?? null
  if (!browser) return system ? String(system) : 'Another program'
  return system ? `${browser} on ${system}` : String(browser)
}
