import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'

/** A row that changed: `what` is its table. It is also the first word of the keys of the queries that show such rows. */
export type Change = { what: string; id: string; contact: string | null; deleted: boolean }

/** What else shows a row of a table, beside the queries that are named after it. */
const alsoShownIn: Record<string, string[]> = {
  calls: ['today', 'contacts'],
  messages: ['today', 'conversations', 'contacts'],
  conversations: ['today', 'leads'],
  contacts: ['conversations', 'leads', 'calls'],
  leads: ['today', 'contacts', 'pipelines'],
  // Settings have no rows of their own in the feed; whoever changes one leaves an event.
  events: ['contacts', 'leads', 'audit', 'settings', 'people', 'api-keys', 'opt-outs', 'listed-phones', 'pipelines'],
  notes: ['contacts'],
  // From which number a reply leaves.
  numbers: ['conversations'],
  carriers: ['numbers'],
}

/** A burst (one missed call changes six rows) is one fetch. */
const GATHER_MS = 60

/** A feed that is away for less than this is not worth a word: a laptop's wake, a change of network. */
const QUIET_MS = 3_000

const listeners = new Set<(change: Change) => void>()

/** Hears of each change while mounted, for what knows better than by a word what to fetch again. */
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

/** False while changes are not heard of, so that what is shown may be old. */
export function useConnected(): boolean {
  return useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      return () => watchers.delete(watch)
    },
    () => connected,
  )
}

/** Follows the account's changes while mounted: the shell does, once. */
export function useLiveFeed(): void {
  const queries = useQueryClient()
  useEffect(() => follow(queries), [queries])
}

/** A query about one row (['contacts', id, …]) hears of that row only, one about a list of every row. */
function isShownBy([word, of]: readonly unknown[], { what, id, contact }: Change): boolean {
  if (word !== what && !alsoShownIn[what]?.includes(String(word))) return false
  if (typeof of !== 'string' || !isId.test(of)) return true
  if (word === 'contacts') return of === contact
  return word !== what || of === id
}

/** A UUID, or the phone that is a number's id. */
const isId = /^(\+\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/

function follow(queries: QueryClient): () => void {
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
    queries.invalidateQueries({ predicate: ({ queryKey }) => changes.some((change) => isShownBy(queryKey, change)) })
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
      // The browser comes again by itself, except after an answer that was no stream (a proxy's 502, a 401).
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
