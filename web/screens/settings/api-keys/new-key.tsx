import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api.ts'
import { useForm } from '../../../form.ts'
import { Button } from '../../../parts/button.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { FormError } from '../../../parts/error-state.tsx'
import { Field } from '../../../parts/field.tsx'
import { Input } from '../../../parts/input.tsx'
import { Select } from '../../../parts/select.tsx'
import type { MadeApiKey } from '../types.ts'
import { END_CHOICES, endAfter, SCOPE_CHOICES } from './choices.ts'

type Props = { onClose(): void; onMade(made: MadeApiKey): void }

/** Asks for a name, what the key may do and when it ends; the least is chosen before. */
export function NewKey({ onClose, onMade }: Props) {
  const queries = useQueryClient()
  const form = useForm({ name: '', scope: 'read', end: 'never' }, async ({ name, scope, end }) => {
    onMade(await api.post<MadeApiKey>('/api-keys', { name, scope, expiresAt: endAfter(end) }))
    await queries.invalidateQueries({ queryKey: ['api-keys'] })
  })
  const { hint } = SCOPE_CHOICES.find(({ value }) => value === form.values.scope)!
  return (
    <Dialog
      open
      onClose={onClose}
      title="New API key"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="new-key" pending={form.pending}>
            Make key
          </Button>
        </>
      }
    >
      <form id="new-key" onSubmit={form.submit} className="grid gap-4">
        {form.problem !== null && !form.error('name') && <FormError error={form.problem} />}
        <Field label="Name" hint="Of the program that will use it, like “Booking website”." error={form.error('name')}>
          {(control) => <Input {...control} {...form.text('name')} autoComplete="off" maxLength={60} required />}
        </Field>
        <Field label="It may" hint={hint} error={form.error('scope')}>
          {(control) => (
            <Select {...control} {...form.text('scope')}>
              {SCOPE_CHOICES.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="It ends" hint="From then on it is refused, until you roll it." error={form.error('expiresAt')}>
          {(control) => (
            <Select {...control} {...form.text('end')}>
              {END_CHOICES.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </form>
    </Dialog>
  )
}
