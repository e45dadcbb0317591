import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'
import type { TimelineItem } from './types.ts'

/** Three screens of a phone. */
const PAGE = 50

/** Everything that happened with a person, newest first. */
export const timelineQuery = (contactId: string) =>
  infiniteQueryOptions({
    queryKey: ['contacts', contactId, 'timeline'],
    queryFn: ({ pageParam, signal }) =>
      api.get<List<TimelineItem>>(`/contacts/${contactId}/timeline`, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })
