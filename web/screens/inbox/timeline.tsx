import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowDown, History } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { dayIn } from '../../days.ts'
import { useMe } from '../../me.ts'
import { useNow } from '../../now.ts'
import { Button } from '../../parts/button.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Spinner } from '../../parts/spinner.tsx'
import { dayName } from '../../times.ts'
import { Bubble, UnsentBubble } from './bubble.tsx'
import { CallRow } from './call-row.tsx'
import { EventRow } from './event-row.tsx'
import { isWorthARow } from './event-words.ts'
import { NoteRow } from './note-row.tsx'
import { timelineQuery } from './timeline-query.ts'
import type { TimelineItem } from './types.ts'
import { type Unsent, useUnsent } from './unsent.ts'

type Props = {
  contactId: string
  /** The conversation whose unsent texts are shown at the end; null without one. */
  conversationId: string | null
  /** The text to scroll to, however far back. */
  messageId?: string
}

/** How far to scroll up before "back to the newest" appears. */
const FAR_PX = 400

/** A person's calls, texts, notes and events in order of time, the newest at the foot and in sight. */
export function Timeline({ contactId, conversationId, messageId }: Props) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    timelineQuery(contactId),
  )
  const { timezone } = useMe().account
  const now = useNow()
  const unsent = useUnsent(conversationId)
  const scroller = useRef<HTMLElement>(null)
  const [isFar, setFar] = useState(false)

  const items = useMemo(
    () =>
      data?.pages
        .flatMap((page) => page.data)
        .filter(isWorthARow)
        .toReversed() ?? [],
    [data],
  )
  const shown = items.filter((item) => !unsent.some((text) => isEcho(item, text)))
  const days = Map.groupBy(shown, ({ at }) => dayIn(timezone, Date.parse(at)))
  const goTo = useFound(scroller, items, messageId, { hasNextPage, isFetchingNextPage, fetchNextPage })
  const older = useOlder(scroller, { hasNextPage, isFetchingNextPage, fetchNextPage })

  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <Waiting />
  if (items.length === 0 && unsent.length === 0)
    return (
      <EmptyState icon={History} title="Nothing has happened yet">
        Calls, texts and notes of this person will be here, each with its reason.
      </EmptyState>
    )
  return (
    <div className="relative min-h-0 flex-1">
      {/* Reversed, so that the browser keeps the newest in sight, and the position when older rows load. */}
      <section
        ref={scroller}
        aria-label="Timeline"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard
        tabIndex={0}
        onScroll={({ currentTarget }) => setFar(-currentTarget.scrollTop > FAR_PX)}
        className="flex h-full flex-col-reverse overflow-y-auto overscroll-contain outline-offset-[-2px]"
      >
        <div className="mx-auto w-full max-w-3xl px-4 pt-4 pb-3 sm:px-6">
          <div ref={older} className="flex min-h-6 justify-center pb-2">
            {isFetchingNextPage ? (
              <Spinner label="Loading earlier" />
            ) : hasNextPage ? (
              <Button kind="quiet" size="small" onClick={() => fetchNextPage()}>
                Earlier
              </Button>
            ) : null}
          </div>
          {[...days].map(([day, ofDay]) => (
            <Day key={day} name={dayName(ofDay[0]!.at, now, timezone)}>
              {ofDay.map((item) => (
                <li key={`${item.kind} ${item.id}`} id={`item-${item.id}`}>
                  <Row item={item} contactId={contactId} conversationId={conversationId} marked={item.id === goTo} />
                </li>
              ))}
            </Day>
          ))}
          {conversationId && unsent.length > 0 && (
            <ol aria-label="Not sent yet" className="mt-3 grid gap-3">
              {unsent.map((text) => (
                <li key={text.key}>
                  <UnsentBubble text={text} conversationId={conversationId} contactId={contactId} />
                </li>
              ))}
            </ol>
          )}
        </div>
      </section>
      {isFar && (
        <Button
          size="small"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-raised"
          onClick={() => scroller.current?.scrollTo({ top: 0 })}
        >
          <ArrowDown aria-hidden />
          Newest
        </Button>
      )}
      <Announcer newest={items.at(-1)} />
    </div>
  )
}

