import { CircleAlert, CircleCheck, CircleDashed, CircleOff } from 'lucide-react'
import { FAILING_DAYS, WHY_DISABLED } from '../../../../src/domain/webhooks.ts'
import { Badge } from '../../../parts/badge.tsx'
import { Time } from '../../../parts/time.tsx'
import type { Webhook } from '../types.ts'

/** The webhook's health, in a word. */
export function HealthBadge({ webhook: { enabled, failingSince, lastDeliveredAt } }: { webhook: Webhook }) {
  if (!enabled) return <Badge tone="danger">Off</Badge>
  if (failingSince) return <Badge tone="warning">Failing</Badge>
  return lastDeliveredAt ? <Badge tone="success">Delivering</Badge> : <Badge>Nothing sent yet</Badge>
}

/** The webhook's health in a sentence, with what to do. */
export function Health({ webhook }: { webhook: Webhook }) {
  const { enabled, disabledAt, disabledWhy, failingSince, lastDeliveredAt } = webhook
  const last = lastDeliveredAt && (
    <>
      {' '}
      The last event arrived <Time value={lastDeliveredAt} />.
    </>
  )
  if (!enabled)
    return (
      <Line icon={CircleOff} tone="text-danger">
        <strong className="font-semibold">Off</strong>
        {disabledAt && (
          <>
            {' '}
            since <Time value={disabledAt} as="dayAndClock" />
          </>
        )}
        . {disabledWhy && WHY_DISABLED[disabledWhy]} What happens now is not sent, and not later either.
      </Line>
    )
  if (failingSince)
    return (
      <Line icon={CircleAlert} tone="text-warning">
        <strong className="font-semibold">Failing</strong> since <Time value={failingSince} as="dayAndClock" />. Each
        event is tried for three days; after {FAILING_DAYS} days of nothing but failure the webhook is switched off.
        {last}
      </Line>
    )
  if (!lastDeliveredAt)
    return (
      <Line icon={CircleDashed} tone="text-muted">
        Nothing was sent yet. A test shows whether it works.
      </Line>
    )
  return (
    <Line icon={CircleCheck} tone="text-success">
      <strong className="font-semibold">Delivering.</strong>
      {last}
    </Line>
  )
}

function Line({ icon: Icon, tone, children }: { icon: typeof CircleAlert; tone: string; children: React.ReactNode }) {
  return (
    <p className="flex gap-2.5 text-sm">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${tone}`} />
      <span>{children}</span>
    </p>
  )
}
