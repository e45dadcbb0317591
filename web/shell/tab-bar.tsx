import { Link, useRouterState } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { classes } from '../parts/classes.ts'
import type { Place } from '../screen.ts'
import { MoreSheet } from './more-sheet.tsx'
import { UnreadBadge } from './unread.tsx'

const tabLook =
  'relative flex h-14 w-full flex-col items-center justify-center gap-0.5 font-medium text-[0.6875rem] text-muted outline-offset-[-3px] aria-[current=page]:text-accent'

/** On a phone: the first four places within the thumb's reach, the rest under More. */
export function TabBar({ places, onSearch }: { places: Place[]; onSearch(): void }) {
  const [more, setMore] = useState(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const [inBar, underMore] = [places.slice(0, 4), places.slice(4)]
  const isUnderMore = underMore.some(({ to }) => path.startsWith(to))
  return (
    <nav aria-label="Main" className="shrink-0 border-border border-t bg-surface pb-safe lg:hidden">
      <ul className="mx-auto grid max-w-xl grid-cols-5">
        {inBar.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link to={to} className={tabLook}>
              <Icon aria-hidden className="size-5.5" strokeWidth={1.75} />
              {label}
              {to === '/inbox' && (
                <UnreadBadge className="absolute top-1.5 left-1/2 ml-1.5 flex h-4.5 min-w-4.5 items-center justify-center rounded-full bg-accent px-1 font-semibold text-[0.6875rem] text-accent-text tabular-nums" />
              )}
            </Link>
          </li>
        ))}
        <li>
          <button
            type="button"
            aria-haspopup="dialog"
            onClick={() => setMore(true)}
            className={classes(tabLook, isUnderMore && 'text-accent')}
          >
            <Ellipsis aria-hidden className="size-5.5" strokeWidth={1.75} />
            More
          </button>
        </li>
      </ul>
      <MoreSheet
        places={underMore}
        open={more}
        onClose={() => setMore(false)}
        onSearch={() => {
          setMore(false)
          onSearch()
        }}
      />
    </nav>
  )
}
