import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { api, type List } from '../../api.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Phone } from '../../parts/phone.tsx'
import type { Contact } from '../../types/contacts.ts'

type Props = { label: string; except: string; onChoose(contact: Contact): void }

/** Finds another contact by name, email or phone. */
export function FindContact({ label, except, onChoose }: Props) {
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const { data, isFetching } = useQuery({
    queryKey: ['contacts', 'search', search],
    queryFn: ({ signal }) => api.get<List<Contact>>('/contacts', { search, limit: 8 }, signal),
    enabled: search.length > 0,
    placeholderData: keepPreviousData,
  })
  const found = search ? (data?.data.filter(({ id }) => id !== except) ?? []) : []
  return (
    <div className="grid gap-2">
      <Field label={label} hint="A name, an email, or the last four digits of a phone.">
        {(control) => (
          <Input {...control} autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
        )}
      </Field>
      <ul aria-label="Found" className="-mx-2 grid">
        {found.map((contact) => (
          <li key={contact.id}>
            <button
              type="button"
              onClick={() => onChoose(contact)}
              className="flex min-h-11 w-full items-center gap-3 rounded-lg px-2 text-left text-sm hover:bg-hover"
            >
              <Avatar name={contact.name} size="small" />
              <span className="min-w-0 flex-1 truncate font-medium">{contact.name ?? 'No name'}</span>
              {contact.phone && (
                <span className="text-muted">
                  <Phone value={contact.phone} />
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {search && !isFetching && found.length === 0 && (
        <p className="text-muted text-sm">Nobody else is found by that.</p>
      )}
    </div>
  )
}
