import { ScrollText } from 'lucide-react'
import { useIsOwner, useMe } from '../../me.ts'
import { Card } from '../../parts/card.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { More } from '../../parts/more.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { Time } from '../../parts/time.tsx'
import { AuditSentence } from './audit-sentence.tsx'
import { OwnersOnly } from './owners-only.tsx'
import { SettingsPage } from './page.tsx'
import { usePages } from './pages.ts'
import type { Audited } from './types.ts'

/** A screen or two; scrolling loads the rest. */
const PAGE = 40

export function AuditScreen() {
  const isOwner = useIsOwner()
  const { timezone } = useMe().account
  const events = usePages<Audited>(['audit'], '/audit', { query: { limit: PAGE }, enabled: isOwner })
  const days = Map.groupBy(events.rows ?? [], ({ at }) =>
    new Intl.DateTimeFormat('en-US', { timeZone: timezone, weekday: 'long', month: 'long', day: 'numeric' }).format(
      Date.parse(at),
    ),
  )
  return (
    <SettingsPage
      title="Audit log"
      hint="What people and programs did here. What Textback did by itself is with each call"
    >
      <OwnersOnly what="read the audit log" />
      {events.error && <ErrorState error={events.error} onRetry={() => events.refetch()} />}
      {isOwner && events.isPending && <SkeletonRows />}
      {events.rows?.length === 0 && (
        <EmptyState icon={ScrollText} title="Nothing has been done yet">
          Every change that a person or a program makes is listed here: who, what, when. Nobody can edit it.
        </EmptyState>
      )}
      <div className="grid gap-6">
        {[...days].map(([day, rows]) => (
          <Card key={day} title={day} className="p-0">
            <ul className="divide-y divide-border">
              {rows.map((event) => (
                <li
                  key={event.id}
                  className="flex min-h-12 items-baseline justify-between gap-4 px-4 py-3 text-sm sm:px-5"
                >
                  <span className="min-w-0">
                    <AuditSentence event={event} />
                  </span>
                  <span className="shrink-0 text-muted">
                    <Time value={event.at} as="clock" />
                  </span>
                </li>
              ))}
            </ul>
          </Card>
        ))}
      </div>
      <More hasMore={events.hasNextPage} pending={events.isFetchingNextPage} onMore={() => events.fetchNextPage()} />
    </SettingsPage>
  )
}
