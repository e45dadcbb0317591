/**
 * Between asking that an account be closed and its erasure: a week has a working day for everybody who could object, and
 * a weekend for whoever finds the mail late.
 */
export const CLOSING_DAYS = 7

/** Why no text leaves of an account that is being closed, whoever would send it. */
export const ACCOUNT_CLOSING = {
  reason: 'account_closing',
  sentence: 'The business is being closed, so no text leaves.',
  nextStep: 'An owner can keep the business: Settings → Business → Close this business.',
} as const
