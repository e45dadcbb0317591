import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Inbox } from 'lucide-react'
import { type RefObject, useEffect, useImperativeHandle, useMemo, useRef } from 'react'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import type { Conversation } from '../../types/conversations.ts'
import { listQuery } from './conversations.ts'
import { peopleQuery } from './people.ts'
import { ROW_PX, Row } from './row.tsx'
import type { View } from './views.ts'

export type ListHandle = {
  /** Moves the focus up or down from the row that has it, or from the open conversation. */
  move(step: 1 | -1): void
  /** Moves the focus off a row that is about to leave the list: to the next, or to the previous at the end. */
  leave(id: string): void
  /** The conversation whose row has the focus. */
  focused(): Conversation | null
}

type Props = { view: View; openId: string | null; handle: RefObject<ListHandle | null> }

/** How near the end of the loaded rows the next page is fetched. */
const AHEAD_ROWS = 20

/** The conversations of a view; only the visible rows are in the page, however many there are. */
export function List({ view, openId, handle }: Props) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(listQuery(view))
  const people = useQuery(peopleQuery).data
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data])
  const names = useMemo(() => new Map(people?.map(({ id, name }) => [id, name])), [people])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]!.id,
    overscan: 10,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0

  // biome-ignore lint/correctness/useExhaustiveDependencies: fetchNextPage is new with each render, and always the same
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - AHEAD_ROWS) fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, last, rows.length])

  // Where a key sent the focus, until the row is drawn: a held key is faster than the drawing.
  const goingTo = useRef<string | null>(null)
  const focusedId = () => (document.activeElement as HTMLElement | null)?.dataset.conversation ?? null
  const goTo = (index: number) => {
    const row = rows[index]
    if (!row) return
    virtual.scrollToIndex(index)
    goingTo.current = row.id
    focusSoon(scroller.current, goingTo)
  }
  useImperativeHandle(handle, () => ({
    move(step) {
      const from = rows.findIndex(({ id }) => id === (goingTo.current ?? focusedId() ?? openId))
      goTo(from < 0 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1))
    },
    leave(id) {
      const from = rows.findIndex((row) => row.id === id)
      if (from >= 0) goTo(from + 1 < rows.length ? from + 1 : from - 1)
    },
    focused: () => rows.find(({ id }) => id === focusedId()) ?? null,
  }))

  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <SkeletonRows rows={9} />
  if (rows.length === 0) return <Empty view={view} />
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
      <ul aria-label="Conversations" className="relative" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, key, start }) => {
          const conversation = rows[index]!
          return (
            <li
              key={key}
              aria-setsize={hasNextPage ? -1 : rows.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0"
              style={{ height: ROW_PX, transform: `translateY(${start}px)` }}
            >
              <Row
                conversation={conversation}
                view={view}
                isOpen={conversation.id === openId}
                assignee={(conversation.assignedTo && names.get(conversation.assignedTo)) || null}
              />
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** The row may not be drawn yet: it appears within a frame or two of the scroll. */
function focusSoon(scroller: HTMLElement | null, goingTo: { current: string | null }, tries = 5): void {
  const id = goingTo.current
  if (id === null) return
  const link = scroller?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`)
  link?.focus({ preventScroll: true })
  if (link || tries === 0) goingTo.current = null
  else requestAnimationFrame(() => focusSoon(scroller, goingTo, tries - 1))
}

const nothing: Record<View, { title: string; text: string }> = {
  open: {
    title: 'No open conversations',
    text: 'When a call is missed we text back, and what is said from then on is here.',
  },
  waiting: {
    title: 'Nobody waits',
    text: 'Who called or texted and has no answer of a person yet is here, until you reply or close it.',
  },
  unread: { title: 'All read', text: 'What came in since you looked is here.' },
  mine: { title: 'Nothing is yours', text: 'What is assigned to you is here. Press A in a conversation to assign it.' },
  unassigned: { title: 'Everything has somebody', text: 'Conversations that nobody looks after are here.' },
  snoozed: {
    title: 'Nothing sleeps',
    text: 'Snooze a conversation with S, and it waits here until its time, or until they write.',
  },
  closed: { title: 'Nothing is closed', text: 'Close a conversation with E when it is done; a new text reopens it.' },
}

function Empty({ view }: { view: View }) {
  const { title, text } = nothing[view]
  return (
    <EmptyState icon={Inbox} title={title}>
      {text}
    </EmptyState>
  )
}
