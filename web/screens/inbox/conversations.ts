import { type InfiniteData, infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { ApiProblem, api, type List } from '../../api.ts'
import { meQuery } from '../../me.ts'
import type { Conversation, ConversationCounts } from '../../types/conversations.ts'
import { belongs, type View } from './views.ts'

/** A screen shows ten of them; fast scrolling should rarely have to wait. */
const PAGE = 100

/**
 * The list of a view. Its key is not a word of live.ts: otherwise each change would refetch every loaded page. A
 * changed conversation is fetched alone instead, and put in its place (see live-list.ts).
 */
export const listQuery = (view: View) =>
  infiniteQueryOptions({
    queryKey: ['inbox', view],
    queryFn: ({ pageParam, signal }) =>
      api.get<List<Conversation>>('/conversations', { view, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['conversations', id],
    queryFn: ({ signal }) => api.get<Conversation>(`/conversations/${id}`, {}, signal),
  })

export const countsQuery = queryOptions({
  queryKey: ['conversations', 'counts'],
  queryFn: ({ signal }) => api.get<ConversationCounts>('/conversations/counts', {}, signal),
})

type Pages = InfiniteData<List<Conversation>, string | null>

/** The conversation on the screen. It stays in its list while open, even when reading removes it from the view. */
let shownId: string | null = null

export const isShown = (id: string): boolean => shownId === id

export function setShown(queries: QueryClient, id: string | null): void {
  const before = shownId
  shownId = id
  const left = before && before !== id ? findConversation(queries, before) : undefined
  if (left) placeConversation(queries, left)
}

/** Puts a conversation's new state everywhere it shows: itself, and each list that it belongs to. */
export function placeConversation(queries: QueryClient, conversation: Conversation): void {
  if (queries.getQueryData(conversationQuery(conversation.id).queryKey))
    queries.setQueryData(conversationQuery(conversation.id).queryKey, conversation)
  const userId = queries.getQueryData(meQuery.queryKey)?.user?.id ?? null
  eachList(queries, (view, pages) => {
    const wasThere = pages.pages.some((page) => page.data.some(({ id }) => id === conversation.id))
    const stays = wasThere && conversation.id === shownId && conversation.status === 'open' && isOfPeople(view)
    if (!stays && !belongs(conversation, view, userId, Date.now()))
      return wasThere ? without(pages, conversation.id) : pages
    return insert(wasThere ? without(pages, conversation.id) : pages, conversation)
  })
}

export function dropConversation(queries: QueryClient, id: string): void {
  eachList(queries, (_, pages) => without(pages, id))
}

export function findConversation(queries: QueryClient, id: string): Conversation | undefined {
  const alone = queries.getQueryData(conversationQuery(id).queryKey)
  if (alone) return alone
  for (const [, pages] of queries.getQueriesData<Pages>({ queryKey: ['inbox'] }))
    for (const page of pages?.pages ?? []) for (const found of page.data) if (found.id === id) return found
}

/** Reading, answering or assigning removes one from these views, even the one on the screen. */
const isOfPeople = (view: View) => ['waiting', 'unread', 'mine', 'unassigned'].includes(view)

function eachList(queries: QueryClient, change: (view: View, pages: Pages) => Pages): void {
  for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: ['inbox'] }))
    if (pages) queries.setQueryData(key, change(key[1] as View, pages))
}

function without(pages: Pages, id: string): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) =>
      page.data.some((other) => other.id === id)
        ? { ...page, data: page.data.filter((other) => other.id !== id) }
        : page,
    ),
  }
}

/** Inserted by the time of its last change; one older than the loaded pages comes with a later page. */
function insert(pages: Pages, conversation: Conversation): Pages {
  const isOlder = (other: Conversation) =>
    other.updatedAt < conversation.updatedAt ||
    (other.updatedAt === conversation.updatedAt && other.id < conversation.id)
  const found = pages.pages.findIndex((page) => page.data.some(isOlder))
  if (found < 0 && pages.pages.at(-1)?.nextCursor) return pages
  const at = found < 0 ? pages.pages.length - 1 : found
  return {
    ...pages,
    pages: pages.pages.map((page, index) => {
      if (index !== at) return page
      const before = page.data.findIndex(isOlder)
      return { ...page, data: page.data.toSpliced(before < 0 ? page.data.length : before, 0, conversation) }
    }),
  }
}

/** The newest running refresh of each conversation. */
const refreshes = new Map<string, symbol>()

/** A running refresh may be older than what is now known, and must not overwrite it. */
export const outdateRefreshes = (id: string) => refreshes.delete(id)

/** Fetches a conversation again after a reported change. */
export async function refreshConversation(queries: QueryClient, id: string): Promise<void> {
  const refresh = Symbol(id)
  refreshes.set(id, refresh)
  try {
    const conversation = await api.get<Conversation>(`/conversations/${id}`)
    if (refreshes.get(id) === refresh) placeConversation(queries, conversation)
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) dropConversation(queries, id)
  } finally {
    if (refreshes.get(id) === refresh) refreshes.delete(id)
  }
}
