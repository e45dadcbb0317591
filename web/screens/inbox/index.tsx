import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { Inbox, ListFilter, Search, SquarePen } from 'lucide-react'
import { useRef, useState } from 'react'
import { openPalette, useCommands } from '../../commands.ts'
import { useKeys } from '../../keys.ts'
import { classes } from '../../parts/classes.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Menu, MenuChoices } from '../../parts/menu.tsx'
import { useTitle } from '../../parts/page.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import type { Conversation } from '../../types/conversations.ts'
import { useActs } from './acts.ts'
import { AskContext, type Asking } from './ask.ts'
import { useClose } from './close.ts'
import { COMPOSER_ID } from './composer.tsx'
import { countsQuery, findConversation } from './conversations.ts'
import { List, type ListHandle } from './list.tsx'
import { useLiveList } from './live-list.ts'
import { NewText } from './new-text.tsx'
import { AssignDialog, SnoozeDialog } from './pickers.tsx'
import { type View, views } from './views.ts'

const route = getRouteApi('/app/inbox')

/** The list, and beside it (on a phone: instead of it) the conversation of the address, if any. */
export function InboxScreen() {
  const { view = 'open' } = route.useSearch()
  const openId = useParams({ strict: false }).conversationId ?? null
  const list = useRef<ListHandle>(null)
  const [asking, setAsking] = useState<Asking>(null)
  const [writing, setWriting] = useState(false)
  useLiveList()
  useInboxKeys(list, openId, setAsking)
  useNewText(() => setWriting(true))
  return (
    <AskContext value={setAsking}>
      <div className="flex h-full min-h-0">
        <section
          aria-label="Inbox"
          className={classes(
            'min-h-0 w-full shrink-0 flex-col border-border md:flex md:w-80 md:border-r xl:w-88',
            openId ? 'hidden' : 'flex',
          )}
        >
          <ListHeader view={view} isAlone={openId === null} onNew={() => setWriting(true)} />
          <List key={view} view={view} openId={openId} handle={list} />
        </section>
        <div className={classes('min-h-0 min-w-0 flex-1 md:flex', openId ? 'flex' : 'hidden')}>
          <Outlet />
        </div>
      </div>
      {writing && <NewText onClose={() => setWriting(false)} />}
      {asking?.what === 'assign' && <AssignDialog conversation={asking.conversation} onClose={() => setAsking(null)} />}
      {asking?.what === 'snooze' && <SnoozeDialog conversation={asking.conversation} onClose={() => setAsking(null)} />}
    </AskContext>
  )
}

/** The keys act on the row with the focus, else on the open conversation. */
function useInboxKeys(list: { current: ListHandle | null }, openId: string | null, ask: (asking: Asking) => void) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { view } = route.useSearch()
  const { reopen, markRead, markUnread } = useActs()
  const close = useClose()

  const on = (act: (conversation: Conversation) => void) => () => {
    const found = list.current?.focused() ?? (openId ? findConversation(queries, openId) : undefined)
    if (found) act(found)
  }
  const closeOrReopen = on((conversation) => {
    list.current?.leave(conversation.id)
    if (conversation.status === 'open') close(conversation)
    else reopen(conversation)
  })
  const reply = on(({ id }) => {
    if (id === openId) document.getElementById(COMPOSER_ID)?.focus()
    else navigate({ to: '/inbox/$conversationId', params: { conversationId: id }, search: { view, reply: true } })
  })
  const readOrUnread = on((conversation) =>
    conversation.unread > 0 ? markRead(conversation) : markUnread(conversation),
  )
  const assign = on((conversation) => ask({ what: 'assign', conversation }))
  const snooze = on((conversation) => ask({ what: 'snooze', conversation }))

  useKeys('Inbox', {
    j: ['Next conversation', () => list.current?.move(1)],
    k: ['Previous conversation', () => list.current?.move(-1)],
    r: ['Reply', reply],
    e: ['Close or reopen', closeOrReopen],
    u: ['Mark unread or read', readOrUnread],
    a: ['Assign', assign],
    s: ['Snooze', snooze],
  })
  useCommands([
    { id: 'inbox reply', section: 'Conversation', label: 'Reply', shortcut: 'r', run: reply },
    { id: 'inbox close', section: 'Conversation', label: 'Close or reopen', shortcut: 'e', run: closeOrReopen },
    { id: 'inbox assign', section: 'Conversation', label: 'Assign', shortcut: 'a', run: assign },
    { id: 'inbox snooze', section: 'Conversation', label: 'Snooze', shortcut: 's', run: snooze },
    { id: 'inbox unread', section: 'Conversation', label: 'Mark unread or read', shortcut: 'u', run: readOrUnread },
  ])
}

function useNewText(open: () => void) {
  useKeys('Inbox', { c: ['New text', open] })
  useCommands([{ id: 'inbox new', section: 'Inbox', label: 'New text', shortcut: 'c', icon: SquarePen, run: open }])
}

function ListHeader({ view, isAlone, onNew }: { view: View; isAlone: boolean; onNew(): void }) {
  const navigate = useNavigate()
  const counts = useQuery(countsQuery).data
  const go = (next: string) =>
    navigate({ to: '.', search: next === 'open' ? {} : { view: next as View }, replace: true })
  const counted = (label: string, n: number | undefined) => (
    <>
      {label}
      {n !== undefined && n > 0 && <span className="ml-1.5 text-muted tabular-nums">{n > 99 ? '99+' : n}</span>}
    </>
  )
  // An open conversation is the subject of the page.
  const Heading = isAlone ? 'h1' : 'h2'
  return (
    <header className="grid gap-3 border-border border-b px-4 pt-4 pb-3">
      <div className="flex items-center gap-1">
        <Heading className="flex-1 font-semibold text-xl tracking-tight">Inbox</Heading>
        <IconButton icon={Search} label="Search" shortcut="/" onClick={openPalette} />
        <IconButton icon={SquarePen} label="New text" shortcut="c" onClick={onNew} />
      </div>
      <div className="flex items-center gap-1.5">
        <Segmented
          label="Which conversations"
          value={view}
          onChange={go}
          choices={[
            { value: 'open', label: views.open },
            { value: 'waiting', label: counted(views.waiting, counts?.waiting) },
            { value: 'unread', label: counted(views.unread, counts?.unread) },
            ...(['open', 'waiting', 'unread'].includes(view) ? [] : [{ value: view, label: views[view] }]),
          ]}
        />
        <Menu trigger={<IconButton icon={ListFilter} label="More views" className="ml-auto" />}>
          <MenuChoices
            label="Show"
            value={view}
            choices={Object.entries(views).map(([value, label]) => ({ value, label }))}
            onChange={go}
          />
        </Menu>
      </div>
    </header>
  )
}

export function NoConversation() {
  useTitle('Inbox')
  return (
    <div className="m-auto">
      <EmptyState icon={Inbox} title="Pick a conversation">
        J and K move through the list, Enter opens. R replies, E closes. Press ? for all keys.
      </EmptyState>
    </div>
  )
}
