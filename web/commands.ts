import type { LucideIcon } from 'lucide-react'
import { useEffect, useRef, useSyncExternalStore } from 'react'

/** A command of the palette (⌘K). `id` is unique; the search also finds `keywords`. */
export type Command = {
  id: string
  section: string
  label: string
  keywords?: string[]
  icon?: LucideIcon
  shortcut?: string
  run(): void
}

/** The order in the palette: a screen's own commands before the shell's, which are on every screen. */
type Rank = 'first' | 'last'
type Source = { commands: { current: Command[] }; rank: Rank }

let sources: Source[] = []
const watchers = new Set<() => void>()

function change(next: Source[]) {
  sources = next
  for (const watch of watchers) watch()
}

/** Offers commands while the screen is open: useCommands([{ id: 'close', section: 'Conversation', … }]). */
export function useCommands(commands: Command[], rank: Rank = 'first'): void {
  const latest = useRef(commands)
  latest.current = commands
  useEffect(() => {
    const source = { commands: latest, rank }
    change([source, ...sources])
    return () => change(sources.filter((other) => other !== source))
  }, [rank])
}

/** All current commands. The order of mounting does not matter: on a direct load a screen mounts before the shell. */
export function useOfferedCommands(): Command[] {
  const now = useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      return () => watchers.delete(watch)
    },
    () => sources,
  )
  return (['first', 'last'] as const).flatMap((rank) =>
    now.filter((source) => source.rank === rank).flatMap(({ commands }) => commands.current),
  )
}

let openIt: () => void = () => {}

/** Opens the palette, for a screen's own search button. */
export const openPalette = (): void => openIt()

/** Registers how the shell opens the palette. */
export function useOpensPalette(open: () => void): void {
  useEffect(() => {
    openIt = open
    return () => {
      openIt = () => {}
    }
  })
}
