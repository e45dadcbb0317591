import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { ApiProblem, api, type List } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Phone } from '../../parts/phone.tsx'
import { linkLook } from '../../shell/front.tsx'
import type { Contact } from '../../types/contacts.ts'
import { contactQuery } from './contact.ts'

/** Adds a contact by hand, then opens their page for the rest. */
export function NewContact({ onClose }: { onClose(): void }) {
  const id = useId()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [taken, setTaken] = useState<Contact | null>(null)
  const form = useForm({ phone: '', name: '' }, async ({ phone, name }) => {
    setTaken(null)
    try {
      const contact = await api.post<Contact>('/contacts', { phone, name: name.trim() || null })
      queries.setQueryData(contactQuery(contact.id).queryKey, contact)
      queries.invalidateQueries({ queryKey: ['contacts', 'list'] })
      onClose()
      navigate({ to: '/contacts/$contactId', params: { contactId: contact.id } })
    } catch (error) {
      // A phone belongs to one contact only.
      if (error instanceof ApiProblem && error.status === 409) setTaken(await whoHas(phone))
      throw error
    }
  })
  const isAtField = form.error('phone') ?? form.error('name')
  return (
    <Dialog
      open
      onClose={onClose}
      title="New contact"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={id} pending={form.pending}>
            Add contact
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={form.submit} className="grid gap-4" noValidate>
        {!isAtField && <FormError error={form.problem} />}
        <Field label="Name" error={form.error('name')} optional>
          {(control) => <Input {...control} autoComplete="off" maxLength={120} {...form.text('name')} />}
        </Field>
        <div className="grid gap-1.5">
          <Field label="Phone" error={form.error('phone')}>
            {(control) => <Input {...control} type="tel" autoComplete="off" {...form.text('phone')} />}
          </Field>
          {taken && (
            <p className="text-sm">
              <Link to="/contacts/$contactId" params={{ contactId: taken.id }} className={linkLook}>
                Open {taken.name ?? (taken.phone && <Phone value={taken.phone} />)}
              </Link>
            </p>
          )}
        </div>
      </form>
    </Dialog>
  )
}

/** The contact with that phone. Null when the request fails: the form shows the error anyway. */
async function whoHas(phone: string): Promise<Contact | null> {
  try {
    const { data } = await api.get<List<Contact>>('/contacts', { phone, limit: 1 })
    return data[0] ?? null
  } catch {
    return null
  }
}