function Day({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="mt-2">
      <h2 className="flex items-center gap-3 py-2 font-medium text-muted text-xs before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        {name}
      </h2>
      <ol className="grid gap-3 py-1">{children}</ol>
    </div>
  )
}

type RowProps = { item: TimelineItem; contactId: string; conversationId: string | null; marked: boolean }

function Row({ item, contactId, conversationId, marked }: RowProps) {
  if (item.call) return <CallRow id={item.id} at={item.at} call={item.call} />
  if (item.message)
    return (
      <Bubble
        id={item.id}
        at={item.at}
        message={item.message}
        contactId={contactId}
        conversationId={conversationId}
        marked={marked}
      />
    )
  if (item.note) return <NoteRow id={item.id} at={item.at} note={item.note} contactId={contactId} />
  if (item.event) return <EventRow at={item.at} event={item.event} contactId={contactId} />
  return null
}

/** Announces new items to screen readers. */
function Announcer({ newest }: { newest: TimelineItem | undefined }) {
  const first = useRef(newest?.id)
  const isNew = newest?.message?.direction === 'inbound' && newest.id !== first.current
  return (
    <p aria-live="polite" className="sr-only">
      {isNew && `New text: ${newest.message!.body}`}
    </p>
  )
}

function Waiting() {
  return (
    <div role="status" className="mx-auto grid w-full max-w-3xl flex-1 content-end gap-4 px-4 py-6 sm:px-6">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-14 w-3/5 rounded-2xl" />
      <Skeleton className="h-10 w-2/5 justify-self-end rounded-2xl" />
      <Skeleton className="h-20 w-1/2 rounded-2xl" />
    </div>
  )
}

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown }

/** Fetches the earlier page when its place comes near the screen. */
function useOlder(
  scroller: { current: HTMLElement | null },
  { hasNextPage, isFetchingNextPage, fetchNextPage }: Pages,
) {
  const [mark, setMark] = useState<HTMLElement | null>(null)
  const wanted = hasNextPage && !isFetchingNextPage
  // biome-ignore lint/correctness/useExhaustiveDependencies: fetchNextPage is new with each render, and always the same
  useEffect(() => {
    if (!mark || !wanted) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && fetchNextPage(), {
      root: scroller.current,
      rootMargin: '600px 0px',
    })
    observer.observe(mark)
    return () => observer.disconnect()
  }, [mark, wanted])
  return setMark
}

/** Loads page by page back to a text, and scrolls to it once. Returns its id while it is to be marked. */
function useFound(
  scroller: { current: HTMLElement | null },
  items: TimelineItem[],
  messageId: string | undefined,
  { hasNextPage, isFetchingNextPage, fetchNextPage }: Pages,
): string | undefined {
  const shown = useRef<string>(undefined)
  const isHere = items.some(({ id }) => id === messageId)
  // biome-ignore lint/correctness/useExhaustiveDependencies: fetchNextPage is new with each render, and always the same
  useEffect(() => {
    if (!messageId || shown.current === messageId) return
    if (isHere) {
      shown.current = messageId
      scroller.current?.querySelector(`#item-${CSS.escape(messageId)}`)?.scrollIntoView({ block: 'center' })
    } else if (hasNextPage && !isFetchingNextPage) fetchNextPage()
  }, [messageId, isHere, hasNextPage, isFetchingNextPage])
  return messageId
}

/** The feed may report a text before the answer to its sending: this keeps it from showing twice. */
function isEcho({ at, message }: TimelineItem, text: Unsent): boolean {
  if (message?.direction !== 'outbound' || message.kind !== 'reply' || text.state !== 'sending') return false
  // The server makes typography plain, and its clock differs.
  return Date.parse(at) > Date.parse(text.at) - CLOCKS_MS && letters(message.body) === letters(text.body)
}

const CLOCKS_MS = 5_000

const letters = (body: string) => body.replace(/[^\p{L}\p{N}]+/gu, '')
