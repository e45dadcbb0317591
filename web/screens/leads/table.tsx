import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { SearchX, SquareKanban } from 'lucide-react'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Money } from '../../parts/money.tsx'
import { More } from '../../parts/more.tsx'
import { OptedOut } from '../../parts/opted-out.tsx'
import { Phone } from '../../parts/phone.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import type { Board, Lead } from '../../types/leads.ts'
import { LeadLink } from './card.tsx'
import { Filters } from './filters.tsx'
import { type LeadFilter, leadsQuery, totalsQuery, usePendingLeads } from './leads.ts'
import { type Ask, LeadMenu } from './menu.tsx'
import { Totals } from './totals.tsx'

const route = getRouteApi('/app/leads')

/** All leads, won and lost ones too, newest first. */
export function LeadsTable({ stages, onAsk, onNew }: { stages: Board['stages']; onAsk: Ask; onNew(): void }) {
  const { stage, status, search, min } = route.useSearch()
  const navigate = useNavigate({ from: '/leads' })
  const filter: LeadFilter = { stageId: stage, status, search, minValueCents: min && Math.round(min * 100) }
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  const query = useInfiniteQuery({ ...leadsQuery(filter), placeholderData: keepPreviousData })
  const totals = useQuery({ ...totalsQuery(filter), placeholderData: keepPreviousData }).data
  const pending = usePendingLeads()
  const leads = (query.data ?? []).map((lead) => pending.get(lead.id) ?? lead)

  return (
    <div className="h-full overflow-y-auto px-4 pb-10 sm:px-6">
      <Filters stages={stages} />
      {query.error && leads.length === 0 ? (
        <ErrorState error={query.error} onRetry={query.refetch} />
      ) : query.isPending ? (
        <SkeletonRows />
      ) : leads.length === 0 && isFiltered ? (
        <EmptyState
          icon={SearchX}
          title="No lead fits"
          action={<Button onClick={() => navigate({ search: { layout: 'table' } })}>Clear the filters</Button>}
        >
          Another stage or status may have what you look for.
        </EmptyState>
      ) : leads.length === 0 ? (
        <EmptyState icon={SquareKanban} title="No leads yet" action={<Button onClick={onNew}>New lead</Button>}>
          Every missed caller becomes a lead by itself. Those who come another way you add by hand.
        </EmptyState>
      ) : (
        <>
          <p role="status" className="mb-2 min-h-5 text-muted text-sm">
            {totals && <Totals totals={totals} status={status} />}
          </p>
          <div className="overflow-hidden rounded-xl border border-border bg-surface">
            <Table label="Leads" rows={leads} columns={columns(onAsk)} keyOf={({ id }) => id} />
          </div>
          <More hasMore={query.hasNextPage} pending={query.isFetchingNextPage} onMore={query.fetchNextPage} />
        </>
      )}
    </div>
  )
}

const columns = (onAsk: Ask): Column<Lead>[] => [
  {
    header: 'Person',
    onPhone: 'title',
    cell: (lead) => (
      <span className="flex w-full min-w-0 items-start justify-between gap-2">
        <span className="min-w-0">
          <span className="flex items-center gap-1.5">
            <LeadLink lead={lead} className="truncate rounded font-medium hover:underline" />
            {lead.contact.optedOut && <OptedOut />}
          </span>
          {lead.contact.name && lead.contact.phone && (
            <span className="font-normal text-muted text-sm">
              <Phone value={lead.contact.phone} />
            </span>
          )}
          <OnPhone lead={lead} />
        </span>
        <span className="-mr-3 sm:hidden">
          <LeadMenu lead={lead} onAsk={onAsk} />
        </span>
      </span>
    ),
  },
  { header: 'Stage', onPhone: 'never', cell: ({ stage }) => stage },
  { header: 'Status', onPhone: 'never', cell: (lead) => <Status lead={lead} /> },
  {
    header: 'Value',
    align: 'right',
    onPhone: 'never',
    cell: ({ valueCents }) => (valueCents === null ? <NoValue /> : <Money cents={valueCents} />),
  },
  { header: 'Last activity', onPhone: 'never', cell: ({ lastActivityAt }) => <When value={lastActivityAt} /> },
  { header: 'Since', onPhone: 'never', cell: ({ createdAt }) => <When value={createdAt} /> },
  { header: 'Actions', onPhone: 'never', align: 'right', cell: (lead) => <LeadMenu lead={lead} onAsk={onAsk} /> },
]

/** The other columns in a line or two. */
function OnPhone({ lead }: { lead: Lead }) {
  return (
    <span className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 font-normal text-muted text-sm sm:hidden">
      <Status lead={lead} />
      {lead.valueCents !== null && (
        <span className="font-semibold text-text">
          <Money cents={lead.valueCents} />
        </span>
      )}
      <span>
        {lead.stage} · <Time value={lead.lastActivityAt} plain />
      </span>
    </span>
  )
}

function Status({ lead: { status, reason } }: { lead: Lead }) {
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <Badge tone={tones[status]}>{words[status]}</Badge>
      {status === 'lost' && reason && <span className="text-muted text-xs">{reason}</span>}
    </span>
  )
}

function When({ value }: { value: string }) {
  return (
    <span className="text-muted">
      <Time value={value} plain />
    </span>
  )
}

const tones: Record<Lead['status'], Tone> = { open: 'info', won: 'success', lost: 'neutral' }
const words: Record<Lead['status'], string> = { open: 'Open', won: 'Won', lost: 'Lost' }

function NoValue() {
  return (
    <span className="text-muted">
      <span aria-hidden>–</span>
      <span className="sr-only">None</span>
    </span>
  )
}
