import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { List } from '../../api.ts'
import { useChanges } from '../../live.ts'
import type { Conversation } from '../../types/conversations.ts'
import { refreshConversation } from './conversations.ts'

/** A burst (one missed call changes its conversation three times) is one fetch. */
const GATHER_MS = 60

/** From this many changes at once (an import, a large merge) the list is cheaper to fetch than its rows. */
const MANY = 20

/** Keeps the lists of conversations live while mounted, row by row. */
export function useLiveList(): void {
  const queries = useQueryClient()
  const changed = useRef(new Set<string>())
  const timer = useRef<number>(undefined)

  useChanges(({ what, id, contact }) => {
    if (what === 'conversations') changed.current.add(id)
    // A name or an opt-out shows in the row, although the conversation itself has not changed.
    else if ((what === 'contacts' || what === 'events') && contact)
      for (const conversation of loaded(queries))
        if (conversation.contact.id === contact) changed.current.add(conversation.id)
    if (changed.current.size > 0) timer.current ??= window.setTimeout(flush, GATHER_MS)
  })

  const flush = () => {
    const ids = [...changed.current]
    changed.current.clear()
    timer.current = undefined
    if (ids.length > MANY) queries.invalidateQueries({ queryKey: ['inbox'] })
    else for (const id of ids) refreshConversation(queries, id)
  }

  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
      // Nobody listens from now on. On return the first page shows at once, and is fetched again.
      queries.setQueriesData<InfiniteData<List<Conversation>>>(
        { queryKey: ['inbox'] },
        (pages) => pages && { pages: pages.pages.slice(0, 1), pageParams: pages.pageParams.slice(0, 1) },
      )
      queries.invalidateQueries({ queryKey: ['inbox'], refetchType: 'none' })
    },
    [queries],
  )
}

function* loaded(queries: QueryClient): Generator<Conversation> {
  for (const [, pages] of queries.getQueriesData<InfiniteData<List<Conversation>>>({ queryKey: ['inbox'] }))
    for (const page of pages?.pages ?? []) yield* page.data
}
