import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { ErrorState } from '../../parts/error-state.tsx'
import { Page } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { Counts, CountsSkeleton } from './counts.tsx'
import { useFinish } from './finish.ts'
import { LeftBehind } from './left-behind.tsx'
import { Nobody } from './nobody.tsx'
import type { Today } from './types.ts'
import { WaitingList } from './waiting.tsx'

/** What does not move changes no row, so the live feed does not tell of it. */
const LOOK_AGAIN_MS = 30_000

/** What needs a person now, then the numbers. */
export function TodayScreen() {
  const today = useQuery({
    queryKey: ['today'],
    queryFn: ({ signal }) => api.get<Today>('/today', {}, signal),
    refetchInterval: LOOK_AGAIN_MS,
  })
  return (
    <Page title="Today" width="narrow">
      {today.data ? (
        <div className="grid gap-10">
          {today.data.leftBehind && <LeftBehind left={today.data.leftBehind} />}
          <Waiting today={today.data} />
          <Counts today={today.data} />
        </div>
      ) : today.error ? (
        <ErrorState error={today.error} onRetry={today.refetch} />
      ) : (
        <div className="grid gap-10">
          <div className="rounded-xl border border-border bg-surface">
            <SkeletonRows rows={3} />
          </div>
          <CountsSkeleton />
        </div>
      )}
    </Page>
  )
}

function Waiting({ today: { waiting, waitingCount } }: { today: Today }) {
  const finish = useFinish()
  if (waiting.length === 0) return <Nobody />
  const more = waitingCount - waiting.length
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting" className="mb-3 font-semibold">
        {waitingCount === 1 ? 'One person waits for you' : `${waitingCount} people wait for you`}
      </h2>
      <WaitingList waiting={waiting} onDone={finish} />
      {more > 0 && (
        <p className="mt-3 text-muted text-sm">
          <Link
            to="/inbox"
            search={{ view: 'waiting' }}
            className="font-medium text-accent underline underline-offset-2"
          >
            {more === 1 ? '1 more waits' : `${more} more wait`} in the inbox
          </Link>
        </p>
      )}
    </section>
  )
}
