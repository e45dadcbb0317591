import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useMe } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import type { Contact } from '../../types/contacts.ts'
import { leadsOfQuery } from './contact.ts'
import { FindContact } from './find-contact.tsx'

type Props = { contact: Contact; onClose(): void }

/** Merges two contacts that are the same person; first shows what will happen. */
export function MergeDialog({ contact, onClose }: Props) {
  const queries = useQueryClient()
  const [other, setOther] = useState<Contact | null>(null)
  const merge = useMutation({
    mutationFn: () => api.post<Contact>(`/contacts/${contact.id}/merge`, { otherId: other!.id }),
    networkMode: 'always',
    onSuccess: () => {
      onClose()
      toast.show('The two are one contact now, with the phones of both')
      return queries.invalidateQueries({
        predicate: ({ queryKey }) =>
          ['contacts', 'leads', 'conversations', 'inbox', 'calls'].includes(String(queryKey[0])),
      })
    },
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Merge with another contact"
      description="For a person who called from two phones, or was added twice."
      actions={
        other && (
          <>
            <Button onClick={() => setOther(null)}>Choose another</Button>
            <Button kind="danger" pending={merge.isPending} onClick={() => merge.mutate()}>
              Merge
            </Button>
          </>
        )
      }
    >
      {other ? (
        <div className="grid gap-4 text-sm">
          <FormError error={merge.error} />
          <Preview kept={contact} other={other} />
        </div>
      ) : (
        <FindContact label="Who is the same person?" except={contact.id} onChoose={setOther} />
      )}
    </Dialog>
  )
}

function Preview({ kept, other }: { kept: Contact; other: Contact }) {
  const { country } = useMe().account
  const keptLeads = useQuery(leadsOfQuery(kept.id)).data ?? []
  const otherLeads = useQuery(leadsOfQuery(other.id)).data ?? []
  const hasOpen = (leads: typeof keptLeads) => leads.some(({ status }) => status === 'open')
  const phone = (contact: Contact) => contact.phone && formatPhone(contact.phone, country)
  const nameOf = (contact: Contact) => contact.name ?? phone(contact) ?? 'the other contact'
  const phones = (contact: Contact) =>
    contact.addresses.map(({ address }) => formatPhone(address, country)).join(', ') || null
  const rows: [string, string | null, string | null][] = [
    ['Name', kept.name, other.name],
    ['Phones', phones(kept), phones(other)],
    ['Email', kept.email, other.email],
    ['Tags', kept.tags.join(', ') || null, other.tags.join(', ') || null],
  ]
  return (
    <>
      <table className="w-full table-fixed text-left">
        <thead>
          <tr className="text-muted text-xs">
            <th scope="col" className="w-16 py-1 font-medium">
              <span className="sr-only">What</span>
            </th>
            <th scope="col" className="py-1 font-medium">
              Stays
            </th>
            <th scope="col" className="py-1 font-medium">
              Becomes part of it
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-border border-border border-y">
          {rows.map(([label, ours, theirs]) => (
            <tr key={label}>
              <th scope="row" className="py-2 pr-2 font-normal text-muted">
                {label}
              </th>
              <td className="wrap-anywhere py-2 pr-2">{ours ?? (theirs ? `${theirs} (taken over)` : 'None')}</td>
              <td className="wrap-anywhere py-2 text-muted">{theirs ?? 'None'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="grid list-disc gap-1 pl-5 text-muted">
        <li>Calls, texts, notes and leads of {nameOf(other)} move here, into one timeline.</li>
        <li>Tags and fields are put together; where both say something, what stays here counts.</li>
        {kept.phone && other.phone && (
          <li>
            All phones stay: a call or a text from {phone(kept)} or {phone(other)} comes here, and a reply goes to the
            one that they used last.
          </li>
        )}
        {hasOpen(keptLeads) && hasOpen(otherLeads) && (
          <li>Both have an open lead: the one here stays open, the other is closed.</li>
        )}
        <li className="font-medium text-text">This cannot be undone.</li>
      </ul>
    </>
  )
}
