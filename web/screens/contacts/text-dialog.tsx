import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { api, newKey } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Textarea } from '../../parts/textarea.tsx'
import type { Contact, Message } from '../../types.ts'
import { SegmentCounter } from '../inbox/segment-counter.tsx'

/** The first text to a person; from then on there is a conversation. */
export function TextDialog({ contact, onClose }: { contact: Contact; onClose(): void }) {
  const navigate = useNavigate()
  const id = useId()
  const [key] = useState(newKey)
  const form = useForm({ body: '' }, async ({ body }) => {
    const { conversationId } = await api.post<Message>('/messages', { to: contact.phone, body }, key)
    onClose()
    await navigate({ to: '/inbox/$conversationId', params: { conversationId } })
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Text ${contact.name ?? 'them'}`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            type="submit"
            form={id}
            pending={form.pending}
            disabled={form.values.body.trim() === ''}
          >
            Send
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={form.submit} className="grid gap-3">
        <FormError error={form.problem} />
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
