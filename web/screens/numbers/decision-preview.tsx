import { useState } from 'react'
import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Checkbox } from '../../parts/checkbox.tsx'
import { Checks } from '../../parts/checks.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Select } from '../../parts/select.tsx'
import type { Line } from '../../types/numbers.ts'
import type { Preview } from './types.ts'

const verdicts: [value: string, words: string][] = [
  ['', 'Says nothing'],
  ['TN-Validation-Passed-A', 'Vouches for it'],
  ['No-TN-Validation', 'It was not signed'],
  ['TN-Validation-Failed', 'It looks forged'],
]

/** What would happen to an imagined call: nothing is stored or sent. */
export function DecisionPreview({ line }: { line: Line }) {
  const [preview, setPreview] = useState<Preview | null>(null)
  const form = useForm(
    { from: '', answered: false, ringSeconds: '15', stirVerstat: '' },
    async ({ from, answered, ringSeconds, stirVerstat }) => {
      setPreview(null)
      const decided = await api.post<Preview>('/decisions/preview', {
        number: line.number,
        from: from.trim() || 'anonymous',
        answered,
        ringSeconds: ringSeconds === '' ? null : Number(ringSeconds),
        stirVerstat: stirVerstat || null,
      })
      setPreview(decided)
    },
  )
  return (
    <Card title="What would happen if …" hint="A made-up call, decided by today’s facts. Nothing is sent.">
      <form onSubmit={form.submit} className="grid gap-5">
        <FormError error={form.problem} />
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Who calls" hint="Empty: a hidden number." error={form.error('from')}>
            {(control) => (
              <Input {...control} {...form.text('from')} type="tel" autoComplete="off" placeholder="(202) 555-0143" />
            )}
          </Field>
          <Field label="How many seconds it rings" error={form.error('ringSeconds')}>
            {(control) => <Input {...control} {...form.text('ringSeconds')} type="number" inputMode="decimal" />}
          </Field>
          <Field label="The carrier on the caller id">
            {(control) => (
              <Select {...control} {...form.text('stirVerstat')}>
                {verdicts.map(([value, words]) => (
                  <option key={value} value={value}>
                    {words}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <div className="sm:pt-8">
            <Checkbox
              label="Somebody picks up"
              checked={form.values.answered}
              onChange={(answered) => form.set({ answered })}
            />
          </div>
        </div>
        <div>
          <Button type="submit" pending={form.pending}>
            Decide
          </Button>
        </div>
      </form>
      <div aria-live="polite">
        {preview && (
          <div className="mt-5 grid gap-4 border-border border-t pt-5">
            <p className="font-semibold">{preview.action === 'send' ? 'It is texted back' : 'No text leaves'}</p>
            {preview.body !== null && (
              <blockquote className="max-w-md whitespace-pre-wrap rounded-2xl rounded-bl-md bg-hover px-3.5 py-2.5 text-sm">
                {preview.body}
                <footer className="mt-1 text-muted text-xs">
                  {preview.segments} {preview.segments === 1 ? 'segment' : 'segments'}
                </footer>
              </blockquote>
            )}
            <Checks checks={preview.checks} />
          </div>
        )}
      </div>
    </Card>
  )
}
