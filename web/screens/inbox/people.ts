import { queryOptions } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'
import type { Person } from '../../types/people.ts'

/** The account's people, by name. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => api.get<List<Person>>('/people', {}, signal),
  select: ({ data }: List<Person>) => data,
})
