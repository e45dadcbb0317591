import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useBlocker } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { useKeys } from '../../keys.ts'
import { useIsOwner, useMe } from '../../me.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Page } from '../../parts/page.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { formatPhone } from '../../phones.ts'
import type { Line } from '../../types/numbers.ts'
import { CallsTab } from './calls.tsx'
import { numberQuery, useLineName } from './data.ts'
import { useDraft } from './draft.ts'
import { tabOfField } from './fields.ts'
import { HoursTab } from './hours.tsx'
import { LimitsTab } from './limits.tsx'
import { LineState } from './line-state.tsx'
import { SaveBar } from './save-bar.tsx'
import type { NumberTab } from './search.ts'
import { SetupTab } from './setup.tsx'
import { TestTab } from './test-tab.tsx'
import { TextBackTab } from './text-back.tsx'

const route = getRouteApi('/app/numbers/$number')

/** How long 'Saved' is shown. */
const SAID_MS = 4_000

export function NumberScreen() {
  const { number } = route.useParams()
  const line = useQuery(numberQuery(number))
  const { country } = useMe().account
  if (line.data) return <NumberPage key={number} saved={line.data} />
  return (
    <Page title={formatPhone(number, country)} back="/numbers">
      {line.isError ? (
        <ErrorState
          error={line.error}
          onRetry={line.refetch}
          sought={{ what: 'number', list: 'Numbers', to: '/numbers' }}
        />
      ) : (
        <div role="status" className="grid gap-4">
          <span className="sr-only">Loading</span>
          <Skeleton className="h-10 w-full max-w-lg" />
          <Skeleton className="h-64 w-full max-w-3xl" />
        </div>
      )}
    </Page>
  )
}

function NumberPage({ saved }: { saved: Line }) {
  const { tab = 'text-back' } = route.useSearch()
  const navigate = route.useNavigate()
  const { country } = useMe().account
  const isOwner = useIsOwner()
  const name = useLineName()(saved)
  const draft = useDraft(saved)
  const [isSaved, setSaved] = useState(false)
  const open = (to: NumberTab) => navigate({ search: { tab: to }, replace: true })

  const save = async () => {
    if (!draft.isDirty || draft.pending) return
    if (!(await draft.save())) return
    setSaved(true)
    setTimeout(() => setSaved(false), SAID_MS)
  }
  useKeys('Number', { 'mod+s': ['Save', save] })
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => draft.isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => draft.isDirty,
    withResolver: true,
  })

  return (
    <Page
      title={name}
      back="/numbers"
      hint={
        <span className="inline-flex flex-wrap items-center gap-2 pt-0.5">
          {saved.label && <span className="tabular-nums">{formatPhone(saved.number, country)}</span>}
          <LineState line={saved} />
          {!saved.textBack.enabled && <Badge tone="warning">Text-back is off</Badge>}
        </span>
      }
      actions={
        tab !== 'test' && (
          <Button onClick={() => open('test')}>
            <FlaskConical aria-hidden />
            Test it now
          </Button>
        )
      }
    >
      {!isOwner && (
        <p className="mb-4 rounded-lg bg-info-soft px-3.5 py-3 text-info text-sm">
          You can look and try here; only an owner of the business can change it.
        </p>
      )}
      <Tabs
        label="The number’s settings"
        value={tab}
        onChange={(to) => open(to as NumberTab)}
        tabs={[
          { value: 'text-back', label: 'Text-back', content: <TextBackTab draft={draft} saved={saved} /> },
          { value: 'calls', label: 'Calls', content: <CallsTab draft={draft} /> },
          { value: 'hours', label: 'Hours', content: <HoursTab draft={draft} /> },
          { value: 'limits', label: 'Limits', content: <LimitsTab draft={draft} /> },
          { value: 'setup', label: 'Setup', content: <SetupTab draft={draft} saved={saved} /> },
          { value: 'test', label: 'Test', content: <TestTab line={saved} isDirty={draft.isDirty} onOpen={open} /> },
        ]}
      />
      {isOwner && <SaveBar draft={draft} isSaved={isSaved} onSave={save} onOpen={(field) => open(tabOfField(field))} />}
      <Confirm
        open={leaving.status === 'blocked'}
        onClose={() => leaving.reset?.()}
        title="Leave without saving?"
        action="Leave"
        onConfirm={() => leaving.proceed?.()}
      >
        What you changed on {name} is not saved yet, and would be lost.
      </Confirm>
    </Page>
  )
}
