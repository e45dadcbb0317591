import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'
import { beginOf, dayAfter } from '../../days.ts'
import type { Call, CallInFull } from '../../types/calls.ts'
import type { Message } from '../../types/messages.ts'
import type { Line } from '../../types/numbers.ts'
import type { Search } from './search.ts'

const PAGE = 50

/** The parameters of GET /calls and GET /calls.csv. Days, and `today`, are in the account's time zone. */
export function filterOf(search: Search, timeZone: string, today: string): Record<string, string | undefined> {
  const { outcome, number, text, days, contact } = search
  const from = days ? dayAfter(today, 1 - days) : search.from
  const to = days ? undefined : search.to
  return {
    search: search.search,
    outcome,
    number,
    contactId: contact,
    action: text === undefined ? undefined : text === 'sent' ? 'send' : 'skip',
    reason: text === 'sent' || text === 'skipped' ? undefined : text,
    since: from && beginOf(from, timeZone),
    before: to && beginOf(dayAfter(to, 1), timeZone),
  }
}

export const callsQuery = (filter: ReturnType<typeof filterOf>) =>
  infiniteQueryOptions({
    queryKey: ['calls', 'list', filter],
    queryFn: ({ signal, pageParam }) =>
      api.get<List<Call>>('/calls', { ...filter, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ data }) => data),
  })

export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ['calls', 'one', id],
    queryFn: ({ signal }) => api.get<CallInFull>(`/calls/${id}`, {}, signal),
  })

export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: ['messages', 'one', id],
    queryFn: ({ signal }) => api.get<Message>(`/messages/${id}`, {}, signal),
  })

/** The account's numbers, for their labels. */
export const linesQuery = queryOptions({
  queryKey: ['numbers', 'labels'],
  queryFn: ({ signal }) => api.get<List<Line>>('/numbers', {}, signal),
  select: ({ data }) => data,
})

/** Where the browser downloads the same calls as a file. */
export function csvAddress(filter: ReturnType<typeof filterOf>): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `/api/v1/calls.csv?${new URLSearchParams(given)}`
}
