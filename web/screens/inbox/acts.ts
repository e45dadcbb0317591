import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api.ts'
import { toast } from '../../parts/toast.tsx'
import { inTurn } from '../../queries.ts'
import type { Conversation } from '../../types/conversations.ts'
import { findConversation, outdateRefreshes, placeConversation } from './conversations.ts'

type Change = {
  status?: 'open' | 'closed'
  unread?: 0 | 1
  assignedTo?: string | null
  snoozedUntil?: string | null
}

/** Conversations marked unread by hand while open: not marked read again until something arrives. */
const keptUnread = new Map<string, string | null>()

export const isKeptUnread = ({ id, lastMessageAt }: Conversation) =>
  keptUnread.has(id) && keptUnread.get(id) === lastMessageAt

/** The actions on a conversation: on the screen at once, taken back when the server refuses. */
export function useActs() {
  const queries = useQueryClient()
  return {
    async close(conversation: Conversation, onUndo?: () => void) {
      if (await change(queries, conversation, { status: 'closed' }))
        toast.undo('Conversation closed', () => {
          change(queries, conversation, { status: 'open', unread: conversation.unread > 0 ? 1 : 0 })
          onUndo?.()
        })
    },
    async reopen(conversation: Conversation) {
      if (await change(queries, conversation, { status: 'open' }))
        toast.undo('Conversation reopened', () => change(queries, conversation, { status: 'closed' }))
    },
    markRead(conversation: Conversation) {
      keptUnread.delete(conversation.id)
      return change(queries, conversation, { unread: 0 })
    },
    markUnread(conversation: Conversation) {
      keptUnread.set(conversation.id, conversation.lastMessageAt)
      return change(queries, conversation, { unread: 1 })
    },
    async assign(conversation: Conversation, to: { id: string; name: string } | null) {
      if (await change(queries, conversation, { assignedTo: to?.id ?? null }))
        toast.undo(to ? `Assigned to ${to.name}` : 'Assigned to nobody', () =>
          change(queries, conversation, { assignedTo: conversation.assignedTo }),
        )
    },
    async snooze(conversation: Conversation, until: string, when: string) {
      if (await change(queries, conversation, { snoozedUntil: until }))
        toast.undo(`Snoozed until ${when}`, () =>
          change(queries, conversation, { snoozedUntil: conversation.snoozedUntil }),
        )
    },
    async wake(conversation: Conversation) {
      if (await change(queries, conversation, { snoozedUntil: null })) toast.show('Back in the inbox')
    },
  }
}

async function change(queries: QueryClient, { id }: Conversation, change: Change): Promise<boolean> {
  const before = findConversation(queries, id)
  const place = (conversation: Conversation) => {
    outdateRefreshes(id)
    placeConversation(queries, conversation)
  }
  if (before) place({ ...before, ...change, ...(change.status === 'closed' && { unread: 0 }) })
  try {
    const { answer, isLast } = await inTurn(queries, `conversation ${id}`, () =>
      api.patch<Conversation>(`/conversations/${id}`, change),
    )
    if (isLast) place(answer)
    return true
  } catch (error) {
    if (before) place(before)
    toast.error(error)
    return false
  }
}
