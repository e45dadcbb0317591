import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type * as inbox from '../src/http/shapes/inbox.ts'
import { actFor, api } from './api.ts'

export type Me = z.output<typeof inbox.me>

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    const me = await api.get<Me>('/me', {}, signal)
    actFor(me.account.id)
    return me
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/** The signed-in person and their account, for every screen inside the shell. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data
}

/** Owners change how the business works; members work in it. */
export const useIsOwner = (): boolean => useMe().role === 'owner'
