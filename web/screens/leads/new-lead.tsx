import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Command as Cmdk } from 'cmdk'
import { UserPlus } from 'lucide-react'
import { useDeferredValue, useId, useState } from 'react'
import { ApiProblem, api, type List } from '../../api.ts'
import { useForm } from '../../form.ts'
import { useMe } from '../../me.ts'
import { currencySign, readMoney } from '../../money.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Phone } from '../../parts/phone.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Contact, Found, Lead } from '../../types.ts'
import { MoneyInput } from './money-input.tsx'
import { NO_AMOUNT } from './value-dialog.tsx'

/** A person of the contacts, or a new one by phone. */
type Person = { contactId: string; name: string | null; phone: string | null } | 'new'

/** A lead by hand: who it is first, then what it is worth. */
export function NewLead({ onClose }: { onClose(): void }) {
  const [person, setPerson] = useState<Person | null>(null)
  const [typed, setTyped] = useState('')
  if (person) return <LeadForm person={person} typed={typed} onBack={() => setPerson(null)} onClose={onClose} />
  return <WhoDialog text={typed} onText={setTyped} onChoose={setPerson} onClose={onClose} />
}

type WhoProps = { text: string; onText(text: string): void; onChoose(person: Person): void; onClose(): void }

function WhoDialog({ text, onText, onChoose, onClose }: WhoProps) {
  const query = useDeferredValue(text.trim())
  const found = useQuery({
    queryKey: ['contacts', 'find', query],
    queryFn: ({ signal }) => api.get<Found>('/search', { q: query }, signal),
    enabled: query.length >= 2,
    placeholderData: keepPreviousData,
  })
  const people = query.length >= 2 ? (found.data?.people ?? []) : []
  return (
    <Dialog open onClose={onClose} title="New lead" description="Who is it? Find the person, or add a new one.">
      <Cmdk label="Person" shouldFilter={false} loop>
        <Cmdk.Input
          value={text}
          onValueChange={onText}
          placeholder="Name or phone"
          className="h-11 w-full rounded-lg border border-border-strong/60 bg-surface px-3 placeholder:text-muted focus:border-accent"
        />
        <Cmdk.List label="People" className="mt-2 max-h-72 overflow-y-auto">
          {people.map(({ contactId, name, phone }) => (
            <Cmdk.Item
              key={contactId}
              value={contactId}
              className={itemLook}
              onSelect={() => onChoose({ contactId, name, phone })}
            >
              <Avatar name={name} size="small" />
              <span className="min-w-0 flex-1 truncate font-medium">{name ?? (phone && <Phone value={phone} />)}</span>
              {name && phone && (
                <span className="text-muted">
                  <Phone value={phone} />
                </span>
              )}
            </Cmdk.Item>
          ))}
          <Cmdk.Item value="new" className={itemLook} onSelect={() => onChoose('new')}>
            <span className="flex size-7 items-center justify-center rounded-full bg-accent-soft text-accent">
              <UserPlus aria-hidden className="size-4" />
            </span>
            {text.trim() ? `Add “${text.trim()}” as a new person` : 'Add a new person'}
          </Cmdk.Item>
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  )
}

const itemLook =
  'flex min-h-11 cursor-default select-none items-center gap-3 rounded-lg px-2.5 text-sm data-[selected=true]:bg-hover'

type FormProps = { person: Person; typed: string; onBack(): void; onClose(): void }

function LeadForm({ person, typed, onBack, onClose }: FormProps) {
  const queries = useQueryClient()
  const { country } = useMe().account
  const id = useId()
  const isPhone = /\d{3}/.test(typed)
  const initial = { phone: isPhone ? typed.trim() : '', name: isPhone ? '' : typed.trim(), value: '' }
  const form = useForm(initial, async ({ phone, name, value }) => {
    const valueCents = readMoney(value)
    if (Number.isNaN(valueCents)) throw wrong('valueCents', NO_AMOUNT)
    const contactId = person === 'new' ? await addContact(phone, name.trim() || null) : person.contactId
    try {
      await api.post<Lead>('/leads', { contactId, valueCents })
    } catch (error) {
      // The server names the lead by its id, which is nothing for people.
      if (!(error instanceof ApiProblem) || error.status !== 409) throw error
      throw new ApiProblem({
        status: 409,
        title: 'This person has an open lead already',
        detail: 'Find it on the board, and change that one.',
      })
    }
    queries.invalidateQueries({ queryKey: ['leads'] })
    toast.show('Lead added to the first stage')
    onClose()
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title="New lead"
      actions={
        <>
          <Button onClick={onBack}>Back</Button>
          <Button kind="primary" type="submit" form={id} pending={form.pending}>
            Add lead
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={form.submit} className="grid gap-4" noValidate>
        <FormError error={form.problem} />
        {person === 'new' ? (
          <>
            <Field label="Phone" error={form.error('phone')}>
              {(control) => <Input {...control} type="tel" autoComplete="off" {...form.text('phone')} />}
            </Field>
            <Field label="Name" error={form.error('name')} optional>
              {(control) => <Input {...control} autoComplete="off" {...form.text('name')} />}
            </Field>
          </>
        ) : (
          <p className="flex items-center gap-3">
            <Avatar name={person.name} />
            <span className="grid">
              <span className="font-medium">{person.name ?? (person.phone && <Phone value={person.phone} />)}</span>
              {person.name && person.phone && (
                <span className="text-muted text-sm">
                  <Phone value={person.phone} />
                </span>
              )}
            </span>
          </p>
        )}
        <Field
          label="Value"
          hint="Your best guess; correct it when you know."
          error={form.error('valueCents')}
          optional
        >
          {(control) => <MoneyInput {...control} sign={currencySign(country)} {...form.text('value')} />}
        </Field>
      </form>
    </Dialog>
  )
}

/** The new contact's id, or that of whoever has the phone already. */
async function addContact(phone: string, name: string | null): Promise<string> {
  try {
    return (await api.post<Contact>('/contacts', { phone, name })).id
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 409) throw error
    const { data } = await api.get<List<Contact>>('/contacts', { phone })
    if (!data[0]) throw error
    return data[0].id
  }
}

const wrong = (field: string, message: string) =>
  new ApiProblem({
    status: 400,
    title: 'The lead was not added',
    detail: 'Correct the marked field.',
    errors: [{ field, message }],
  })
