import { Link } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { Kbd } from '../parts/kbd.tsx'
import type { Place } from '../screen.ts'
import { AccountSwitcher } from './account-switcher.tsx'
import { PersonMenu } from './person-menu.tsx'
import { UnreadBadge } from './unread.tsx'

/** From 1024 px on: the places at the left. */
export function SideNav({ places, onSearch }: { places: Place[]; onSearch(): void }) {
  return (
    <nav
      aria-label="Main"
      className="hidden w-58 shrink-0 flex-col border-border border-r bg-sunken px-3 pt-3 pb-3 lg:flex"
    >
      <AccountSwitcher />
      <button
        type="button"
        onClick={onSearch}
        className="mt-3 mb-3 flex h-9 items-center gap-2.5 rounded-lg border border-border bg-surface px-2.5 text-muted text-sm transition-colors hover:border-border-strong"
      >
        <Search aria-hidden className="size-4" />
        <span className="flex-1 text-left">Search</span>
        <Kbd keys="mod+k" />
      </button>
      <ul className="grid gap-0.5">
        {places.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className="flex h-9 items-center gap-2.5 rounded-lg px-2.5 font-medium text-muted text-sm transition-colors hover:bg-hover hover:text-text aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
            >
              <Icon aria-hidden className="size-[1.125rem]" />
              <span className="flex-1">{label}</span>
              {to === '/inbox' && (
                <UnreadBadge className="flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1.5 font-semibold text-accent-text text-xs tabular-nums" />
              )}
            </Link>
          </li>
        ))}
      </ul>
      <div className="mt-auto">
        <PersonMenu />
      </div>
    </nav>
  )
}
