import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { useMe } from './me.ts'
import { useDay } from './now.ts'

/** The tables whose changes the feed reports. */
export type Table =
  | 'calls'
  | 'messages'
  | 'conversations'
  | 'contacts'
  | 'leads'
  | 'events'
  | 'notes'
  | 'numbers'
  | 'carriers'
  | 'webhooks'
  | 'webhook-deliveries'

/** A changed row: `what` is its table, and also the first word in the keys of queries that show such rows. */
export type Change = { what: Table; id: string; contact: string | null; deleted: boolean }

/**
 * By the first word of a query's key: the other tables whose rows it shows. `day` is for what the server counts by the
 * account's day, which changes at midnight.
 */
export type Shows = Record<string, (Table | 'day')[]>

/** A burst (one missed call changes six rows) is one fetch. */
const GATHER_MS = 60

/** Shorter interruptions of the feed are not shown: a laptop's wake, a change of network. */
const QUIET_MS = 3_000

const listeners = new Set<(change: Change) => void>()

/** Calls the listener for each change while mounted, where a key's word does not say what to fetch again. */
export function useChanges(listener: (change: Change) => void): void {
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => {
    const hear = (change: Change) => latest.current(change)
    listeners.add(hear)
    return () => {
      listeners.delete(hear)
    }
  }, [])
}

let connected = true
const watchers = new Set<() => void>()

function setConnected(value: boolean) {
  if (value === connected) return
  connected = value
  for (const watch of watchers) watch()
}

/** False while no changes arrive, so that what is shown may be old. */
export function useConnected(): boolean {
  return useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      return () => watchers.delete(watch)
    },
    () => connected,
  )
}

type Screens = readonly { shows?: Shows }[]

/** Follows the account's changes while mounted. The shell does it once for all screens. */
export function useLiveFeed(screens: Screens): void {
  const queries = useQueryClient()
  useEffect(() => follow(queries, screens), [queries, screens])
}

/** The server's clock may be this far behind: asked too early, it would count the old day once more. */
const CLOCKS_MS = 15_000

/** Refetches at the end of a day what depends on it. The shell does it once for all screens. */
export function useMidnight(screens: Screens): void {
  const queries = useQueryClient()
  const day = useDay(useMe().account.timezone, CLOCKS_MS)
  const known = useRef(day)
  useEffect(() => {
    if (known.current === day) return
    known.current = day
    queries.invalidateQueries({ predicate: ({ queryKey: [word] }) => screensShow(screens, word, 'day') })
  }, [queries, screens, day])
}

const screensShow = (screens: Screens, word: unknown, what: Table | 'day'): boolean =>
  screens.some(({ shows }) => shows?.[String(word)]?.includes(what))

/** A query about one row (['contacts', id, …]) follows that row, a query about a list follows every row. */
function isShownBy(screens: Screens, [word, of]: readonly unknown[], { what, id, contact }: Change): boolean {
  if (word !== what && !screensShow(screens, word, what)) return false
  if (typeof of !== 'string' || !isId.test(of)) return true
  if (word === 'contacts') return of === contact
  return word !== what || of === id
}

/** A UUID, or the phone that is a number's id. */
const isId = /^(\+\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/

function follow(queries: QueryClient, screens: Screens): () => void {
  let source: EventSource
  let quiet: number | undefined
  let again: number | undefined
  let missed = false
  let gathered: Change[] = []
  let gathering: number | undefined

  const flush = () => {
    const changes = gathered
    gathered = []
    gathering = undefined
    queries.invalidateQueries({
      predicate: ({ queryKey }) => changes.some((change) => isShownBy(screens, queryKey, change)),
    })
  }
  const onChange = (event: MessageEvent<string>) => {
    const change: Change = JSON.parse(event.data)
    for (const listener of listeners) listener(change)
    gathered.push(change)
    gathering ??= window.setTimeout(flush, GATHER_MS)
  }
  const fetchAll = () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })

  const open = () => {
    source = new EventSource('/api/v1/live')
    source.addEventListener('ready', () => {
      clearTimeout(quiet)
      quiet = undefined
      setConnected(true)
      if (missed) fetchAll()
      missed = false
    })
    source.addEventListener('change', onChange)
    source.addEventListener('gap', fetchAll)
    source.addEventListener('error', () => {
      missed = true
      quiet ??= window.setTimeout(() => setConnected(false), QUIET_MS)
      // The browser reconnects by itself, except after an answer that was no stream (a proxy's 502, a 401).
      if (source.readyState === EventSource.CLOSED) again = window.setTimeout(open, QUIET_MS)
    })
  }
  open()
  return () => {
    source.close()
    clearTimeout(quiet)
    clearTimeout(again)
    clearTimeout(gathering)
    setConnected(true)
  }
}
