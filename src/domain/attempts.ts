import { DAY, HOUR, MINUTE, SECOND } from './time.ts'

/** So many within a window; then no more until the window is over. */
export type Budget = { name: string; most: number; withinMs: number }

/** So many without waiting; each one after that waits twice as long as the one before. */
export type Brake = { name: string; free: number; waitMs: number; longestMs: number; forgetAfterMs: number }

/** Mail that strangers can cause. A bored colleague stays below, a relay for spam does not get far. */
export const INVITATIONS_OF_ACCOUNT: Budget = { name: 'invitations of account', most: 20, withinMs: DAY }
export const INVITATIONS_TO_ADDRESS: Budget = { name: 'invitations to address', most: 3, withinMs: DAY }

/**
 * Each kind of mail has a budget of its own: whoever has a stranger mailed by one form does not keep them from the mail
 * that they ask for by another.
 */
export const SIGN_UPS_TO_ADDRESS: Budget = { name: 'sign-ups to address', most: 5, withinMs: HOUR }
export const PROOFS_TO_ADDRESS: Budget = { name: 'proofs to address', most: 5, withinMs: HOUR }
export const RESETS_TO_ADDRESS: Budget = { name: 'resets to address', most: 5, withinMs: HOUR }
export const LINKS_TO_ADDRESS: Budget = { name: 'links to address', most: 5, withinMs: HOUR }
/** It says that somebody has signed up with an address that has a user. Nobody waits for it. */
export const KNOWN_TO_ADDRESS: Budget = { name: 'known to address', most: 2, withinMs: DAY }

/** An office behind one address signs up in a morning; a program wants more. */
export const SIGN_UPS_FROM: Budget = { name: 'sign-ups from', most: 20, withinMs: HOUR }
export const BUSINESSES_OF_USER: Budget = { name: 'businesses of user', most: 5, withinMs: DAY }

/** A code of the second factor counts once: it stays valid for up to 90 s. */
export const CODE_OF_USER: Budget = { name: 'code of user', most: 1, withinMs: 2 * MINUTE }

/**
 * Wrong passwords. Somebody who guesses at one user gets about 100 tries a day. The user, meanwhile, can still choose a
 * new password by mail: strangers who ask for one use up the mails of that hour, but those arrive, and the link of each
 * works. Many people may share an address of the network, so it takes more there.
 */
export const GUESSES_AT_USER: Brake = {
  name: 'guesses at user',
  free: 5,
  waitMs: 5 * SECOND,
  longestMs: 15 * MINUTE,
  forgetAfterMs: HOUR,
}
export const GUESSES_FROM: Brake = { ...GUESSES_AT_USER, name: 'guesses from', free: 30 }

/** The password on the page behind a link of a mail. */
export const GUESSES_AT_LINK: Brake = { ...GUESSES_AT_USER, name: 'guesses at link' }
