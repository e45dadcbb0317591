import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { closingQuery, useKeepBusiness } from '../closing.ts'
import { useMe } from '../me.ts'
import { Button } from '../parts/button.tsx'
import { Time } from '../parts/time.tsx'

/** Above every screen while the business is being closed: shows the day, and lets an owner call it off. */
export function ClosingBanner() {
  const { account, role } = useMe()
  const { data } = useQuery(closingQuery)
  const keep = useKeepBusiness()
  if (!data?.closingAt) return null
  return (
    <section
      aria-label="The business is being closed"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-border border-b bg-danger-soft px-4 py-2.5 text-danger text-sm sm:px-8"
    >
      <TriangleAlert aria-hidden className="hidden size-4 shrink-0 sm:block" />
      <p className="min-w-0 flex-1 basis-60">
        <strong className="font-semibold">
          {account.name} will be erased: <Time value={data.closingAt} as="dayAndClock" />.
        </strong>{' '}
        No text leaves any more; calls still ring.
      </p>
      {role === 'owner' && (
        <Button size="small" pending={keep.isPending} onClick={() => keep.mutate()}>
          Keep this business
        </Button>
      )}
    </section>
  )
}
