import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Money } from '../../parts/money.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { duration } from '../../times.ts'
import type { Today } from './types.ts'

const route = getRouteApi('/app/today')

/** The numbers of the day or the last seven days, and how fast we were. */
export function Counts({ today }: { today: Today }) {
  const { over = 'day' } = route.useSearch()
  const navigate = useNavigate({ from: '/today' })
  const { missed, texted, replied, won, wonCents } = today[over]
  return (
    <section aria-labelledby="counts">
      <div className="mb-3 flex items-center justify-between gap-3">
        <h2 id="counts" className="font-semibold">
          How it goes
        </h2>
        <Segmented
          label="Numbers of"
          value={over}
          choices={[
            { value: 'day', label: 'Today' },
            { value: 'week', label: 'Last 7 days' },
          ]}
          onChange={(over) => navigate({ search: over === 'week' ? { over } : {}, replace: true })}
        />
      </div>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-border bg-border lg:grid-cols-4">
        <Count label="Missed" value={missed} hint={missed === 1 ? 'call' : 'calls'} />
        <Count label="Texted" value={texted} hint={missed > 0 ? `of ${missed} missed` : 'calls'} />
        <Count label="Replied" value={replied} hint={replied === 1 ? 'caller wrote back' : 'callers wrote back'} />
        <Count label="Won" value={won} hint={won > 0 ? <Money cents={wonCents} /> : 'leads'} />
      </dl>
      <p className="mt-3 text-muted text-sm">
        <Speed measured={today.hangUpToTextSeconds} />
      </p>
    </section>
  )
}

function Count({ label, value, hint }: { label: string; value: number; hint: ReactNode }) {
  return (
    <div className="bg-surface px-4 py-4 sm:px-5">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="mt-1">
        <span className="font-semibold text-2xl tabular-nums tracking-tight">{value}</span>{' '}
        <span className="text-muted text-sm">{hint}</span>
      </dd>
    </div>
  )
}

/** Of fewer than 20, 5 of 100 is less than one text, and the 95th percentile lies between two measured values. */
const ENOUGH_FOR_95 = 20

function Speed({ measured }: { measured: Today['hangUpToTextSeconds'] }) {
  if (!measured) return 'How fast your texts leave will be measured with the first one.'
  const { median, p95, slowest, texts } = measured
  if (texts === 1)
    return (
      <>
        In the last 7 days one text left, <b className="font-semibold text-text">{speed(median)}</b> after the hang-up.
      </>
    )
  if (texts < ENOUGH_FOR_95)
    return (
      <>
        In the last 7 days half of your texts left within <b className="font-semibold text-text">{speed(median)}</b> of
        the hang-up, the slowest after <b className="font-semibold text-text">{speed(slowest)}</b> ({texts} texts).
      </>
    )
  return (
    <>
      In the last 7 days a text typically left <b className="font-semibold text-text">{speed(median)}</b> after the
      hang-up, and 95 of 100 within <b className="font-semibold text-text">{speed(p95)}</b> ({texts} texts measured).
    </>
  )
}

/** To a tenth of a second: less is as good as at once. */
const speed = (seconds: number): string => (seconds < 0.1 ? 'less than 0.1 s' : duration(seconds))

export function CountsSkeleton() {
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-border bg-border lg:grid-cols-4">
      {['Missed', 'Texted', 'Replied', 'Won'].map((label) => (
        <div key={label} className="grid gap-2 bg-surface px-5 py-4">
          <Skeleton className="h-4 w-14" />
          <Skeleton className="h-7 w-10" />
        </div>
      ))}
    </div>
  )
}
