import { useDroppable } from '@dnd-kit/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { classes } from '../../parts/classes.ts'
import { ErrorState } from '../../parts/error-state.tsx'
import { Money } from '../../parts/money.tsx'
import { More } from '../../parts/more.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import type { Board, Lead } from '../../types/leads.ts'
import { Card } from './card.tsx'
import { leadsQuery } from './leads.ts'
import type { Ask } from './menu.tsx'

type Stage = Board['stages'][number]

type Props = {
  stage: Stage
  isFirst: boolean
  pending: Map<string, Lead>
  canDrag: boolean
  onAsk: Ask
}

/** A stage with its open leads, newest first, page by page. */
export function Column({ stage, isFirst, pending, canDrag, onAsk }: Props) {
  const id = useId()
  const { setNodeRef, isOver } = useDroppable({ id: stage.id, data: { name: stage.name } })
  const query = useInfiniteQuery(leadsQuery({ stageId: stage.id, status: 'open' }))
  const known = query.data ?? []
  const leads = withPending(known, pending, stage.id)
  // Pending changes change the sums as they change the list.
  const count = stage.count + leads.length - known.length
  const valueCents = stage.valueCents + sum(leads) - sum(known)
  return (
    <section
      ref={setNodeRef}
      aria-labelledby={id}
      className={classes(
        'flex max-h-full min-h-40 w-full min-w-0 flex-col rounded-xl border bg-sunken transition-colors sm:min-w-64 sm:max-w-96 sm:flex-1',
        isOver ? 'border-accent' : 'border-transparent',
      )}
    >
      <header className="flex items-baseline justify-between gap-3 px-3.5 pt-3 pb-2.5">
        <h2 id={id} className="truncate font-semibold text-sm">
          {stage.name} <span className="ml-1 font-normal text-muted tabular-nums">{count}</span>
        </h2>
        {valueCents > 0 && (
          <span className="text-muted text-sm">
            <Money cents={valueCents} />
          </span>
        )}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {query.isPending ? (
          <Skeleton className="h-24 w-full" />
        ) : query.error && known.length === 0 ? (
          <ErrorState error={query.error} onRetry={query.refetch} />
        ) : leads.length === 0 ? (
          <p className="px-1.5 py-6 text-center text-muted text-sm">
            {isFirst ? 'Every missed caller becomes a lead here.' : 'Nobody here.'}
          </p>
        ) : (
          <ul className="grid gap-2">
            {leads.map((lead) => (
              <Card key={lead.id} lead={lead} canDrag={canDrag} onAsk={onAsk} />
            ))}
          </ul>
        )}
        <More hasMore={query.hasNextPage} pending={query.isFetchingNextPage} onMore={query.fetchNextPage} />
      </div>
    </section>
  )
}

function withPending(known: Lead[], pending: Map<string, Lead>, stageId: string): Lead[] {
  if (pending.size === 0) return known
  const staying = known.filter(({ id }) => !pending.has(id))
  const coming = [...pending.values()].filter((lead) => lead.stageId === stageId && lead.status === 'open')
  // In the server's order: ids grow with time.
  return coming.length === 0 ? staying : [...staying, ...coming].sort((a, b) => (a.id < b.id ? 1 : -1))
}

const sum = (leads: Lead[]): number => leads.reduce((all, { valueCents }) => all + (valueCents ?? 0), 0)
