import { useSyncExternalStore } from 'react'
import { dayIn } from './days.ts'

/** One clock for all relative times, which are exact to the minute. Midnight falls on a tick in every time zone. */
const TICK_MS = 15_000

let timer: number | undefined
const watchers = new Set<() => void>()

const lastTick = () => Date.now() - (Date.now() % TICK_MS)

/** The time in milliseconds, updated every 15 s. */
export function useNow(): number {
  return useSyncExternalStore(watch, lastTick)
}

/** The day in a time zone, '2026-11-20'. It changes at midnight there, or `lateMs` later. */
export function useDay(timeZone: string, lateMs = 0): string {
  return useSyncExternalStore(watch, () => dayIn(timeZone, lastTick() - lateMs))
}

function watch(onTick: () => void): () => void {
  watchers.add(onTick)
  timer ??= awaitTick()
  return () => {
    watchers.delete(onTick)
    if (watchers.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }
}

function awaitTick(): number {
  return window.setTimeout(
    () => {
      timer = awaitTick()
      for (const tick of watchers) tick()
    },
    TICK_MS - (Date.now() % TICK_MS),
  )
}
