import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type Exchange, type Handset, handsetQuery } from './network.ts'

/** One call changes its phones several times within milliseconds, which is one fetch. */
const GATHER_MS = 40

const RETRY_MS = 3_000

type Heard = {
  onExchange(exchange: Exchange): void
  /** Called at the beginning and after a gap: some may have been missed. */
  onOpen(): void
}

/** Follows the simulated network while mounted: refetches changed phones, passes on exchanges. */
export function useNetworkFeed(heard: Heard): void {
  const queries = useQueryClient()
  const latest = useRef(heard)
  latest.current = heard
  useEffect(() => follow(queries, latest), [queries])
}

function follow(queries: QueryClient, heard: { current: Heard }): () => void {
  let source: EventSource
  let again: number | undefined
  let gathering: number | undefined
  const changed = new Set<string>()

  const flush = () => {
    gathering = undefined
    for (const number of changed) queries.invalidateQueries({ queryKey: handsetQuery(number).queryKey })
    changed.clear()
  }
  const changes = (numbers: string[]) => {
    for (const number of numbers) changed.add(number)
    gathering ??= window.setTimeout(flush, GATHER_MS)
  }
  const partiesOf = (call: string) =>
    queries
      .getQueriesData<Handset>({ queryKey: ['simulator', 'phones'] })
      .flatMap(([, phone]) => (phone?.calls.some(({ id }) => id === call) ? [phone.number] : []))
  const on = <T>(event: string, listen: (data: T) => void) =>
    source.addEventListener(event, (message: MessageEvent<string>) => listen(JSON.parse(message.data) as T))

  const open = () => {
    source = new EventSource('/api/v1/simulator/live')
    source.addEventListener('open', () => {
      heard.current.onOpen()
      queries.invalidateQueries({ queryKey: ['simulator', 'phones'] })
    })
    on<Exchange>('wire', (exchange) => heard.current.onExchange(exchange))
    on<{ number: string }>('phone', ({ number }) => changes([number]))
    // A phone that joins a call is reported as `phone`; this is about those already in it.
    on<{ id: string }>('call', ({ id }) => changes(partiesOf(id)))
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) again = window.setTimeout(open, RETRY_MS)
    })
  }
  open()
  return () => {
    source.close()
    clearTimeout(again)
    clearTimeout(gathering)
  }
}
