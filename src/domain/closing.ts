/**
 * From the request to close an account to its erasure. A week has a working day on which people can object, and a
 * weekend in which they can find a late mail.
 */
export const CLOSING_DAYS = 7

/** Why no sender may text from an account that is being closed. */
export const ACCOUNT_CLOSING = {
  reason: 'account_closing',
  sentence: 'The business is being closed, so no text leaves.',
  nextStep: 'An owner can keep the business: Settings → Business → Close this business.',
} as const
