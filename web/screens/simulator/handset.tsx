import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Inbox, SlidersHorizontal } from 'lucide-react'
import { useId, useState } from 'react'
import { api, type List } from '../../api.ts'
import { Badge } from '../../parts/badge.tsx'
import { classes } from '../../parts/classes.ts'
import { ErrorState } from '../../parts/error-state.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Spinner } from '../../parts/spinner.tsx'
import type { Contact } from '../../types/contacts.ts'
import type { Conversation } from '../../types/conversations.ts'
import type { Line } from '../../types/numbers.ts'
import { CallScreen } from './call-screen.tsx'
import { onLine, rings } from './line.ts'
import { Nature } from './nature.tsx'
import { handsetQuery, type Kind } from './network.ts'
import { HIDDEN } from './phones.ts'
import { Thread } from './thread.tsx'

type Props = {
  number: string
  ringsFor: string[]
  lines: Line[]
  /** Simulated seconds per second. */
  speed: number
  onRemove?(): void
}

export const kindNames: Record<Kind, string> = {
  mobile: 'Mobile',
  landline: 'Landline',
  filtered: 'Texts filtered',
  unreachable: 'Unreachable',
}

/** A phone on the table, operated by hand. */
export function HandsetView({ number, ringsFor, lines, speed, onRemove }: Props) {
  const id = useId()
  const phone = useQuery(handsetQuery(number))
  const [tuning, setTuning] = useState(false)
  const conversation = useConversation(number, (phone.data?.messages.length ?? 0) + (phone.data?.calls.length ?? 0) > 0)
  const line = phone.data ? onLine(phone.data) : null
  const isRinging = rings(phone.data)
  return (
    <section
      aria-labelledby={id}
      className={classes(
        'flex h-[36rem] w-full flex-col overflow-hidden rounded-[2.25rem] border-[6px] bg-surface sm:w-80',
        isRinging ? 'border-accent' : 'border-border-strong',
      )}
    >
      <span aria-hidden className="mx-auto mt-2 h-1.5 w-16 shrink-0 rounded-full bg-border-strong" />
      <header className="flex items-center gap-1 border-border border-b py-1.5 pr-2 pl-4">
        <span className="min-w-0 flex-1">
          <h2 id={id} className="truncate font-semibold text-sm">
            <Phone value={number} />
          </h2>
          <span className="flex min-h-5 items-center gap-1.5 text-muted text-xs">
            <span className="truncate">{ringsFor.length > 0 ? `${ringsFor.join(', ')} rings it` : 'A caller'}</span>
            {phone.data && phone.data.kind !== 'mobile' && (
              <Badge tone="warning">{kindNames[phone.data.kind] ?? phone.data.kind}</Badge>
            )}
          </span>
        </span>
        {conversation && (
          <Link
            to="/inbox/$conversationId"
            params={{ conversationId: conversation.id }}
            aria-label="See it in the inbox"
            title="See it in the inbox"
            className="flex size-9 shrink-0 items-center justify-center rounded-lg text-accent hover:bg-hover pointer-coarse:size-11"
          >
            <Inbox aria-hidden className="size-[1.125rem]" />
          </Link>
        )}
        <IconButton icon={SlidersHorizontal} label="What kind of phone this is" onClick={() => setTuning(true)} />
      </header>
      {phone.error && <ErrorState error={phone.error} onRetry={() => phone.refetch()} />}
      {phone.isPending && (
        <span className="flex flex-1 items-center justify-center text-muted">
          <Spinner />
        </span>
      )}
      {phone.data &&
        (line ? (
          <CallScreen key={line.leg.id} line={line} number={number} lines={lines} speed={speed} />
        ) : (
          <Thread phone={phone.data} ringsFor={ringsFor} lines={lines} canText={number !== HIDDEN} />
        ))}
      {phone.data && tuning && (
        <Nature phone={phone.data} onClose={() => setTuning(false)} onRemove={onRemove} ringsFor={ringsFor} />
      )}
    </section>
  )
}

/** Textback's conversation with the phone, once it has called or texted. */
function useConversation(number: string, enabled: boolean): Conversation | undefined {
  return (
    useQuery({
      queryKey: ['conversations', 'of', number],
      queryFn: async ({ signal }) => {
        const { data: contacts } = await api.get<List<Contact>>('/contacts', { phone: number, limit: 1 }, signal)
        if (!contacts[0]) return null
        const query = { contactId: contacts[0].id, limit: 1 }
        const { data } = await api.get<List<Conversation>>('/conversations', query, signal)
        return data[0] ?? null
      },
      enabled: enabled && number !== HIDDEN,
    }).data ?? undefined
  )
}
