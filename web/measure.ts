import { useSyncExternalStore } from 'react'
import type { Measured } from '../src/http/shapes/segments.ts'

type Rule = typeof import('../src/http/shapes/segments.ts')

/** The rule with its tables of letters: fetched when somebody begins to write. */
let rule: Rule | null = null
let asked = false
const watchers = new Set<() => void>()

/**
 * What a text costs on the air as it will leave (curly quotes made plain where that is all that stands in the way of
 * GSM-7); null until the rule is there.
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

/** How many characters fit into so many segments. */
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
