import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { classes } from './classes.ts'

type Props = {
  title: string
  /** One muted line under the title. */
  hint?: ReactNode
  actions?: ReactNode
  /** Where the back arrow of a phone leads: the list that the page belongs to. */
  back?: string
  /** `full`: the screen uses the whole width (inbox, board). */
  width?: 'normal' | 'narrow' | 'full'
  children: ReactNode
}

const widths = {
  normal: 'mx-auto max-w-6xl px-4 sm:px-8',
  // Starts at the same edge as the wider ones, so that titles do not jump from screen to screen.
  narrow: 'mx-auto max-w-6xl px-4 sm:px-8 [&>*]:max-w-3xl',
  full: 'px-4 sm:px-6',
}

/** A screen: its title (also the document's), its actions, its content. */
export function Page({ title, hint, actions, back, width = 'normal', children }: Props) {
  useTitle(title)
  return (
    <div className={classes('flex min-h-full flex-col', width === 'full' && 'h-full')}>
      <header className={classes('w-full pt-5 pb-4 lg:pt-8 lg:pb-6', widths[width])}>
        <div className="flex items-center gap-2">
          {back && (
            <Link
              to={back}
              aria-label="Back"
              className="-ml-3 flex size-11 shrink-0 items-center justify-center rounded-lg text-muted hover:text-text lg:hidden"
            >
              <ArrowLeft aria-hidden className="size-5" />
            </Link>
          )}
          <div className="min-w-0 flex-1">
            <h1 className="truncate font-semibold text-xl tracking-tight">{title}</h1>
            {hint && <p className="text-muted text-sm">{hint}</p>}
          </div>
          {actions && <div className="flex shrink-0 items-center gap-2">{actions}</div>}
        </div>
      </header>
      <div className={classes('w-full flex-1', width === 'full' ? 'min-h-0' : `pb-10 ${widths[width]}`)}>
        {children}
      </div>
    </div>
  )
}

/** Sets the document's title (the tab, the history, a screen reader's first words) while mounted. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Textback`
  }, [title])
}
