import { ask, newKey } from './api.ts'

/** The server's sign-in routes (better-auth's), one function each. All throw an ApiProblem. */
const post = <T = unknown>(path: string, body: object = {}) => ask<T>('POST', `/api/auth${path}`, body)

export const signIn = (email: string, password: string) => post('/sign-in/email', { email, password })

export const signUp = (name: string, email: string, password: string) =>
  post('/sign-up/email', { name, email, password })

/** Creates a business for the signed-in person and signs them in to it. */
export function createBusiness(name: string) {
  // Slugs are unique over all accounts and nobody sees them: the name alone would soon be taken.
  const slug = `${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)}-${newKey().slice(0, 6)}`
  return post('/organization/create', { name, slug })
}

export const signOut = () => post('/sign-out')

/** Ends every session of the person, this one too. */
export const signOutEverywhere = () => post('/revoke-sessions')

export const switchAccount = (id: string) => post('/organization/set-active', { organizationId: id })

export const requestPasswordReset = (email: string) =>
  post('/request-password-reset', { email, redirectTo: '/reset-password' })

export const resetPassword = (token: string, newPassword: string) => post('/reset-password', { token, newPassword })

export type Invitation = { id: string; email: string; organizationName: string; inviterEmail: string; role: string }

export const findInvitation = (id: string) =>
  ask<Invitation>('GET', `/api/auth/organization/get-invitation?id=${encodeURIComponent(id)}`)

export const acceptInvitation = (id: string) => post('/organization/accept-invitation', { invitationId: id })
