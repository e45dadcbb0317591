import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { CopyField } from './copy-field.tsx'

/** Asks for a name, then shows the key this once. */
export function NewKey({ open, onClose }: { open: boolean; onClose(): void }) {
  const queries = useQueryClient()
  const [made, setMade] = useState<{ name: string; key: string } | null>(null)
  const form = useForm({ name: '' }, async ({ name }) => {
    setMade(await api.post<{ name: string; key: string }>('/api-keys', { name }))
    await queries.invalidateQueries({ queryKey: ['api-keys'] })
  })
  const close = () => {
    onClose()
    setMade(null)
    form.reset()
  }
  if (made)
    return (
      <Dialog
        open={open}
        onClose={close}
        title={`The key ${made.name}`}
        description="It is shown this once: only its fingerprint is kept. Put it where your program finds it, now."
        actions={
          <Button kind="primary" onClick={close}>
            I have kept it
          </Button>
        }
      >
        <CopyField label="Key" value={made.key} />
      </Dialog>
    )
  return (
    <Dialog
      open={open}
      onClose={close}
      title="New API key"
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
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
      </form>
    </Dialog>
  )
}
