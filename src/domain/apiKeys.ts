/** What a key may do, from least to most; each scope includes those before it. The words follow "a key may". */
export const SCOPES = {
  read: 'read what members read',
  send: 'also do what members do: send texts, change contacts and leads',
  admin: 'do all that an owner can, except what needs a person',
} as const

export type Scope = keyof typeof SCOPES

export const SCOPE_NAMES = Object.keys(SCOPES) as [Scope, ...Scope[]]

export const includes = (scope: Scope, needed: Scope): boolean =>
  SCOPE_NAMES.indexOf(scope) >= SCOPE_NAMES.indexOf(needed)

/** What a key may do, and until when; `null` is for ever. */
export type Power = { scope: Scope; expiresAt: Date | null }

/**
 * Which part of a wanted key goes beyond the key that asks for it, or null. A key that makes others must not be able to
 * make one that may do more, or that lives on after its own end.
 */
export function beyond(asking: Power, wanted: Power): 'scope' | 'expiresAt' | null {
  if (!includes(asking.scope, wanted.scope)) return 'scope'
  if (!asking.expiresAt) return null
  return wanted.expiresAt && wanted.expiresAt <= asking.expiresAt ? null : 'expiresAt'
}

/** How long the old secret of a rolled key works, unless somebody chooses otherwise; at most MOST_OVERLAP_HOURS. */
export const OVERLAP_HOURS = 24
export const MOST_OVERLAP_HOURS = 30 * 24

/** The earliest of the given times. */
export const earliest = (first: Date, ...others: (Date | null)[]): Date =>
  others.reduce<Date>((least, time) => (time && time < least ? time : least), first)
