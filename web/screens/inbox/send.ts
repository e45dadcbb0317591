import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { ApiProblem, api, type List, newKey } from '../../api.ts'
import { toast } from '../../parts/toast.tsx'
import { explain } from '../../problem.ts'
import type { Conversation } from '../../types/conversations.ts'
import type { Message } from '../../types/messages.ts'
import { isShown, refreshConversation } from './conversations.ts'
import { timelineQuery } from './timeline-query.ts'
import type { TimelineItem } from './types.ts'
import { dropUnsent, keepUnsent, type Unsent } from './unsent.ts'

/** Sends replies: shown at once, kept until the server has them, and marked when it refuses them. */
export function useSend({ id, contactId }: Pick<Conversation, 'id' | 'contactId'>) {
  const queries = useQueryClient()
  return {
    send: (body: string, to?: string) =>
      attempt(queries, id, contactId, {
        key: newKey(),
        body,
        to,
        at: new Date().toISOString(),
        state: 'sending',
        why: null,
      }),
    retry: (text: Unsent) => attempt(queries, id, contactId, { ...text, state: 'sending', why: null }),
    discard(text: Unsent) {
      dropUnsent(id, text.key)
      toast.undo('Text discarded', () => keepUnsent(id, text))
    },
  }
}

async function attempt(queries: QueryClient, id: string, contactId: string, text: Unsent): Promise<void> {
  keepUnsent(id, text)
  try {
    const whom = text.to ? { to: text.to } : { conversationId: id }
    const message = await api.post<Message>('/messages', { ...whom, body: text.body }, text.key)
    addToTimeline(queries, contactId, message)
    dropUnsent(id, text.key)
    queries.invalidateQueries({ queryKey: timelineQuery(contactId).queryKey })
    refreshConversation(queries, id)
  } catch (error) {
    const why = whyNot(error)
    keepUnsent(id, { ...text, state: 'failed', why })
    // A person who has moved to another conversation does not see the failed bubble.
    if (!isShown(id))
      toast.error(new ApiProblem({ status: 0, title: `Not sent: “${text.body}”`, detail: why }), () =>
        attempt(queries, id, contactId, { ...text, state: 'sending', why: null }),
      )
  }
}

function whyNot(error: unknown): string {
  const { title, detail } = explain(error)
  // A faulty field's own message says more than "something is wrong".
  const field = error instanceof ApiProblem && error.status === 400 ? error.errors[0] : undefined
  return field ? `${title}: ${field.field} ${field.message}.` : detail
}

/** Replaces the bubble before the feed reports the text, so that it does not flicker. */
function addToTimeline(queries: QueryClient, contactId: string, message: Message): void {
  const { id, createdAt, kind, direction, from, to, body, segments, media, status, trouble, callId, deliveredAt } =
    message
  const item: TimelineItem = {
    kind: 'message',
    id,
    at: createdAt,
    call: null,
    note: null,
    event: null,
    message: { kind, direction, from, to, body, segments, media, status, trouble, callId, deliveredAt, sentBy: null },
  }
  queries.setQueryData<InfiniteData<List<TimelineItem>, string | null>>(timelineQuery(contactId).queryKey, (pages) => {
    const [newest, ...older] = pages?.pages ?? []
    if (!pages || !newest || newest.data.some((other) => other.id === id)) return pages
    return { ...pages, pages: [{ ...newest, data: [item, ...newest.data] }, ...older] }
  })
}
