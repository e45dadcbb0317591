import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'

type Options = {
  query?: Record<string, string | number | undefined>
  enabled?: boolean
  /** Shows what it showed until another search has been answered. */
  keepShown?: boolean
}

/** A list of the API, page by page: `rows` are all that have come. `key` begins with a word that live.ts knows. */
export function usePages<T>(key: readonly unknown[], path: string, { query, enabled, keepShown }: Options = {}) {
  const found = useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) => api.get<List<T>>(path, { ...query, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: List<T>) => nextCursor ?? undefined,
    enabled,
    placeholderData: keepShown ? keepPreviousData : undefined,
  })
  return { ...found, rows: found.data?.pages.flatMap(({ data }) => data) }
}
