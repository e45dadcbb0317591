import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Command as Cmdk } from 'cmdk'
import { UserPlus } from 'lucide-react'
import { useDeferredValue } from 'react'
import { api } from '../../api.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Phone } from '../../parts/phone.tsx'
import type { Found } from '../../types/search.ts'

/** An existing contact, or a new one from the typed text. */
export type Person = Found['people'][number] | 'new'

type Props = {
  title: string
  text: string
  onText(text: string): void
  /** The label for adding a new person: 'Add “Dana” as a new person'. */
  newPerson(text: string): string
  onChoose(person: Person): void
  onClose(): void
}

/** The first step of anything that begins with a person: choosing them. */
export function WhoDialog({ title, text, onText, newPerson, onChoose, onClose }: Props) {
  const query = useDeferredValue(text.trim())
  const found = useQuery({
    queryKey: ['contacts', 'find', query],
    queryFn: ({ signal }) => api.get<Found>('/search', { q: query }, signal),
    enabled: query.length >= 2,
    placeholderData: keepPreviousData,
  })
  const people = query.length >= 2 ? (found.data?.people ?? []) : []
  return (
    <Dialog open onClose={onClose} title={title} description="Who is it? Find the person, or add a new one.">
      <Cmdk label="Person" shouldFilter={false} loop>
        <Cmdk.Input
          value={text}
          onValueChange={onText}
          placeholder="Name or phone"
          className="h-11 w-full rounded-lg border border-border-strong/60 bg-surface px-3 placeholder:text-muted focus:border-accent"
        />
        <Cmdk.List label="People" className="mt-2 max-h-72 overflow-y-auto">
          {people.map((person) => (
            <Cmdk.Item
              key={person.contactId}
              value={person.contactId}
              className={itemLook}
              onSelect={() => onChoose(person)}
            >
              <Avatar name={person.name} size="small" />
              <span className="min-w-0 flex-1 truncate font-medium">
                {person.name ?? (person.phone && <Phone value={person.phone} />)}
              </span>
              {person.name && person.phone && (
                <span className="text-muted">
                  <Phone value={person.phone} />
                </span>
              )}
            </Cmdk.Item>
          ))}
          <Cmdk.Item value="new" className={itemLook} onSelect={() => onChoose('new')}>
            <span className="flex size-7 items-center justify-center rounded-full bg-accent-soft text-accent">
              <UserPlus aria-hidden className="size-4" />
            </span>
            {newPerson(text.trim())}
          </Cmdk.Item>
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  )
}

const itemLook =
  'flex min-h-11 cursor-default select-none items-center gap-3 rounded-lg px-2.5 text-sm data-[selected=true]:bg-hover'
