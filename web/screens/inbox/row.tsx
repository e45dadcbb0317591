import { Link } from '@tanstack/react-router'
import { AlarmClock, CircleAlert, Hourglass } from 'lucide-react'
import { memo } from 'react'
import { Avatar } from '../../parts/avatar.tsx'
import { classes } from '../../parts/classes.ts'
import { OptedOut } from '../../parts/opted-out.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Time } from '../../parts/time.tsx'
import type { Conversation } from '../../types/conversations.ts'
import { useUnsent } from './unsent.ts'
import type { View } from './views.ts'

/** A row's height in px; all are equal, so that the list knows the position of rows it has not drawn. */
export const ROW_PX = 76

type Props = { conversation: Conversation; view: View; isOpen: boolean; assignee: string | null }

/** A conversation in the list: the person, the last item, its time, and its state. */
export const Row = memo(function Row({ conversation, view, isOpen, assignee }: Props) {
  const { id, contact, unread, waitingSince, status, snoozedUntil, optedOut } = conversation
  const isUnread = unread > 0
  const hasFailed = useUnsent(id).some(({ state }) => state === 'failed')
  const isWaiting = status === 'open' && waitingSince !== null
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: id }}
      search={view === 'open' ? {} : { view }}
      data-conversation={id}
      aria-current={isOpen ? 'true' : undefined}
      className={classes(
        'flex h-full items-center gap-3 border-border border-b px-4 outline-offset-[-2px] transition-colors',
        isOpen
          ? 'relative bg-hover before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent'
          : 'hover:bg-hover focus-visible:bg-hover',
      )}
    >
      <span className="relative">
        <Avatar name={contact.name} />
        {isUnread && (
          <span
            aria-hidden
            className="absolute -top-0.5 -right-0.5 size-3 rounded-full border-2 border-background bg-accent"
          />
        )}
      </span>
      <span className="grid min-w-0 flex-1 grid-cols-1 gap-0.5">
        <span className="flex items-baseline gap-2">
          <span className={classes('min-w-0 flex-1 truncate', isUnread ? 'font-semibold' : 'font-medium')}>
            {contact.name ?? (contact.phone ? <Phone value={contact.phone} /> : 'Unknown person')}
            {isUnread && <span className="sr-only">, unread</span>}
          </span>
          <span className={classes('shrink-0 text-xs', isUnread ? 'font-medium text-accent' : 'text-muted')}>
            <Time value={conversation.lastMessageAt ?? conversation.updatedAt} plain />
          </span>
        </span>
        <span className="flex items-center gap-1.5 text-sm">
          <span className={classes('min-w-0 flex-1 truncate', isUnread ? 'text-text' : 'text-muted')}>
            {conversation.lastMessagePreview ?? 'Missed call, no text yet'}
          </span>
          {hasFailed && (
            <span className="flex shrink-0 items-center gap-1 text-danger text-xs">
              <CircleAlert aria-hidden className="size-3.5" />
              <span className="sr-only">, </span>Not sent
            </span>
          )}
          {isWaiting && (
            <span title="Waits for an answer" className="text-warning">
              <Hourglass aria-hidden className="size-3.5" />
              <span className="sr-only">, waits for an answer</span>
            </span>
          )}
          {snoozedUntil && view === 'snoozed' && (
            <span className="flex items-center gap-1 text-muted text-xs">
              <AlarmClock aria-hidden className="size-3.5" />
              <span className="sr-only">, snoozed until </span>
              <Time value={snoozedUntil} plain />
            </span>
          )}
          {optedOut && <OptedOut />}
          {assignee && (
            <span
              title={`Assigned to ${assignee}`}
              className="flex h-4.5 items-center rounded-full border border-border px-1.5 font-medium text-[0.625rem] text-muted"
            >
              <span aria-hidden>{initialsOf(assignee)}</span>
              <span className="sr-only">, assigned to {assignee}</span>
            </span>
          )}
        </span>
      </span>
    </Link>
  )
})

const initialsOf = (name: string) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join('')
