import { Check, X } from 'lucide-react'
import { classes } from '../../parts/classes.ts'
import { Spinner } from '../../parts/spinner.tsx'
import type { Step } from './steps.ts'

/** One step of the test, with the line to the next one. */
export function StepRow({ step: { title, state, detail }, isLast }: { step: Step; isLast: boolean }) {
  const words = { done: 'Done: ', now: 'Waiting: ', 'to come': 'To come: ', stopped: 'Stopped: ' }
  return (
    <li className="flex gap-3">
      <span className="grid justify-items-center">
        <span
          className={classes(
            'flex size-6 items-center justify-center rounded-full border [&_svg]:size-3.5',
            state === 'done' && 'border-transparent bg-success-soft text-success',
            state === 'stopped' && 'border-transparent bg-danger-soft text-danger',
            state === 'now' && 'border-transparent bg-accent-soft text-accent',
            state === 'to come' && 'border-border-strong/60',
          )}
        >
          {state === 'done' && <Check aria-hidden strokeWidth={3} />}
          {state === 'stopped' && <X aria-hidden strokeWidth={3} />}
          {state === 'now' && <Spinner label="" />}
        </span>
        {!isLast && <span aria-hidden className="h-5 w-px bg-border" />}
      </span>
      <p className="flex flex-wrap gap-x-2 pt-0.5 text-sm">
        <span className={classes(state === 'to come' ? 'text-muted' : 'font-medium')}>
          <span className="sr-only">{words[state]}</span>
          {title}
        </span>
        {detail && <span className="text-muted tabular-nums">{detail}</span>}
      </p>
    </li>
  )
}
