import { isOwnPath } from '../../../src/domain/redirect.ts'

type Search = Record<string, unknown>

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** `back` is where to go after signing in: only a path of ours, or a foreign link could send people anywhere. */
export function validateBack(search: Search): { back?: string } {
  const back = text(search.back)
  return back && isOwnPath(back) ? { back } : {}
}

/** `step=business`: the person exists and only the business is missing. */
export function validateSignUp(search: Search): { back?: string; step?: 'business' } {
  return { ...validateBack(search), ...(search.step === 'business' && { step: 'business' as const }) }
}

export const validateToken = (search: Search): { token?: string } => ({ token: text(search.token) })

export const validateProof = (search: Search): { token?: string; back?: string } => ({
  ...validateToken(search),
  ...validateBack(search),
})

export const validateInvitation = (search: Search): { id?: string } => ({ id: text(search.id) })

/** The invitation that somebody accepts after signing up, by the path where they go on. */
export function invitationIn(back: string | undefined): string | undefined {
  if (!back?.startsWith('/accept-invitation')) return undefined
  return new URLSearchParams(back.split('?')[1]).get('id') ?? undefined
}
