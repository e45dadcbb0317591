import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import type { ConversationCounts } from '../types/conversations.ts'

/** How many open conversations have something unread; nothing for none. */
export function UnreadBadge({ className }: { className?: string }) {
  const { data } = useQuery({
    queryKey: ['conversations', 'counts'],
    queryFn: ({ signal }) => api.get<ConversationCounts>('/conversations/counts', {}, signal),
  })
  const unread = data?.unread ?? 0
  if (unread === 0) return null
  return (
    <span className={className}>
      {unread > 99 ? '99+' : unread}
      <span className="sr-only"> unread</span>
    </span>
  )
}
