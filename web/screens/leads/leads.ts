import { infiniteQueryOptions, type QueryClient, queryOptions, useMutationState } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'
import { toast } from '../../parts/toast.tsx'
import type { Board, Lead } from '../../types/leads.ts'
import type { LeadTotals } from './types.ts'

/** The parameters of GET /leads. */
export type LeadFilter = {
  stageId?: string
  status?: Lead['status']
  search?: string
  minValueCents?: number
}

/** About three screens of cards. */
const PAGE = 40

export const boardQuery = queryOptions({
  queryKey: ['leads', 'board'],
  queryFn: ({ signal }) => api.get<Board>('/leads/board', {}, signal),
})

export const leadsQuery = (filter: LeadFilter) =>
  infiniteQueryOptions({
    queryKey: ['leads', 'list', filter],
    queryFn: ({ signal, pageParam }) =>
      api.get<List<Lead>>('/leads', { ...filter, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ data }) => data),
  })

export const totalsQuery = (filter: LeadFilter) =>
  queryOptions({
    queryKey: ['leads', 'totals', filter],
    queryFn: ({ signal }) => api.get<LeadTotals>('/leads/totals', filter, signal),
  })

/** `stage` is the name of `stageId`, shown until the server answers. */
type Change = Partial<Pick<Lead, 'stageId' | 'stage' | 'status' | 'valueCents' | 'reason'>>

const CHANGE_KEY = ['leads', 'change']

/**
 * Changes a lead, shows it at once (see usePendingLeads), then a toast with `said` and Undo. If the server refuses, the
 * lead goes back, and a toast says why. Continues after the screen has been left.
 */
export function changeLead(queries: QueryClient, lead: Lead, change: Change, said: string): void {
  run(queries, lead, change, () => toast.undo(said, () => run(queries, { ...lead, ...change }, undoing(lead, change))))
}

/** The change that undoes another; a reason belongs to its status. */
function undoing(lead: Lead, change: Change): Change {
  const keys = Object.keys(change) as (keyof Change)[]
  const before = Object.fromEntries(keys.map((key) => [key, lead[key]]))
  return change.status ? { ...before, reason: lead.reason } : before
}

function run(queries: QueryClient, lead: Lead, change: Change, onDone?: () => void): void {
  const mutation = queries.getMutationCache().build<Lead, unknown, Pending, unknown>(queries, {
    mutationKey: CHANGE_KEY,
    // One after the other, so that the last move wins on the server too.
    scope: { id: 'leads' },
    // Without a network it fails with a message, instead of waiting silently.
    networkMode: 'always',
    mutationFn: ({ lead, change: { stage: _, ...body } }) => api.patch<Lead>(`/leads/${lead.id}`, body),
    onSuccess: async () => {
      onDone?.()
      // Pending until the lists have it, so that the card does not jump back in between.
      await queries.invalidateQueries({ queryKey: ['leads'] })
    },
    onError: (error) => toast.error(error, () => run(queries, lead, change, onDone)),
  })
  mutation.execute({ lead, change }).catch(() => {})
}

type Pending = { lead: Lead; change: Change }

/** The leads with pending changes, as they will be. */
export function usePendingLeads(): Map<string, Lead> {
  const changes = useMutationState({
    filters: { mutationKey: CHANGE_KEY, status: 'pending' },
    select: ({ state }) => state.variables as Pending,
  })
  const leads = new Map<string, Lead>()
  for (const { lead, change } of changes) leads.set(lead.id, { ...lead, ...leads.get(lead.id), ...change })
  return leads
}
