import { Badge } from '../../../parts/badge.tsx'
import { Time } from '../../../parts/time.tsx'
import type { Delivery } from '../types.ts'

export function DeliveryBadge({ delivery: { state, attempts } }: { delivery: Delivery }) {
  if (state === 'delivered') return <Badge tone="success">Delivered</Badge>
  if (state === 'failed') return <Badge tone="danger">Failed</Badge>
  return attempts > 0 ? <Badge tone="warning">Tried again</Badge> : <Badge>On its way</Badge>
}

/** The answer: '200 in 35 ms', or why there was none. */
export function Outcome({ delivery: { status, latencyMs, error, attempts } }: { delivery: Delivery }) {
  if (status !== null)
    return (
      <span className="tabular-nums">
        {status}
        {latencyMs !== null && <span className="text-muted"> in {latencyMs} ms</span>}
      </span>
    )
  return <>{error ? 'No answer' : attempts > 0 ? 'Waiting' : '–'}</>
}

/** What happens next, in a sentence. */
export function Next({ delivery: { state, attempts, nextAttemptAt, deliveredAt } }: { delivery: Delivery }) {
  const tries = attempts === 1 ? 'one attempt' : `${attempts} attempts`
  if (state === 'delivered')
    return (
      <>
        Delivered {deliveredAt && <Time value={deliveredAt} as="dayAndClock" />}, after {tries}.
      </>
    )
  if (state === 'failed') return <>Given up after {tries}.</>
  if (nextAttemptAt)
    return (
      <>
        {attempts > 0 ? `After ${tries} it is tried again` : 'It is sent'}{' '}
        <Time value={nextAttemptAt} as="dayAndClock" />.
      </>
    )
  return <>It is being sent now.</>
}
