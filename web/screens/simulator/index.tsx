import { useQueries, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Plus, Smartphone } from 'lucide-react'
import { useState } from 'react'
import { api, type List } from '../../api.ts'
import { useMe } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { classes } from '../../parts/classes.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Page } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { formatPhone } from '../../phones.ts'
import type { Line } from '../../types/numbers.ts'
import { AddPhone } from './add-phone.tsx'
import { useNetworkFeed } from './feed.ts'
import { HandsetView } from './handset.tsx'
import { rings } from './line.ts'
import { clockQuery, connectedQuery, handsetQuery } from './network.ts'
import { useTablePhones } from './phones.ts'
import { useTape } from './tape.ts'
import { Weather } from './weather.tsx'
import { Wire } from './wire.tsx'

const route = getRouteApi('/app/simulator')

/** How many calls can be followed on the wire. */
const CALLS_OFFERED = 12

export function SimulatorScreen() {
  const { simulator } = useMe()
  if (!simulator)
    return (
      <Page title="Simulator">
        <EmptyState icon={Smartphone} title="The simulator is off">
          It is a phone network for trying things out, and starts with Textback when SIMULATOR=on is in its environment.
        </EmptyState>
      </Page>
    )
  return <Table />
}

function Table() {
  const lines = useQuery({
    queryKey: ['numbers'],
    queryFn: ({ signal }) => api.get<List<Line>>('/numbers', {}, signal),
  })
  const connected = useQuery(connectedQuery)
  if (lines.error || connected.error)
    return (
      <Page title="Simulator">
        <ErrorState
          error={lines.error ?? connected.error}
          onRetry={() => Promise.all([lines.refetch(), connected.refetch()])}
        />
      </Page>
    )
  if (!lines.data || !connected.data)
    return (
      <Page title="Simulator">
        <SkeletonRows />
      </Page>
    )
  return <Phones lines={lines.data.data.filter(({ number }) => connected.data.includes(number))} />
}

function Phones({ lines }: { lines: Line[] }) {
  const { phone: inHand } = route.useSearch()
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  const { phones, add, remove } = useTablePhones(lines)
  const tape = useTape()
  useNetworkFeed({ onExchange: (exchange) => tape.add([exchange]), onOpen: tape.catchUp })
  const speed = useQuery(clockQuery).data?.speed ?? 1
  const handsets = useQueries({ queries: phones.map(({ number }) => handsetQuery(number)) }).map(({ data }) => data)
  const shown = phones.find(({ number }) => number === inHand)?.number ?? phones[0]?.number
  const take = (number: string) => navigate({ to: '/simulator', search: { phone: number }, replace: true })
  const calls = new Map(handsets.flatMap((phone) => phone?.calls ?? []).map((call) => [call.id, call]))
  const latestCalls = [...calls.values()]
    .sort((a, b) => (b.timeline[0]?.at ?? '').localeCompare(a.timeline[0]?.at ?? ''))
    .slice(0, CALLS_OFFERED)
  return (
    <Page
      title="Simulator"
      hint="Call your numbers, and watch the wire"
      width="full"
      actions={
        <Button onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          Add a phone
        </Button>
      }
    >
      <div className="flex flex-col gap-6 px-4 pb-6 sm:px-6 xl:h-full xl:flex-row">
        <div className="min-w-0 flex-1 xl:overflow-y-auto">
          <div role="toolbar" aria-label="Phones" className="-mx-4 mb-4 flex gap-2 overflow-x-auto px-4 sm:hidden">
            {phones.map(({ number }, index) => (
              <button
                key={number}
                type="button"
                aria-pressed={number === shown}
                onClick={() => take(number)}
                className="flex h-11 shrink-0 items-center gap-2 rounded-full border border-border px-4 text-sm aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
              >
                {formatPhone(number)}
                {rings(handsets[index]) && <span className="font-semibold text-accent">rings</span>}
              </button>
            ))}
          </div>
          <ul aria-label="Phones on the table" className="flex flex-wrap gap-5">
            {phones.map(({ number, ringsFor }) => (
              <li key={number} className={classes('w-full sm:w-auto', number !== shown && 'max-sm:hidden')}>
                <HandsetView
                  number={number}
                  ringsFor={ringsFor}
                  lines={lines}
                  speed={speed}
                  onRemove={ringsFor.length === 0 ? () => remove(number) : undefined}
                />
              </li>
            ))}
          </ul>
        </div>
        <div className="flex min-h-96 min-w-0 flex-col gap-4 xl:w-[28rem] xl:shrink-0 2xl:w-[36rem]">
          <Weather />
          <Wire tape={tape} phones={phones.map(({ number }) => number)} calls={latestCalls} />
        </div>
      </div>
      {adding && (
        <AddPhone
          onClose={() => setAdding(false)}
          onAdd={(number) => {
            add(number)
            take(number)
          }}
        />
      )}
    </Page>
  )
}
