import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useCommands } from '../../commands.ts'
import { useKeys } from '../../keys.ts'
import { Button } from '../../parts/button.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Page } from '../../parts/page.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import type { Lead } from '../../types/leads.ts'
import { Board } from './board.tsx'
import { boardQuery } from './leads.ts'
import { LostDialog } from './lost-dialog.tsx'
import type { Ask } from './menu.tsx'
import { LeadsTable } from './table.tsx'
import { ValueDialog } from './value-dialog.tsx'

const NewLead = lazy(() => import('./new-lead.tsx').then(({ NewLead }) => ({ default: NewLead })))

const route = getRouteApi('/app/leads')

type Open = { what: 'value' | 'lost'; lead: Lead } | { what: 'new' } | null

/** The leads, as a board by stage or as a table. */
export function LeadsScreen() {
  const { layout = 'board' } = route.useSearch()
  const navigate = useNavigate({ from: '/leads' })
  const board = useQuery(boardQuery)
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  const ask: Ask = (what, lead) => setOpen({ what, lead })
  const addLead = () => setOpen({ what: 'new' })
  const show = (layout: string) => navigate({ search: layout === 'table' ? { layout } : {} })

  useKeys('Leads', {
    n: ['New lead', addLead],
    v: ['Board or table', () => show(layout === 'table' ? 'board' : 'table')],
  })
  useCommands([{ id: 'new-lead', section: 'Leads', label: 'New lead', icon: Plus, shortcut: 'n', run: addLead }])

  return (
    <Page
      title="Leads"
      width="full"
      actions={
        <>
          <Segmented
            label="View"
            value={layout}
            choices={[
              { value: 'board', label: 'Board' },
              { value: 'table', label: 'Table' },
            ]}
            onChange={show}
          />
          <Button kind="primary" onClick={addLead}>
            <Plus aria-hidden />
            <span className="max-sm:sr-only">New lead</span>
          </Button>
        </>
      }
    >
      {board.error && !board.data ? (
        <ErrorState error={board.error} onRetry={board.refetch} />
      ) : !board.data ? (
        <BoardSkeleton />
      ) : layout === 'table' ? (
        <LeadsTable stages={board.data.stages} onAsk={ask} onNew={addLead} />
      ) : (
        <Board stages={board.data.stages} onAsk={ask} />
      )}
      {open?.what === 'value' && <ValueDialog lead={open.lead} onClose={close} />}
      {open?.what === 'lost' && <LostDialog lead={open.lead} onClose={close} />}
      <Suspense>{open?.what === 'new' && <NewLead onClose={close} />}</Suspense>
    </Page>
  )
}

function BoardSkeleton() {
  return (
    <div className="flex gap-3 px-4 sm:px-6">
      {['first', 'second', 'third', 'fourth'].map((column, index) => (
        <div key={column} className={index === 0 ? 'flex-1' : 'hidden flex-1 sm:block'}>
          <Skeleton className="h-64 w-full rounded-xl" />
        </div>
      ))}
    </div>
  )
}
