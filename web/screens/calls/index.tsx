import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Download, PhoneMissed, SearchX } from 'lucide-react'
import { useRef } from 'react'
import { useKeys } from '../../keys.ts'
import { useMe } from '../../me.ts'
import { useDay } from '../../now.ts'
import { Button } from '../../parts/button.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { More } from '../../parts/more.tsx'
import { Page } from '../../parts/page.tsx'
import { Phone } from '../../parts/phone.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { CallSheet } from './call-sheet.tsx'
import { callsQuery, csvAddress, filterOf, linesQuery } from './calls.ts'
import { Filters, useFilters } from './filters.tsx'
import { Rows } from './rows.tsx'

const route = getRouteApi('/app/calls')

/** The log of all calls, with what was decided about each. */
export function CallsScreen() {
  const { call: openId } = route.useSearch()
  const filters = useFilters()
  const navigate = useNavigate({ from: '/calls' })
  const { timezone } = useMe().account
  const filter = filterOf(filters, timezone, useDay(timezone))
  const query = useInfiniteQuery({ ...callsQuery(filter), placeholderData: keepPreviousData })
  const lines = useQuery(linesQuery).data ?? []
  const searchInput = useRef<HTMLInputElement>(null)
  const labels = new Map(lines.map(({ number, label }) => [number, label]))
  const calls = query.data ?? []
  useKeys('Calls', {
    j: ['Next call', () => focusRow(1)],
    k: ['Call before', () => focusRow(-1)],
    '/': ['Search calls', () => searchInput.current?.focus()],
  })
  return (
    <Page
      title="Calls"
      actions={
        <Button asChild>
          <a href={csvAddress(filter)} download>
            <Download aria-hidden />
            <span>
              Export<span className="max-sm:sr-only"> CSV</span>
            </span>
          </a>
        </Button>
      }
    >
      <Filters
        lines={lines}
        searchRef={searchInput}
        who={calls[0] ? (calls[0].contactName ?? <Phone value={calls[0].from} />) : 'one person'}
      />
      {query.error && calls.length === 0 ? (
        <ErrorState error={query.error} onRetry={query.refetch} />
      ) : query.isPending ? (
        <SkeletonRows />
      ) : calls.length > 0 ? (
        <>
          <Rows calls={calls} labels={labels} />
          <More hasMore={query.hasNextPage} pending={query.isFetchingNextPage} onMore={query.fetchNextPage} />
        </>
      ) : Object.keys(filters).length > 0 ? (
        <EmptyState
          icon={SearchX}
          title="No call fits"
          action={<Button onClick={() => navigate({ search: {} })}>Clear the filters</Button>}
        >
          Names and phones are found by how they begin; a phone also by its last four digits.
        </EmptyState>
      ) : (
        <EmptyState
          icon={PhoneMissed}
          title="No calls yet"
          action={
            <Button asChild>
              <Link to="/numbers">Go to your numbers</Link>
            </Button>
          }
        >
          Every call to one of your numbers will be here, with why it was texted back or not.
        </EmptyState>
      )}
      <CallSheet
        id={openId}
        known={calls.find(({ id }) => id === openId)}
        label={(number) => (
          <>
            {labels.get(number) && `${labels.get(number)} · `}
            <Phone value={number} />
          </>
        )}
        onClose={() => navigate({ search: ({ call: _, ...rest }) => rest, replace: true, resetScroll: false })}
      />
    </Page>
  )
}

function focusRow(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('a[data-call]')]
  const now = rows.indexOf(document.activeElement as HTMLElement)
  rows[Math.min(Math.max(now + step, 0), rows.length - 1)]?.focus()
}
