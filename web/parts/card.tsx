import { type ReactNode, useId } from 'react'
import { classes } from './classes.ts'

type Props = { title?: ReactNode; hint?: ReactNode; actions?: ReactNode; className?: string; children: ReactNode }

/** Things that belong together, with their title. `className` is for the body (padding 0 for a list: 'p-0'). */
export function Card({ title, hint, actions, className, children }: Props) {
  const id = useId()
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className="overflow-hidden rounded-xl border border-border bg-surface"
    >
      {title && (
        <header className="flex min-h-14 items-center justify-between gap-3 border-border border-b px-4 py-3 sm:px-5">
          <div>
            <h2 id={id} className="font-semibold">
              {title}
            </h2>
            {hint && <p className="text-muted text-sm">{hint}</p>}
          </div>
          {actions && <div className="flex items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={classes(className ?? 'p-4 sm:p-5')}>{children}</div>
    </section>
  )
}
