import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api.ts'
import { useForm } from '../../../form.ts'
import { useNow } from '../../../now.ts'
import { Button } from '../../../parts/button.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { FormError } from '../../../parts/error-state.tsx'
import { Field } from '../../../parts/field.tsx'
import { Select } from '../../../parts/select.tsx'
import type { ApiKey, MadeApiKey } from '../types.ts'
import { END_CHOICES, endAfter, hasEnded, OVERLAP_CHOICES } from './choices.ts'

type Props = { apiKey: ApiKey; onClose(): void; onRolled(made: MadeApiKey): void }

/** The end stays as it is. */
const SAME = 'same'

/** Gives a key a new secret, and says how long the old one works beside it. */
export function RollKey({ apiKey, onClose, onRolled }: Props) {
  const queries = useQueryClient()
  const ended = hasEnded(apiKey, useNow())
  const form = useForm({ hours: '24', end: ended ? '90' : SAME }, async ({ hours, end }) => {
    const change = { oldWorksForHours: Number(hours), ...(end !== SAME && { expiresAt: endAfter(end) }) }
    onRolled(await api.post<MadeApiKey>(`/api-keys/${apiKey.id}/roll`, change))
    await queries.invalidateQueries({ queryKey: ['api-keys'] })
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Roll the key ${apiKey.name}?`}
      description={
        ended
          ? 'It gets a new secret. The old one has ended and stays so.'
          : 'It gets a new secret. The old one works for a while, so that your program can change over.'
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="roll-key" pending={form.pending}>
            Roll key
          </Button>
        </>
      }
    >
      <form id="roll-key" onSubmit={form.submit} className="grid gap-4">
        <FormError error={form.problem} />
        {!ended && (
          <Field
            label="The old secret works for"
            hint={apiKey.previousWorksUntil ? 'The one before it, which still works, ends now.' : undefined}
            error={form.error('oldWorksForHours')}
          >
            {(control) => (
              <Select {...control} {...form.text('hours')}>
                {OVERLAP_CHOICES.map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        {apiKey.expiresAt && (
          <Field label="The key ends" error={form.error('expiresAt')}>
            {(control) => (
              <Select {...control} {...form.text('end')}>
                {!ended && <option value={SAME}>As before</option>}
                {END_CHOICES.map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
      </form>
    </Dialog>
  )
}
