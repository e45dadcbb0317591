import type { Scope } from '../../../../src/domain/apiKeys.ts'

/** The scopes as people choose them, the least first. */
export const SCOPE_CHOICES: { value: Scope; label: string; short: string; hint: string }[] = [
  {
    value: 'read',
    label: 'Read only',
    short: 'Read',
    hint: 'Calls, texts, contacts and leads, without changing them.',
  },
  {
    value: 'send',
    label: 'Send and change',
    short: 'Send',
    hint: 'What members do: also send texts, change contacts and leads, opt phones out.',
  },
  {
    value: 'admin',
    label: 'Everything',
    short: 'Everything',
    hint: 'What owners do: also settings, numbers, carriers, keys, and erasing contacts.',
  },
]

const DAY_MS = 86_400_000

/** When a key ends, in days from now; `never` has no end. */
export const END_CHOICES = [
  ['7', 'In 7 days'],
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
  ['never', 'Never'],
] as const

export const endAfter = (days: string): string | null =>
  days === 'never' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString()

/** How long the old secret of a rolled key works, in hours. */
export const OVERLAP_CHOICES = [
  ['0', 'It ends at once: it has leaked'],
  ['1', '1 hour'],
  ['24', '24 hours'],
  ['168', '7 days'],
  ['720', '30 days'],
] as const

/** The end is over; the server decides, this only shows it. */
export const hasEnded = ({ expiresAt }: { expiresAt: string | null }, now: number): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= now
