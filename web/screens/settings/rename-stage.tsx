import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'

type Props = { stage: { id: string; name: string }; onClose(): void; onSaved(): Promise<unknown> }

export function RenameStage({ stage, onClose, onSaved }: Props) {
  const form = useForm({ name: stage.name }, async ({ name }) => {
    await api.patch(`/stages/${stage.id}`, { name })
    onClose()
    await onSaved()
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Rename stage"
      size="small"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="rename-stage" pending={form.pending}>
            Rename
          </Button>
        </>
      }
    >
      <form id="rename-stage" onSubmit={form.submit} className="grid gap-4">
        {form.problem !== null && !form.error('name') && <FormError error={form.problem} />}
        <Field label="Name" error={form.error('name')}>
          {(control) => <Input {...control} {...form.text('name')} maxLength={40} autoComplete="off" required />}
        </Field>
      </form>
    </Dialog>
  )
}
