import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { api, newKey } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Textarea } from '../../parts/textarea.tsx'
import type { Message } from '../../types/messages.ts'
import { SegmentCounter } from '../inbox/segment-counter.tsx'

type Props = {
  to: { name: string | null; phone: string }
  /** The phone must be entered or checked; `to` has the known part. */
  asksPhone?: boolean
  onClose(): void
}

/** The first text to a person, which starts the conversation. */
export function TextDialog({ to, asksPhone = false, onClose }: Props) {
  const navigate = useNavigate()
  const id = useId()
  const [key] = useState(newKey)
  const form = useForm({ to: to.phone, body: '' }, async (values) => {
    const { conversationId } = await api.post<Message>('/messages', values, key)
    onClose()
    await navigate({ to: '/inbox/$conversationId', params: { conversationId } })
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={asksPhone ? 'New text' : `Text ${to.name ?? 'them'}`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            type="submit"
            form={id}
            pending={form.pending}
            disabled={form.values.body.trim() === '' || form.values.to.trim() === ''}
          >
            Send
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={form.submit} className="grid gap-3">
        <FormError error={form.problem} />
        {asksPhone && (
          <Field label="To" error={form.error('to')}>
            {(control) => <Input {...control} type="tel" autoComplete="off" {...form.text('to')} />}
          </Field>
        )}
        <Field
          label="Text"
          error={form.error('body')}
          hint={
            form.values.body ? (
              <SegmentCounter body={form.values.body} />
            ) : (
              'Say who you are: they may not have your number.'
            )
          }
        >
          {(control) => <Textarea {...control} autoFocus {...form.text('body')} />}
        </Field>
      </form>
    </Dialog>
  )
}
