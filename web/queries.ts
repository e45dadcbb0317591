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
        // The live feed says what has changed; without it (see live.ts) everything shown is fetched again.
        staleTime: 60_000,
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
      },
    },
  })
}

/**
 * Asks for changes of one thing one after the other, so that the last act wins on the server too. `isLast` is false when
 * another waits already: what this one brought back is then older than what the screen should show.
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
      // Without a network it fails and says so, instead of waiting in silence.
      networkMode: 'always',
      mutationFn: ask,
    })
    .execute()
  return { answer, isLast: queries.isMutating({ mutationKey }) === 0 }
}
