import { Link, Outlet } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { Page } from '../../parts/page.tsx'
import { sections } from './sections.ts'

/** The sections at the left of a wide screen, the chosen one beside them. */
export function SettingsScreen() {
  return (
    <div className="flex min-h-full">
      <nav aria-label="Settings" className="hidden w-52 shrink-0 border-border border-r px-3 pt-8 lg:block">
        <p className="px-2.5 pb-3 font-semibold">Settings</p>
        <ul className="grid gap-0.5">
          {sections.map(({ to, label }) => (
            <li key={to}>
              <Link
                to={to}
                className="flex h-8 items-center rounded-lg px-2.5 text-muted text-sm transition-colors hover:bg-hover hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-text"
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="min-w-0 flex-1">
        <Outlet />
      </div>
    </div>
  )
}

export function SettingsIndex() {
  return (
    <Page title="Settings" width="narrow">
      <ul className="divide-y divide-border overflow-hidden rounded-xl border border-border bg-surface">
        {sections.map(({ to, label, about, icon: Icon }) => (
          <li key={to}>
            <Link to={to} className="flex min-h-14 items-center gap-3.5 px-4 py-2.5 -outline-offset-2 hover:bg-hover">
              <Icon aria-hidden className="size-5 shrink-0 text-muted" />
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{label}</span>
                <span className="block truncate text-muted text-sm">{about}</span>
              </span>
              <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  )
}
