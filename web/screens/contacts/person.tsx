import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowUpRight, StickyNote } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMe } from '../../me.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Time } from '../../parts/time.tsx'
import { formatPhone } from '../../phones.ts'
import { timelineQuery } from '../inbox/timeline-query.ts'
import { contactQuery, useChangeContact } from './contact.ts'
import { Editable } from './editable.tsx'
import { Leads } from './lead.tsx'
import { OptOut } from './opt-out.tsx'
import { Marks } from './phones.tsx'
import { Tags } from './tags.tsx'

/** The person beside the conversation: what to look up or note down while talking. */
export function Person({ contactId }: { contactId: string }) {
  const { data: contact, error, refetch } = useQuery(contactQuery(contactId))
  const change = useChangeContact(contactId)
  const { country } = useMe().account
  if (error && !contact) return <ErrorState error={error} onRetry={refetch} />
  if (!contact)
    return (
      <div className="grid justify-items-center gap-4 p-6">
        <Skeleton className="size-14 rounded-full" />
        <Skeleton className="h-5 w-32" />
        <Skeleton className="h-4 w-40" />
      </div>
    )
  return (
    <div className="grid gap-5 px-5 py-5 text-sm">
      <div className="grid gap-3">
        <div className="flex items-center gap-3">
          <Avatar name={contact.name} size="large" />
          <div className="min-w-0 flex-1 font-semibold text-base">
            <Editable
              label="Name"
              field="name"
              value={contact.name ?? ''}
              placeholder="Add their name"
              save={(name) => change({ name: name || null })}
            />
          </div>
        </div>
        <div className="grid gap-1">
          {contact.addresses.map((address) => (
            <div key={address.address} className="flex flex-wrap items-center gap-x-3">
              <a
                href={`tel:${address.address}`}
                aria-label={`Call ${formatPhone(address.address, country)}`}
                className="-mx-2 flex min-h-8 items-center rounded-lg px-2 text-accent hover:bg-hover pointer-coarse:min-h-11"
              >
                <Phone value={address.address} />
              </a>
              {contact.addresses.length > 1 && <Marks address={address} primary={address.primary} />}
            </div>
          ))}
          <Editable
            label="Email"
            field="email"
            type="email"
            value={contact.email ?? ''}
            placeholder="Add email"
            save={(email) => change({ email: email || null })}
          />
        </div>
        <OptOut contact={contact} />
      </div>
      <Part title="Lead">
        <Leads contactId={contactId} history={false} />
      </Part>
      <Part title="Tags">
        <Tags tags={contact.tags} save={change} />
      </Part>
      <div className="grid gap-1 border-border border-t pt-4 text-muted">
        <Notes contactId={contactId} />
        <p>
          First contact: <Time value={contact.createdAt} />
        </p>
        <Link
          to="/contacts/$contactId"
          params={{ contactId }}
          className="-mx-2 mt-1 flex min-h-9 items-center gap-1.5 justify-self-start rounded-lg px-2 font-medium text-accent hover:bg-hover pointer-coarse:min-h-11"
        >
          Open contact
          <ArrowUpRight aria-hidden className="size-4" />
        </Link>
      </div>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-2 border-border border-t pt-4">
      <h2 className="font-medium text-muted text-xs">{title}</h2>
      {children}
    </section>
  )
}

/** Notes from the loaded part of the timeline; older ones count once they are scrolled to. */
function Notes({ contactId }: { contactId: string }) {
  const { data } = useQuery({
    queryKey: timelineQuery(contactId).queryKey,
    enabled: false,
  }) as { data?: { pages: { data: { kind: string }[]; nextCursor: string | null }[] } }
  const notes = data?.pages.flatMap((page) => page.data).filter(({ kind }) => kind === 'note').length ?? 0
  if (notes === 0) return null
  const isAll = data?.pages.at(-1)?.nextCursor === null
  return (
    <p className="flex items-center gap-1.5">
      <StickyNote aria-hidden className="size-3.5" />
      {notes}
      {!isAll && '+'} {notes === 1 ? 'note' : 'notes'} in the timeline
    </p>
  )
}
