import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './api.ts'

/** The one cache. A query's key begins with the plural noun of its route: ['calls', …]; live.ts refreshes by that word. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiProblem && error.status === 401) onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // The live feed reports changes; without it (see live.ts) everything shown is fetched again.
        staleTime: 60_000,
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
      },
    },
  })
}

/**
 * Sends changes of one thing one after the other, so that the last one wins on the server too. `isLast` is false when
 * another is waiting: then this one's answer is older than what the screen should show.
 */
export async function inTurn<T>(
  queries: QueryClient,
  of: string,
  ask: () => Promise<T>,
): Promise<{ answer: T; isLast: boolean }> {
  const mutationKey = ['in turn', of]
  const answer = await queries
    .getMutationCache()
    .build<T, unknown, void, unknown>(queries, {
      mutationKey,
      scope: { id: of },
      // Without a network it fails with a message, instead of waiting silently.
      networkMode: 'always',
      mutationFn: ask,
    })
    .execute()
  return { answer, isLast: queries.isMutating({ mutationKey }) === 0 }
}
