import { getRouteApi, useNavigate, useParams } from '@tanstack/react-router'
import type { Conversation } from '../../types/conversations.ts'
import { useActs } from './acts.ts'

const route = getRouteApi('/app/inbox')

/** Closes a conversation. If it is open, the screen goes back to the list, and Undo reopens it. */
export function useClose(): (conversation: Conversation) => void {
  const navigate = useNavigate()
  const openId = useParams({ strict: false }).conversationId
  const { view } = route.useSearch()
  const { close } = useActs()
  return (conversation) => {
    if (conversation.id !== openId) return void close(conversation)
    navigate({ to: '/inbox', search: { view } })
    void close(conversation, () =>
      navigate({ to: '/inbox/$conversationId', params: { conversationId: conversation.id }, search: { view } }),
    )
  }
}
