import type { LucideIcon } from 'lucide-react'
import { useEffect, useRef, useSyncExternalStore } from 'react'

/** Something to do from the command palette (⌘K). `id` is unique; `keywords` find it beside its label. */
export type Command = {
  id: string
  section: string
  label: string
  keywords?: string[]
  icon?: LucideIcon
  shortcut?: string
  run(): void
}

/** Where a source's commands are in the palette: a screen's own before the shell's, which are on every screen. */
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

/** All that is offered now. Who mounted when does not matter: on a direct load a screen does so before the shell. */
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

/** The shell's part of it. */
export function useOpensPalette(open: () => void): void {
  useEffect(() => {
    openIt = open
    return () => {
      openIt = () => {}
    }
  })
}
