import { useQuery } from '@tanstack/react-query'
import { PhoneIncoming, PhoneMissed } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Checks } from '../../parts/checks.tsx'
import { classes } from '../../parts/classes.ts'
import { ErrorState } from '../../parts/error-state.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Sheet } from '../../parts/sheet.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { duration } from '../../times.ts'
import type { Call } from '../../types/calls.ts'
import { outcomeWord, skipReason, whyMissed } from '../../words.ts'
import { Clock } from './clock.tsx'
import type { TimelineItem } from './types.ts'

type Props = { id: string; at: string; call: NonNullable<TimelineItem['call']> }

/** A call, how it ended, and why it was texted back or not. */
export function CallRow({ id, at, call }: Props) {
  const [asked, setAsked] = useState(false)
  const outcome = call.outcome as Call['outcome']
  const isMissed = outcome === 'missed'
  const Icon = isMissed ? PhoneMissed : PhoneIncoming
  const facts = [
    whyMissed({ outcome, why: call.why }),
    call.ringSeconds !== null && `rang ${duration(call.ringSeconds)}`,
    call.durationSeconds !== null && `talked ${duration(call.durationSeconds)}`,
  ].filter(Boolean)
  return (
    <div className="flex items-start gap-3 rounded-xl border border-border bg-surface px-3 py-2.5 text-sm">
      <span
        className={classes(
          'mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-full',
          isMissed ? 'bg-danger-soft text-danger' : 'bg-success-soft text-success',
        )}
      >
        <Icon aria-hidden className="size-4" />
      </span>
      <div className="min-w-0 flex-1">
        <p>
          <span className="font-medium">{outcomeWord({ outcome })} call</span>
          {facts.length > 0 && <span className="text-muted"> · {facts.join(' · ')}</span>}
        </p>
        <p className="text-muted text-xs">
          <Clock value={at} /> to <Phone value={call.number} />
          {call.recovered && ' · learned from the carrier’s list afterwards'}
        </p>
        {call.sentence && (
          <p className="mt-1">{call.action === 'send' ? 'Texted back.' : <>Not texted: {call.sentence}</>}</p>
        )}
      </div>
      {call.action && (
        <Button kind="quiet" size="small" className="-my-0.5 -mr-1" onClick={() => setAsked(true)}>
          Why?
        </Button>
      )}
      <Sheet
        open={asked}
        onClose={() => setAsked(false)}
        title={call.action === 'send' ? 'Why it was texted' : 'Why no text'}
      >
        <Why id={id} />
      </Sheet>
    </div>
  )
}

function Why({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['calls', id],
    queryFn: ({ signal }) => api.get<Call>(`/calls/${id}`, {}, signal),
  })
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <SkeletonRows />
  const { decision } = data
  if (!decision) return <p className="text-muted">The call has not ended yet; it is decided when it does.</p>
  return (
    <div className="grid gap-5">
      <div className="grid justify-items-start gap-2">
        <Badge tone={decision.action === 'send' ? 'success' : 'warning'}>
          {decision.action === 'send' ? 'Texted back' : `Not texted: ${skipReason(decision.reason)}`}
        </Badge>
        <p className="text-muted text-sm">
          Called at <Clock value={data.startedAt} /> on <Phone value={data.number} />
          {data.ringSeconds !== null && `, rang ${duration(data.ringSeconds)}`}. What was looked at:
        </p>
      </div>
      <Checks checks={decision.checks} />
    </div>
  )
}
