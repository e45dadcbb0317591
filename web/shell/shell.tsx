import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useCommands, useOpensPalette } from '../commands.ts'
import { useKeys } from '../keys.ts'
import { useLiveFeed, useMidnight } from '../live.ts'
import { useMe } from '../me.ts'
import type { Screen } from '../screen.ts'
import { ClosingBanner } from './closing-banner.tsx'
import { LiveIndicator } from './live-indicator.tsx'
import { SideNav } from './side-nav.tsx'
import { TabBar } from './tab-bar.tsx'

const Palette = lazy(() => import('./palette.tsx').then(({ Palette }) => ({ default: Palette })))
const Shortcuts = lazy(() => import('./shortcuts.tsx').then(({ Shortcuts }) => ({ default: Shortcuts })))

/** The frame of every screen: the places, the live feed, the palette, the keys. */
export function Shell({ screens }: { screens: readonly Screen[] }) {
  const me = useMe()
  const navigate = useNavigate()
  const [open, setOpen] = useState<'palette' | 'shortcuts' | null>(null)
  const main = useFocusOnArrival()
  useLiveFeed(screens)
  useMidnight(screens)

  const places = screens.flatMap(({ place }) => (place && (place.isThere?.(me) ?? true) ? [place] : []))
  useOpensPalette(() => setOpen('palette'))
  useKeys('Anywhere', {
    'mod+k': ['Search and do', () => setOpen('palette')],
    '/': ['Search', () => setOpen('palette')],
    '?': ['These shortcuts', () => setOpen('shortcuts')],
  })
  useKeys(
    'Go to',
    Object.fromEntries(places.map(({ to, label, keys }) => [keys, [label, () => navigate({ to })] as const])),
  )
  useCommands(
    places.map(({ to, label, icon, keys }) => ({
      id: to,
      section: 'Go to',
      label,
      icon,
      shortcut: keys,
      run: () => navigate({ to }),
    })),
    'last',
  )

  return (
    <div className="flex h-dvh flex-col overflow-hidden lg:flex-row">
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-lg bg-accent px-4 py-2 font-medium text-accent-text text-sm focus:translate-y-0"
      >
        Skip to content
      </a>
      <SideNav places={places} onSearch={() => setOpen('palette')} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ClosingBanner />
        <main
          ref={main}
          id="main"
          tabIndex={-1}
          className="relative min-h-0 min-w-0 flex-1 overflow-y-auto pt-safe outline-none"
        >
          <LiveIndicator />
          <Outlet />
        </main>
      </div>
      <TabBar places={places} onSearch={() => setOpen('palette')} />
      <Suspense>
        {open === 'palette' && <Palette onClose={() => setOpen(null)} />}
        {open === 'shortcuts' && <Shortcuts onClose={() => setOpen(null)} />}
      </Suspense>
    </div>
  )
}

/**
 * Moves the focus to the content after a move to another place, so that a screen reader continues there. Within a place
 * the focus stays: going through conversations by keyboard needs it.
 */
function useFocusOnArrival() {
  const main = useRef<HTMLElement>(null)
  const place = useRouterState({ select: ({ location }) => location.pathname.split('/')[1] })
  const arrived = useRef(place)
  useEffect(() => {
    if (arrived.current === place) return
    arrived.current = place
    main.current?.focus({ preventScroll: true })
    main.current?.scrollTo(0, 0)
  }, [place])
  return main
}
