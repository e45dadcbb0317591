import { CircleAlert, CircleCheck } from 'lucide-react'
import { ApiProblem } from '../../api.ts'
import { Button } from '../../parts/button.tsx'
import { classes } from '../../parts/classes.ts'
import { Kbd } from '../../parts/kbd.tsx'
import { explain } from '../../problem.ts'
import type { Draft } from './draft.ts'

type Props = {
  draft: Draft
  /** Shown here and not in a toast, which would cover the next Save. */
  isSaved: boolean
  onSave(): void
  /** Goes to the faulty field. */
  onOpen(field: string): void
}

const look = 'animate-rise rounded-xl border border-border bg-raised p-3 pl-4 shadow-raised sm:pl-5'

/** At the foot of the screen while changes are unsaved or were refused. */
export function SaveBar({ draft, isSaved, onSave, onOpen }: Props) {
  const { problem, pending, isDirty, discard } = draft
  const wrong = problem instanceof ApiProblem ? problem.errors : []
  if (!isDirty && problem === null)
    return (
      <div role="status" className="sticky bottom-3 z-10 mt-6">
        {isSaved && (
          <p className={classes(look, 'flex items-center gap-2 py-3.5 text-sm')}>
            <CircleCheck aria-hidden className="size-4 shrink-0 text-success" />
            Saved. It counts from the next call on.
          </p>
        )}
      </div>
    )
  return (
    <section aria-label="Unsaved changes" className={classes(look, 'sticky bottom-3 z-10 mt-6 grid gap-3')}>
      {problem !== null && (
        <div role="alert" className="flex gap-2 text-danger text-sm">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <div className="grid justify-items-start gap-1">
            <p>
              <strong className="font-semibold">{explain(problem).title}.</strong> {explain(problem).detail}
            </p>
            {wrong.map(({ field, message }) => (
              <button key={field + message} type="button" className="text-left underline" onClick={() => onOpen(field)}>
                {/^[A-Z]/.test(message) ? message : `${wordsOf(field)} ${message}`}
              </button>
            ))}
          </div>
        </div>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm">Not saved yet</p>
        <div className="flex gap-2">
          <Button onClick={discard} disabled={pending}>
            Discard
          </Button>
          <Button kind="primary" onClick={onSave} pending={pending}>
            Save
            <span className="hidden opacity-80 sm:inline">
              <Kbd keys="mod+s" />
            </span>
          </Button>
        </div>
      </div>
    </section>
  )
}

const words: Record<string, string> = {
  label: 'The label',
  carrier: 'The carrier',
  textsThrough: 'The connection for texts',
  forwardTo: 'The phone that rings',
  ringSeconds: 'How long it rings',
  minRingSeconds: 'The shortest ring',
  greeting: 'The greeting',
  segmentsPerSecond: 'The pace',
  hours: 'The hours',
}

const wordsOf = (field: string): string => words[field.split(/[.[]/)[0] ?? ''] ?? field
