import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Textarea } from '../../parts/textarea.tsx'
import type { CannedReply } from '../../types/canned-replies.ts'

type Props = { reply: CannedReply | null; onClose(): void; onSaved(): Promise<unknown> }

/** A new canned reply, or another wording of one. */
export function EditReply({ reply, onClose, onSaved }: Props) {
  const form = useForm({ title: reply?.title ?? '', body: reply?.body ?? '' }, async (values) => {
    if (reply) await api.patch(`/canned-replies/${reply.id}`, values)
    else await api.post('/canned-replies', values)
    onClose()
    await onSaved()
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={reply ? 'Edit canned reply' : 'New canned reply'}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="canned-reply" pending={form.pending}>
            Save
          </Button>
        </>
      }
    >
      <form id="canned-reply" onSubmit={form.submit} className="grid gap-4">
        {form.problem !== null && !form.error('title') && !form.error('body') && <FormError error={form.problem} />}
        <Field label="Title" hint="By which you find it." error={form.error('title')}>
          {(control) => <Input {...control} {...form.text('title')} maxLength={60} autoComplete="off" required />}
        </Field>
        <Field label="Text" error={form.error('body')}>
          {(control) => <Textarea {...control} {...form.text('body')} rows={5} maxLength={1600} required />}
        </Field>
      </form>
    </Dialog>
  )
}
