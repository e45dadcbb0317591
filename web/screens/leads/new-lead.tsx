import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
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
import type { Contact } from '../../types/contacts.ts'
import type { Lead } from '../../types/leads.ts'
import { type Person, WhoDialog } from '../contacts/who-dialog.tsx'
import { MoneyInput } from './money-input.tsx'
import { NO_AMOUNT } from './value-dialog.tsx'

/** Adds a lead by hand: first the person, then the value. */
export function NewLead({ onClose }: { onClose(): void }) {
  const [person, setPerson] = useState<Person | null>(null)
  const [typed, setTyped] = useState('')
  if (person) return <LeadForm person={person} typed={typed} onBack={() => setPerson(null)} onClose={onClose} />
  return (
    <WhoDialog
      title="New lead"
      text={typed}
      onText={setTyped}
      newPerson={(text) => (text ? `Add “${text}” as a new person` : 'Add a new person')}
      onChoose={setPerson}
      onClose={onClose}
    />
  )
}

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
      // The server names the lead by its id, which means nothing to people.
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

/** The new contact's id, or that of the contact that has the phone already. */
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
