import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import type { Message } from '../../types/messages.ts'
import { numberPath } from './data.ts'
import { MessageProgress } from './message-progress.tsx'

/** Sends the draft to one's own phone, and follows it until it arrives. */
export function TestSend({ number, message }: { number: string; message: string }) {
  const [messageId, setMessageId] = useState<string | null>(null)
  const form = useForm({ to: '' }, async ({ to }) => {
    const sent = await api.post<{ messageId: string }>(`${numberPath(number)}/test`, { to, message })
    setMessageId(sent.messageId)
  })
  return (
    <Card
      title="Read it on your own phone"
      hint="Sends the text of the preview, saved or not, as a new caller gets it."
    >
      <form onSubmit={form.submit} className="grid gap-4">
        <FormError error={form.error('to') ? null : form.problem} />
        <div className="flex flex-wrap items-start gap-3">
          <div className="min-w-0 flex-1 basis-52">
            <Field label="Your phone" error={form.error('to') ?? form.error('message')}>
              {(control) => (
                <Input {...control} {...form.text('to')} type="tel" autoComplete="tel" placeholder="(202) 555-0143" />
              )}
            </Field>
          </div>
          <Button type="submit" pending={form.pending} className="sm:mt-6.5">
            Send test
          </Button>
        </div>
        {messageId && <FollowedMessage id={messageId} />}
      </form>
    </Card>
  )
}

function FollowedMessage({ id }: { id: string }) {
  const message = useQuery({
    queryKey: ['messages', id],
    queryFn: ({ signal }) => api.get<Message>(`/messages/${id}`, {}, signal),
  })
  return <div aria-live="polite">{message.data && <MessageProgress message={message.data} />}</div>
}
