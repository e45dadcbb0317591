import { useSyncExternalStore } from 'react'
import type { Measured } from '../src/http/shapes/segments.ts'

type Rule = typeof import('../src/http/shapes/segments.ts')

/** The rule with its character tables: fetched when a person begins to write. */
let rule: Rule | null = null
let asked = false
const watchers = new Set<() => void>()

/**
 * What a text costs as it will leave (curly quotes made plain if only they prevent GSM-7); null until the rule is
 * loaded.
 */
export function useMeasured(body: string): Measured | null {
  const known = useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      fetchRule()
      return () => watchers.delete(watch)
    },
    () => rule,
  )
  return known ? known.measureText(known.plainQuotes(body)) : null
}

/** How many characters fit into this many segments. */
export function roomOf({ encoding, segments }: Measured): number {
  const [alone, each] = encoding === 'GSM-7' ? [160, 153] : [70, 67]
  return segments <= 1 ? alone : segments * each
}

async function fetchRule(): Promise<void> {
  if (asked) return
  asked = true
  rule = await import('../src/http/shapes/segments.ts').catch(() => null)
  if (!rule) asked = false
  for (const watch of watchers) watch()
}
