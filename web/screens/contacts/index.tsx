import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import {
  ArrowLeft,
  EllipsisVertical,
  Merge,
  MessageSquareText,
  Phone as PhoneIcon,
  SearchCheck,
  Trash2,
} from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useCommands } from '../../commands.ts'
import { useMe } from '../../me.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../../parts/menu.tsx'
import { Page, useTitle } from '../../parts/page.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import type { Contact } from '../../types/contacts.ts'
import { lineTypeWord } from '../../words.ts'
import { Timeline } from '../inbox/timeline.tsx'
import { contactQuery, conversationOfQuery, useChangeContact } from './contact.ts'
import { Editable } from './editable.tsx'
import { EraseDialog } from './erase.tsx'
import { CustomFields } from './fields.tsx'
import { Leads } from './lead.tsx'
import { MergeDialog } from './merge.tsx'
import { OptOut } from './opt-out.tsx'
import { Phones } from './phones.tsx'
import { Tags } from './tags.tsx'
import { TextDialog } from './text-dialog.tsx'

const route = getRouteApi('/app/contacts/$contactId')

type Asking = 'merge' | 'erase' | 'text' | null

/** Everything about one person: details, leads, timeline. */
export function ContactScreen() {
  const { contactId } = route.useParams()
  const { data: contact, error, refetch } = useQuery(contactQuery(contactId))
  const conversation = useQuery(conversationOfQuery(contactId)).data
  const [asking, setAsking] = useState<Asking>(null)
  const { country } = useMe().account
  const name = contact?.name ?? (contact?.phone ? formatPhone(contact.phone, country) : 'Contact')
  useTitle(name)
  if (error && !contact)
    return (
      <Page title="Contact" back="/contacts">
        <ErrorState error={error} onRetry={refetch} sought={{ what: 'person', list: 'Contacts', to: '/contacts' }} />
      </Page>
    )
  return (
    <div className="mx-auto grid max-w-6xl gap-5 px-4 pt-4 pb-10 sm:px-8 lg:pt-6">
      <header className="flex flex-wrap items-center gap-3">
        <Back />
        <Avatar name={contact?.name ?? null} size="large" />
        <div className="min-w-0 flex-1 basis-40">
          <h1 className="wrap-anywhere font-semibold text-xl tracking-tight">{name}</h1>
          {contact && <Summary contact={contact} />}
        </div>
        {contact && (
          <div className="flex items-center gap-2">
            {contact.phone && (
              <Button asChild>
                <a href={`tel:${contact.phone}`}>
                  <PhoneIcon aria-hidden />
                  Call
                </a>
              </Button>
            )}
            {conversation ? (
              <Button asChild kind="primary">
                <Link to="/inbox/$conversationId" params={{ conversationId: conversation.id }}>
                  <MessageSquareText aria-hidden />
                  Conversation
                </Link>
              </Button>
            ) : (
              contact.phone &&
              conversation === null && (
                <Button kind="primary" disabled={contact.optedOut} onClick={() => setAsking('text')}>
                  <MessageSquareText aria-hidden />
                  Text
                </Button>
              )
            )}
            <MoreMenu contact={contact} onAsk={setAsking} />
          </div>
        )}
      </header>
      <div className="grid items-start gap-5 lg:grid-cols-[20rem_minmax(0,1fr)]">
        {contact ? <Details contact={contact} /> : <Skeleton className="h-80" />}
        <section
          aria-label="What happened"
          className="flex h-[75dvh] min-h-96 flex-col overflow-hidden rounded-xl border border-border bg-background lg:sticky lg:top-6"
        >
          <Timeline key={contactId} contactId={contactId} conversationId={conversation?.id ?? null} />
        </section>
      </div>
      {contact && asking === 'merge' && <MergeDialog contact={contact} onClose={() => setAsking(null)} />}
      {contact && asking === 'erase' && <EraseDialog contact={contact} onClose={() => setAsking(null)} />}
      {contact?.phone && asking === 'text' && (
        <TextDialog to={{ name: contact.name, phone: contact.phone }} onClose={() => setAsking(null)} />
      )}
    </div>
  )
}

/** Back to the page before: a conversation, the board, the call log. */
function Back() {
  const router = useRouter()
  return (
    <IconButton
      icon={ArrowLeft}
      label="Back"
      className="-ml-2"
      onClick={() => (router.history.canGoBack() ? router.history.back() : router.navigate({ to: '/contacts' }))}
    />
  )
}

function Summary({ contact }: { contact: Contact }) {
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted text-sm">
      {contact.phone && <Phone value={contact.phone} />}
      {contact.lineType && (
        <Badge tone={contact.lineType === 'landline' ? 'warning' : 'neutral'}>{lineTypeWord(contact.lineType)}</Badge>
      )}
      {contact.optedOut && <Badge tone="danger">Opted out</Badge>}
    </p>
  )
}

function MoreMenu({ contact, onAsk }: { contact: Contact; onAsk(asking: Asking): void }) {
  const { role } = useMe()
  const lookUp = useLookUp(contact.id)
  useCommands([
    { id: 'contact merge', section: 'Contact', label: 'Merge with another contact', run: () => onAsk('merge') },
    ...(contact.phone
      ? [{ id: 'contact line', section: 'Contact', label: 'Look up the line type', run: () => lookUp.mutate() }]
      : []),
  ])
  return (
    <Menu trigger={<IconButton icon={EllipsisVertical} label="More" />}>
      {contact.phone && (
        <MenuItem icon={SearchCheck} disabled={lookUp.isPending} onSelect={() => lookUp.mutate()}>
          Look up line type (costs a little)
        </MenuItem>
      )}
      <MenuItem icon={Merge} onSelect={() => onAsk('merge')}>
        Merge with another …
      </MenuItem>
      {role === 'owner' && (
        <>
          <MenuLine />
          <MenuItem icon={Trash2} danger onSelect={() => onAsk('erase')}>
            Erase this person …
          </MenuItem>
        </>
      )}
    </Menu>
  )
}

/** Asks the carrier, which charges for it, whether the phone is a mobile. */
function useLookUp(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<Contact>(`/contacts/${id}/line-type`),
    networkMode: 'always',
    onSuccess: (contact) => {
      queries.setQueryData(contactQuery(id).queryKey, contact)
      toast.show(`The carrier says: ${lineTypeWord(contact.lineType)}`)
    },
    onError: (error) => toast.error(error),
  })
}

function Details({ contact }: { contact: Contact }) {
  const change = useChangeContact(contact.id)
  return (
    <div className="grid gap-5">
      <Card title="Details">
        <div className="grid gap-2 text-sm">
          <Editable
            labelled
            label="Name"
            field="name"
            value={contact.name ?? ''}
            placeholder="Add their name"
            save={(name) => change({ name: name || null })}
          />
          <Phones contact={contact} />
          <Editable
            labelled
            label="Email"
            field="email"
            type="email"
            value={contact.email ?? ''}
            placeholder="Add email"
            save={(email) => change({ email: email || null })}
          />
          <CustomFields fields={contact.fields} save={(fields) => change({ fields })} />
          <OptOut contact={contact} />
          <p className="text-muted text-xs">
            First contact: <Time value={contact.createdAt} />
          </p>
        </div>
      </Card>
      <Card title="Leads">
        <Leads contactId={contact.id} history />
      </Card>
      <Card title="Tags">
        <Tags tags={contact.tags} save={change} />
      </Card>
    </div>
  )
}
