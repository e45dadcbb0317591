import { Link, useNavigate } from '@tanstack/react-router'
import { Avatar } from '../../parts/avatar.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Phone } from '../../parts/phone.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import type { Contact } from '../../types/contacts.ts'

/** The list's rows; on a phone a card each. A row opens its contact, a tag filters by it. */
export function Rows({ contacts }: { contacts: Contact[] }) {
  const navigate = useNavigate()
  return (
    <div className="overflow-hidden rounded-xl border border-border bg-surface">
      <Table
        label="Contacts"
        rows={contacts}
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={({ id }) => navigate({ to: '/contacts/$contactId', params: { contactId: id } })}
      />
    </div>
  )
}

const columns: Column<Contact>[] = [
  {
    header: 'Person',
    onPhone: 'title',
    cell: (contact) => (
      <span className="flex w-full min-w-0 items-start gap-3 sm:items-center sm:py-1.5">
        <Avatar name={contact.name} />
        <span className="min-w-0 flex-1">
          <Link
            to="/contacts/$contactId"
            params={{ contactId: contact.id }}
            data-contact
            className="wrap-anywhere rounded font-medium hover:underline"
          >
            {contact.name ?? (contact.phone ? <Phone value={contact.phone} /> : (contact.email ?? 'No name'))}
          </Link>
          {contact.name && contact.phone && (
            <span className="block font-normal text-muted text-sm">
              <Phone value={contact.phone} />
            </span>
          )}
          <span className="grid gap-1 font-normal text-sm sm:hidden">
            <Tags tags={contact.tags} />
          </span>
        </span>
        <span className="grid justify-items-end gap-1 font-normal sm:hidden">
          <FirstContact contact={contact} />
          <OptedOut contact={contact} />
        </span>
      </span>
    ),
  },
  { header: 'Tags', onPhone: 'never', cell: ({ tags }) => <Tags tags={tags} /> },
  { header: 'Texts', onPhone: 'never', cell: (contact) => <OptedOut contact={contact} /> },
  { header: 'First contact', onPhone: 'never', align: 'right', cell: (contact) => <FirstContact contact={contact} /> },
]

const OptedOut = ({ contact }: { contact: Contact }) => contact.optedOut && <Badge tone="danger">Opted out</Badge>

function FirstContact({ contact }: { contact: Contact }) {
  return (
    // As wide as its header, which would otherwise take two lines.
    <span className="text-muted text-xs sm:inline-block sm:min-w-20 sm:text-sm">
      <Time value={contact.createdAt} plain />
    </span>
  )
}

function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return null
  return (
    <span className="flex flex-wrap gap-x-1.5">
      {tags.map((tag) => (
        <Link
          key={tag}
          to="/contacts"
          search={{ tag }}
          title={`Everybody tagged “${tag}”`}
          className="flex min-h-7 items-center rounded-full pointer-coarse:min-h-11"
        >
          <span className="sr-only">Tag </span>
          <span className="max-w-48 truncate rounded-full bg-hover px-2.5 py-0.5 text-xs">{tag}</span>
        </Link>
      ))}
    </span>
  )
}

/** Moves the focus by this many rows. */
export function focusRow(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('a[data-contact]')]
  const now = rows.indexOf(document.activeElement as HTMLElement)
  rows[Math.min(Math.max(now + step, 0), rows.length - 1)]?.focus()
}
