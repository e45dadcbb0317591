import { ChevronsUpDown } from 'lucide-react'
import * as auth from '../auth.ts'
import { useMe } from '../me.ts'
import { Menu, MenuChoices } from '../parts/menu.tsx'
import { toast } from '../parts/toast.tsx'
import { Mark } from './mark.tsx'

/** The name of the business; with several, a menu to switch. */
export function AccountSwitcher() {
  const { account, accounts } = useMe()
  const name = (
    <>
      <Mark className="size-7 shrink-0" />
      <span className="min-w-0 flex-1 truncate text-left font-semibold">{account.name}</span>
    </>
  )
  if (accounts.length < 2) return <div className="flex h-11 items-center gap-2.5 px-1.5">{name}</div>
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className="flex h-11 w-full items-center gap-2.5 rounded-lg px-1.5 hover:bg-hover">
          {name}
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
          <span className="sr-only">Switch account</span>
        </button>
      }
    >
      <MenuChoices
        label="Your businesses"
        value={account.id}
        choices={accounts.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={switchTo}
      />
    </Menu>
  )
}

/** Reloads the page: nothing of one business may stay in memory beside another's. */
export async function switchTo(id: string): Promise<void> {
  try {
    await auth.switchAccount(id)
    location.assign('/today')
  } catch (error) {
    toast.error(error)
  }
}
