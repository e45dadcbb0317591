import { useEffect, useRef, useState } from 'react'
import { type Exchange, exchanges } from './network.ts'

/** Enough to look back at; the simulator keeps up to 5,000. */
const KEPT = 300

/** Exchanges come in bursts of ten and more; each burst is drawn once. */
const GATHER_MS = 80

/** The wire's exchanges, newest first; it can be paused and cleared. */
export function useTape() {
  const [shown, setShown] = useState<Exchange[]>([])
  const [held, setHeld] = useState<Exchange[] | null>(null)
  const [clearedTo, setClearedTo] = useState(0)
  const arrived = useRef<Exchange[]>([])
  const gathering = useRef<number | undefined>(undefined)
  const asking = useRef(new AbortController())
  useEffect(() => {
    asking.current = new AbortController()
    return () => {
      asking.current.abort()
      clearTimeout(gathering.current)
      gathering.current = undefined
    }
  }, [])

  const flush = () => {
    gathering.current = undefined
    const fresh = arrived.current
    arrived.current = []
    setShown((before) => merge(before, fresh))
  }
  const add = (fresh: Exchange[]) => {
    arrived.current.push(...fresh)
    gathering.current ??= window.setTimeout(flush, GATHER_MS)
  }

  const visible = (held ?? shown).filter(({ seq }) => seq > clearedTo)
  return {
    rows: visible,
    paused: held !== null,
    /** How many have arrived since the pause. */
    waiting: held ? shown.filter(({ seq }) => seq > (held[0]?.seq ?? 0)).length : 0,
    pause: () => setHeld(shown),
    resume: () => setHeld(null),
    clear: () => setClearedTo(shown[0]?.seq ?? 0),
    add,
    /** Fetches the existing exchanges, at the beginning and after a gap. */
    catchUp: () => exchanges(KEPT, asking.current.signal).then(add, () => {}),
  }
}

function merge(before: Exchange[], fresh: Exchange[]): Exchange[] {
  const bySeq = new Map([...fresh, ...before].map((exchange) => [exchange.seq, exchange]))
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, KEPT)
}
