import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'

type Options = {
  query?: Record<string, string | number | undefined>
  enabled?: boolean
  /** Keeps the old rows until the new search is answered. */
  keepShown?: boolean
}

/** A list of the API, page by page: `rows` are the loaded ones. `key` begins with a word that live.ts knows. */
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
