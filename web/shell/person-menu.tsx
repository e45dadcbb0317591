import { LogOut, Monitor, MonitorX, Moon, Sun } from 'lucide-react'
import * as auth from '../auth.ts'
import { useMe } from '../me.ts'
import { Avatar } from '../parts/avatar.tsx'
import { Menu, MenuChoices, MenuItem, MenuLine } from '../parts/menu.tsx'
import { toast } from '../parts/toast.tsx'
import { setTheme, type Theme, useTheme } from '../theme.ts'

export const themes = [
  { value: 'system', label: 'As the device', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
]

/** Who is signed in: the theme, and the ways out. */
export function PersonMenu() {
  const { user } = useMe()
  const theme = useTheme()
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          className="flex h-12 w-full items-center gap-2.5 rounded-lg px-1.5 text-left hover:bg-hover"
        >
          <Avatar name={user?.name ?? null} size="small" />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium text-sm leading-tight">{user?.name ?? 'API key'}</span>
            <span className="block truncate text-muted text-xs">{user?.email}</span>
          </span>
        </button>
      }
    >
      <MenuChoices label="Theme" value={theme} choices={themes} onChange={(value) => setTheme(value as Theme)} />
      <MenuLine />
      <MenuItem icon={LogOut} onSelect={() => leave(auth.signOut)}>
        Sign out
      </MenuItem>
      <MenuItem icon={MonitorX} onSelect={() => leave(auth.signOutEverywhere)}>
        Sign out everywhere
      </MenuItem>
    </Menu>
  )
}

/** Reloads the page, so that nothing of the person stays in memory. */
export async function leave(signOut: () => Promise<unknown>): Promise<void> {
  try {
    await signOut()
    location.assign('/sign-in')
  } catch (error) {
    toast.error(error)
  }
}
