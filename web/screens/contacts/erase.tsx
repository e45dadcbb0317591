import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { useMe } from '../../me.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import type { Contact } from '../../types/contacts.ts'

/** For a person who asks to be forgotten. */
export function EraseDialog({ contact, onClose }: { contact: Contact; onClose(): void }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { country } = useMe().account
  const name = contact.name ?? (contact.phone ? formatPhone(contact.phone, country) : 'this person')
  const erase = useMutation({
    mutationFn: () => api.delete(`/contacts/${contact.id}`),
    networkMode: 'always',
    onSuccess: async () => {
      await navigate({ to: '/inbox' })
      toast.show(`${name} is erased`)
      queries.removeQueries({ queryKey: ['contacts', contact.id] })
      queries.invalidateQueries({
        predicate: ({ queryKey }) => ['leads', 'conversations', 'inbox', 'calls'].includes(String(queryKey[0])),
      })
    },
    onError: (error) => {
      onClose()
      toast.error(error)
    },
  })
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Erase ${name}?`}
      action="Erase for good"
      typed={name.trim()}
      pending={erase.isPending}
      onConfirm={() => erase.mutate()}
    >
      Their texts, notes and leads are deleted, and their calls stay in the log without a phone. An opt-out stays in
      force, and so does an exclusion or a block. This cannot be undone.
    </Confirm>
  )
}
