import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, PhoneMissed } from 'lucide-react'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { numbersQuery } from '../numbers/data.ts'

/** Nobody waits: because everybody is answered, or because no call comes here yet. */
export function Nobody() {
  const numbers = useQuery(numbersQuery)
  return (
    <section aria-label="Who waits for you" className="rounded-xl border border-border bg-surface [&>div]:py-12">
      {numbers.isPending ? (
        <SkeletonRows rows={3} />
      ) : numbers.data?.length === 0 ? (
        <NoNumber />
      ) : (
        <EmptyState
          icon={CircleCheck}
          title="Everybody is answered"
          action={<Test number={numbers.data?.[0]?.number} />}
        >
          When you miss a call, the caller gets a text and waits for you here. See it happen: call one of your numbers,
          and do not pick up.
        </EmptyState>
      )}
    </section>
  )
}

function NoNumber() {
  const isOwner = useIsOwner()
  const add = (
    <Button asChild kind="primary">
      <Link to="/numbers/connect">Add a number</Link>
    </Button>
  )
  return (
    <EmptyState icon={PhoneMissed} title="Connect your first number" action={isOwner && add}>
      Then every missed call gets a text within seconds.{!isOwner && ' An owner of this business can do it.'}
    </EmptyState>
  )
}

/** Links to the list of numbers when the number could not be fetched. */
function Test({ number }: { number: string | undefined }) {
  return (
    <Button asChild>
      {number ? (
        <Link to="/numbers/$number" params={{ number }} search={{ tab: 'test' }}>
          Test it in 60 seconds
        </Link>
      ) : (
        <Link to="/numbers">Test it in 60 seconds</Link>
      )}
    </Button>
  )
}
