import { Check, Minus } from 'lucide-react'
import type { Call } from '../../types/calls.ts'
import { skipReason } from '../../words.ts'

/** Whether the caller was texted back, in a line. */
export function DecisionLine({ call: { decision } }: { call: Call }) {
  if (!decision) return <span className="text-muted">Not decided yet</span>
  if (decision.action === 'send')
    return (
      <span className="flex min-w-0 items-center gap-1.5">
        <Check aria-hidden className="size-4 shrink-0 text-success" />
        Texted back
      </span>
    )
  if (decision.reason === 'answered') return <span className="text-muted">No text needed</span>
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-muted">
      <Minus aria-hidden className="size-4 shrink-0 text-warning" />
      <span className="min-w-0 sm:truncate" title={skipReason(decision.reason)}>
        Not texted: {skipReason(decision.reason)}
      </span>
    </span>
  )
}
