import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { api } from '../../api.ts'
import { toast } from '../../parts/toast.tsx'
import type { Today } from './types.ts'

type Waiting = Today['waiting'][number]

/** Finishes with a person; after Undo their row has the focus again. */
export function useFinish(): (one: Waiting, who: string) => Promise<void> {
  const queries = useQueryClient()
  const returning = useRef<string | null>(null)
  // At every rendering: any answer of the server may bring the row back.
  useEffect(() => {
    if (returning.current === null) return
    const name = document.querySelector<HTMLElement>(`[data-person="${CSS.escape(returning.current)}"]`)
    if (!name) return
    returning.current = null
    name.focus()
  })
  return (one, who) => finish(queries, one, who, returning)
}

/** Closes the conversation at once; reopened when the server refuses, or by Undo. */
async function finish(
  queries: QueryClient,
  { conversationId, unread }: Waiting,
  who: string,
  returning: { current: string | null },
): Promise<void> {
  await queries.cancelQueries({ queryKey: ['today'] })
  const before = queries.getQueryData<Today>(['today'])
  queries.setQueryData<Today>(
    ['today'],
    (today) =>
      today && {
        ...today,
        waiting: today.waiting.filter((one) => one.conversationId !== conversationId),
        waitingCount: today.waitingCount - 1,
      },
  )
  const change = async (status: 'open' | 'closed', unread: number) => {
    await api.patch(`/conversations/${conversationId}`, { status, ...(unread > 0 && { unread: 1 }) })
    queries.invalidateQueries({ queryKey: ['today'] })
  }
  const reopen = () => {
    returning.current = conversationId
    change('open', unread).catch((error) => {
      returning.current = null
      toast.error(error)
    })
  }
  try {
    await change('closed', 0)
    toast.undo(`Done with ${who}`, reopen)
  } catch (error) {
    queries.setQueryData(['today'], before)
    toast.error(error)
  }
}
