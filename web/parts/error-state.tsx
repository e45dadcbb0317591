import { Link } from '@tanstack/react-router'
import { CircleAlert, RotateCw, SearchX } from 'lucide-react'
import { ApiProblem } from '../api.ts'
import { explain } from '../problem.ts'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'

/** One thing named by the address, and the list to return to when it does not exist. */
export type Sought = { what: string; list: string; to: string }

type Props = { error: unknown; onRetry?: () => void; sought?: Sought }

/** In place of content that could not be shown: what happened, why, and what to do next. */
export function ErrorState({ error, onRetry, sought }: Props) {
  // A retry would bring the same answer.
  if (sought && error instanceof ApiProblem && error.status === 404) return <Gone sought={sought} />
  const { title, detail } = explain(error)
  return (
    <div role="alert" className="mx-auto grid max-w-md justify-items-center px-4 py-16 text-center sm:py-24">
      <span className="mb-4 flex size-12 items-center justify-center rounded-full bg-danger-soft text-danger">
        <CircleAlert aria-hidden className="size-5" />
      </span>
      <h2 className="font-semibold text-lg">{title}</h2>
      <p className="mt-1.5 text-balance text-muted">{detail}</p>
      {onRetry && (
        <Button className="mt-6" onClick={onRetry}>
          <RotateCw aria-hidden />
          Try again
        </Button>
      )}
    </div>
  )
}

function Gone({ sought: { what, list, to } }: { sought: Sought }) {
  return (
    <div role="alert">
      <EmptyState
        icon={SearchX}
        title={`This ${what} is gone, or belongs to another business`}
        action={
          <Button asChild>
            <Link to={to}>Back to {list}</Link>
          </Button>
        }
      >
        If somebody sent you the link, check that it is whole, and that you are in the right business.
      </EmptyState>
    </div>
  )
}

/** An error above a form; its faulty fields show the rest. Shows nothing for null. */
export function FormError({ error }: { error: unknown }) {
  if (!error) return null
  const { title, detail } = explain(error)
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg bg-danger-soft px-3.5 py-3 text-danger text-sm">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p>
        <strong className="font-semibold">{title}.</strong>
        {detail && ` ${detail}`}
      </p>
    </div>
  )
}
