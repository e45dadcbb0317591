import { useSyncExternalStore } from 'react'

/** One clock for all relative times, which are to the minute. */
const TICK_MS = 15_000

let now = Date.now()
let timer: number | undefined
const watchers = new Set<() => void>()

/** The time in milliseconds, a new one every 15 s. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now)
}

function watch(onTick: () => void): () => void {
  watchers.add(onTick)
  timer ??= window.setInterval(() => {
    now = Date.now()
    for (const tick of watchers) tick()
  }, TICK_MS)
  return () => {
    watchers.delete(onTick)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
