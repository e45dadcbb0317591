import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { toast } from '../../parts/toast.tsx'

export function NewOptOut({ open, onClose }: { open: boolean; onClose(): void }) {
  const queries = useQueryClient()
  const form = useForm({ phone: '', note: '' }, async ({ phone, note }) => {
    await api.post('/opt-outs', { phone, note: note.trim() || null })
    close()
    toast.show('They get no text any more, nor what was queued')
    await queries.invalidateQueries({ queryKey: ['opt-outs'] })
  })
  const close = () => {
    onClose()
    form.reset()
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Opt somebody out"
      description="At once: what is queued for them is not sent any more. An owner can lift it again."
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button kind="primary" type="submit" form="new-opt-out" pending={form.pending}>
            Opt out
          </Button>
        </>
      }
    >
      <form id="new-opt-out" onSubmit={form.submit} className="grid gap-4">
        {form.problem !== null && !form.error('phone') && <FormError error={form.problem} />}
        <Field label="Phone" error={form.error('phone')}>
          {(control) => (
            <Input
              {...control}
              {...form.text('phone')}
              type="tel"
              autoComplete="off"
              placeholder="+1 202 555 0143"
              required
            />
          )}
        </Field>
        <Field label="Note" optional hint="Who asked, and how: it may matter later." error={form.error('note')}>
          {(control) => <Input {...control} {...form.text('note')} maxLength={500} autoComplete="off" />}
        </Field>
      </form>
    </Dialog>
  )
}
