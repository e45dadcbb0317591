import { Check, X } from 'lucide-react'
import type { Decision } from '../types/calls.ts'

/** Why a call was texted back or not: every check with its sentence, failed ones first. */
export function Checks({ checks }: { checks: Decision['checks'] }) {
  const sorted = [...checks.filter(({ passed }) => !passed), ...checks.filter(({ passed }) => passed)]
  return (
    <ul className="grid gap-2 text-sm">
      {sorted.map(({ name, passed, sentence }) => {
        const Icon = passed ? Check : X
        return (
          <li key={name} className="flex gap-2.5">
            <Icon
              aria-hidden
              strokeWidth={2.5}
              className={`mt-0.5 size-4 shrink-0 ${passed ? 'text-success' : 'text-danger'}`}
            />
            <span className={passed ? 'text-muted' : 'font-medium'}>
              <span className="sr-only">{passed ? 'Fine: ' : 'Against it: '}</span>
              {sentence}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
