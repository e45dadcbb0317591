import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { BellOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useMe } from '../../me.ts'
import { ErrorState } from '../../parts/error-state.tsx'
import { useTitle } from '../../parts/page.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Sheet } from '../../parts/sheet.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { formatPhone } from '../../phones.ts'
import type { Conversation } from '../../types/conversations.ts'
import { contactQuery } from '../contacts/contact.ts'
import { Person } from '../contacts/person.tsx'
import { isKeptUnread, useActs } from './acts.ts'
import { Composer } from './composer.tsx'
import { conversationQuery, setShown } from './conversations.ts'
import { ConversationHeader } from './header.tsx'
import { Timeline } from './timeline.tsx'

const route = getRouteApi('/app/inbox/$conversationId')

/** A person's timeline, the composer, and their details. */
export function ConversationScreen() {
  const { conversationId } = route.useParams()
  const { message, reply } = route.useSearch()
  const { data, error, refetch } = useQuery(conversationQuery(conversationId))
  const { country } = useMe().account
  const [details, setDetails] = useState(false)
  const { name, phone } = data?.contact ?? {}
  useTitle(name ?? (phone ? formatPhone(phone, country) : 'Conversation'))
  useShown(conversationId)
  useReading(data)

  if (error && !data)
    return (
      <div className="m-auto">
        <h1 className="sr-only">Conversation</h1>
        <ErrorState error={error} onRetry={refetch} sought={{ what: 'conversation', list: 'Inbox', to: '/inbox' }} />
      </div>
    )
  return (
    <>
      <section aria-label="Conversation" className="flex min-h-0 min-w-0 flex-1 flex-col">
        {data ? (
          <>
            <ConversationHeader conversation={data} onDetails={() => setDetails(true)} />
            {data.optedOut && <OptedOut conversation={data} />}
            <Timeline
              key={`${data.id} timeline`}
              contactId={data.contactId}
              conversationId={data.id}
              messageId={message}
            />
            <Composer key={data.id} conversation={data} startHere={reply === true} />
          </>
        ) : (
          <div className="p-6">
            <h1 className="sr-only">Conversation</h1>
            <Skeleton className="h-7 w-48" />
          </div>
        )}
      </section>
      {data && (
        <aside
          aria-label="Person"
          className="hidden w-80 shrink-0 overflow-y-auto border-border border-l xl:block 2xl:w-88"
        >
          <Person key={data.contactId} contactId={data.contactId} />
        </aside>
      )}
      {data && (
        <Sheet open={details} onClose={() => setDetails(false)} title="Person">
          <div className="-mx-5 -mt-2">
            <Person contactId={data.contactId} />
          </div>
        </Sheet>
      )}
    </>
  )
}

function OptedOut({ conversation: { contactId, repliesTo } }: { conversation: Conversation }) {
  const addresses = useQuery(contactQuery(contactId)).data?.addresses ?? []
  const textable = addresses.find(({ optedOut }) => !optedOut)
  return (
    <p className="flex items-start gap-2.5 bg-danger-soft px-4 py-2.5 text-danger text-sm sm:px-6">
      <BellOff aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        {textable && repliesTo ? (
          <>
            <strong className="font-semibold">
              They opted out of texts at <Phone value={repliesTo} />.
            </strong>{' '}
            Nothing can be texted there until they text START. <Phone value={textable.address} /> can be texted: choose
            it below.
          </>
        ) : (
          <>
            <strong className="font-semibold">They opted out of texts.</strong> Nothing can be texted to them; call
            instead. When they text START, they get texts again.
          </>
        )}
      </span>
    </p>
  )
}

function useShown(id: string) {
  const queries = useQueryClient()
  useEffect(() => {
    setShown(queries, id)
    return () => setShown(queries, null)
  }, [queries, id])
}

/** Marks as read what is on the screen of a visible tab. */
function useReading(conversation: Conversation | undefined) {
  const { markRead } = useActs()
  const [visible, setVisible] = useState(!document.hidden)
  useEffect(() => {
    const look = () => setVisible(!document.hidden)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  const isNew = visible && conversation !== undefined && conversation.unread > 0 && !isKeptUnread(conversation)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each thing that came in, not for each render
  useEffect(() => {
    if (isNew) markRead(conversation)
  }, [isNew, conversation?.id, conversation?.lastMessageAt])
}
