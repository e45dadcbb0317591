import type { Conversation } from '../../types/conversations.ts'

/** The views of the conversations; the API uses the same words. */
export const views = {
  open: 'Open',
  waiting: 'Waiting',
  unread: 'Unread',
  mine: 'Mine',
  unassigned: 'Unassigned',
  snoozed: 'Snoozed',
  closed: 'Closed',
} as const

export type View = keyof typeof views

export const isView = (value: unknown): value is View => typeof value === 'string' && Object.hasOwn(views, value)

/** Whether the server would list the conversation in the view, to show a change before the server answers. */
export function belongs(conversation: Conversation, view: View, userId: string | null, now: number): boolean {
  const { status, snoozedUntil, waitingSince, unread, assignedTo } = conversation
  if (view === 'closed') return status === 'closed'
  if (status === 'closed') return false
  const isAsleep = snoozedUntil !== null && Date.parse(snoozedUntil) > now
  if (view === 'snoozed') return isAsleep
  if (isAsleep) return false
  if (view === 'waiting') return waitingSince !== null
  if (view === 'unread') return unread > 0
  if (view === 'mine') return assignedTo !== null && assignedTo === userId
  if (view === 'unassigned') return assignedTo === null
  return true
}
