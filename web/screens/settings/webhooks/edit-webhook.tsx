import { ApiProblem, api } from '../../../api.ts'
import { useForm } from '../../../form.ts'
import { Button } from '../../../parts/button.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { FormError } from '../../../parts/error-state.tsx'
import { Field } from '../../../parts/field.tsx'
import { Input } from '../../../parts/input.tsx'
import type { MadeWebhook, Webhook } from '../types.ts'
import { EventChoice } from './event-choice.tsx'

type Props = {
  /** Null for a new one. */
  webhook: Webhook | null
  onClose(): void
  /** A new one comes with its secret. */
  onSaved(webhook: Webhook | MadeWebhook): void
}

/** A new webhook, or other settings of one. */
export function EditWebhook({ webhook, onClose, onSaved }: Props) {
  const initial = {
    url: webhook?.url ?? '',
    description: webhook?.description ?? '',
    events: webhook?.events ?? [],
    onlySome: webhook !== null && webhook.events.length > 0,
  }
  const form = useForm(initial, async ({ onlySome, ...values }) => {
    if (!onlySome) values.events = []
    else if (values.events.length === 0) throw noneChosen()
    onSaved(
      webhook
        ? await api.patch<Webhook>(`/webhooks/${webhook.id}`, values)
        : await api.post<MadeWebhook>('/webhooks', values),
    )
  })
  return (
    <Dialog
      open
      onClose={onClose}
      size="large"
      title={webhook ? 'Edit webhook' : 'New webhook'}
      description="Textback posts each event to this address as JSON, signed, within seconds."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="webhook" pending={form.pending}>
            {webhook ? 'Save' : 'Make webhook'}
          </Button>
        </>
      }
    >
      <form id="webhook" onSubmit={form.submit} className="grid gap-5">
        {form.problem !== null && !form.error('url') && !form.error('events') && <FormError error={form.problem} />}
        <Field label="Address" hint="Of your program: https, and on the internet." error={form.error('url')}>
          {(control) => (
            <Input
              {...control}
              {...form.text('url')}
              inputMode="url"
              autoComplete="off"
              placeholder="https://example.com/textback"
              maxLength={2000}
              required
            />
          )}
        </Field>
        <Field
          label="Description"
          optional
          hint="What it is for, for whoever finds it here."
          error={form.error('description')}
        >
          {(control) => <Input {...control} {...form.text('description')} autoComplete="off" maxLength={200} />}
        </Field>
        <EventChoice choice={form.values} error={form.error('events')} onChange={form.set} />
      </form>
    </Dialog>
  )
}

const noneChosen = () =>
  new ApiProblem({
    status: 400,
    title: 'Some fields are wrong',
    errors: [{ field: 'events', message: 'Choose at least one.' }],
  })
