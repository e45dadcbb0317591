import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type * as shapes from '../src/http/shapes/signUp.ts'
import { ApiProblem, api, ask } from './api.ts'

const START_AGAIN = 'Go back to the password, and sign in again.'

/** Our wording for better-auth's refusals of what somebody typed. */
const ourWords: Record<string, { title: string; detail: string }> = {
  'Invalid email or password': { title: 'Wrong email or password', detail: '' },
  'Invalid password': { title: 'That password is wrong', detail: '' },
  'Invalid code': { title: 'That code is wrong or too old; use the one shown now', detail: '' },
  'Invalid backup code': { title: 'That recovery code is wrong, or was used already', detail: '' },
  'Invalid two factor cookie': { title: 'This took too long', detail: START_AGAIN },
  'Too many attempts. Please request a new code': { title: 'Too many wrong codes', detail: START_AGAIN },
}

/** The server's sign-in routes (better-auth's and ours), one function each. All throw an ApiProblem. */
async function post<T = unknown>(path: string, body: object = {}): Promise<T> {
  try {
    return await ask<T>('POST', `/api/auth${path}`, body)
  } catch (error) {
    const ours = error instanceof ApiProblem && !error.detail && ourWords[error.title.replace(/\.$/, '')]
    throw ours ? new ApiProblem({ status: error.status, ...ours }) : error
  }
}

/** True when the code of the second factor is owed. */
export async function signIn(email: string, password: string): Promise<boolean> {
  const answer = await post<{ twoFactorRedirect?: boolean }>('/sign-in/email', { email, password })
  return answer.twoFactorRedirect === true
}

/** The end of a sign-in, and of the setup: the code that the phone shows. */
export const giveCode = (code: string) => post('/two-factor/verify-totp', { code: code.replace(/\s/g, '') })

export const giveRecoveryCode = (code: string) => post('/two-factor/verify-backup-code', { code: code.trim() })

/** What the phone needs to know, and what helps when it is lost. On once the first code is given. */
export type SecondFactor = { totpURI: string; backupCodes: string[] }

export const beginSecondFactor = (password: string) => post<SecondFactor>('/two-factor/enable', { password })

export const turnOffSecondFactor = (password: string) => post('/two-factor/disable', { password })

export const newRecoveryCodes = (password: string) =>
  post<{ backupCodes: string[] }>('/two-factor/generate-backup-codes', { password })

export const signUpQuery = queryOptions({
  queryKey: ['sign-up'],
  queryFn: () => ask<z.output<typeof shapes.whoMaySignUp>>('GET', '/api/auth/sign-up'),
})

/** Asks for the mail whose link makes the user. */
export const signUp = (person: z.input<typeof shapes.signUp>) => post('/sign-up/email', person)

export const proveAddress = (token: string, password: string) =>
  post<z.output<typeof shapes.proven>>('/prove-address', { token, password })

/** For somebody who signed up before addresses had to be proven. */
export const sendProof = () => post('/send-proof')

/** Opens a business for the signed-in person, who is in it then. */
export const openBusiness = (name: string, timezone: string) => api.post('/accounts', { name, timezone })

export type Session = { user: { id: string; email: string; emailVerified: boolean } }

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => ask<Session | null>('GET', '/api/auth/get-session'),
})

export const signOut = () => post('/sign-out')

/** Ends every session of the person, this one too. */
export const signOutEverywhere = () => post('/revoke-sessions')

export const switchAccount = (id: string) => post('/organization/set-active', { organizationId: id })

export const requestPasswordReset = (email: string) =>
  post('/request-password-reset', { email, redirectTo: '/reset-password' })

/** False when the link is too old, or was used already. */
export async function resetPassword(token: string, newPassword: string): Promise<boolean> {
  try {
    await post('/reset-password', { token, newPassword })
    return true
  } catch (error) {
    if (error instanceof ApiProblem && error.title === 'Invalid token') return false
    throw error
  }
}

export type Invitation = { id: string; email: string; organizationName: string; inviterEmail: string; role: string }

export const findInvitation = (id: string) =>
  ask<Invitation>('GET', `/api/auth/organization/get-invitation?id=${encodeURIComponent(id)}`)

export const acceptInvitation = (id: string) => post('/organization/accept-invitation', { invitationId: id })
