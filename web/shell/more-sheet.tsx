import { Link } from '@tanstack/react-router'
import { LogOut, MonitorX, Search } from 'lucide-react'
import type { ReactNode } from 'react'
import * as auth from '../auth.ts'
import { useMe } from '../me.ts'
import { Segmented } from '../parts/segmented.tsx'
import { Select } from '../parts/select.tsx'
import { Sheet } from '../parts/sheet.tsx'
import type { Place } from '../screen.ts'
import { setTheme, useTheme } from '../theme.ts'
import { switchTo } from './account-switcher.tsx'
import { leave } from './person-menu.tsx'

const rowLook =
  'flex h-12 w-full items-center gap-3 rounded-lg px-2 font-medium hover:bg-hover aria-[current=page]:text-accent [&_svg]:size-5 [&_svg]:text-muted'

type Props = { places: Place[]; open: boolean; onClose(): void; onSearch(): void }

/** The entries of the side navigation that a phone's bar has no room for. */
export function MoreSheet({ places, open, onClose, onSearch }: Props) {
  const me = useMe()
  const theme = useTheme()
  return (
    <Sheet open={open} onClose={onClose} title={me.account.name} side="bottom">
      <div className="grid gap-4">
        <ul className="-mx-2 grid">
          <Row>
            <button type="button" className={rowLook} onClick={onSearch}>
              <Search aria-hidden />
              Search
            </button>
          </Row>
          {places.map(({ to, label, icon: Icon }) => (
            <Row key={to}>
              <Link to={to} className={rowLook} onClick={onClose}>
                <Icon aria-hidden />
                {label}
              </Link>
            </Row>
          ))}
        </ul>
        {me.accounts.length > 1 && (
          <Select aria-label="Business" value={me.account.id} onChange={(event) => switchTo(event.target.value)}>
            {me.accounts.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
        <div className="flex items-center justify-between gap-3 border-border border-t pt-4">
          <span className="font-medium text-sm">Theme</span>
          <Segmented
            label="Theme"
            value={theme}
            choices={[
              { value: 'system', label: 'Device' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            onChange={setTheme}
          />
        </div>
        <div className="border-border border-t pt-3">
          <p className="text-muted text-sm">
            {me.user?.name} · {me.user?.email}
          </p>
          <ul className="-mx-2 mt-1 grid">
            <Row>
              <button type="button" className={rowLook} onClick={() => leave(auth.signOut)}>
                <LogOut aria-hidden />
                Sign out
              </button>
            </Row>
            <Row>
              <button type="button" className={rowLook} onClick={() => leave(auth.signOutEverywhere)}>
                <MonitorX aria-hidden />
                Sign out everywhere
              </button>
            </Row>
          </ul>
        </div>
      </div>
    </Sheet>
  )
}

const Row = ({ children }: { children: ReactNode }) => <li>{children}</li>
