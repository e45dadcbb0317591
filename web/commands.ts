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

let sources: { current: Command[] }[] = []
const watchers = new Set<() => void>()

function change(next: typeof sources) {
  sources = next
  for (const watch of watchers) watch()
}

/** Offers commands while the screen is open: useCommands([{ id: 'close', section: 'Conversation', … }]). */
export function useCommands(commands: Command[]): void {
  const latest = useRef(commands)
  latest.current = commands
  useEffect(() => {
    change([latest, ...sources])
    return () => change(sources.filter((source) => source !== latest))
  }, [])
}

/** All that is offered now, the screen's own first. */
export function useOfferedCommands(): Command[] {
  const now = useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      return () => watchers.delete(watch)
    },
    () => sources,
  )
  return now.flatMap((source) => source.current)
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
