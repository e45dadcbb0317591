import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { fieldError } from '../../problem.ts'
import { Choice } from './choice.tsx'

/** What to enter for a new number; the other settings start at their defaults. */
export type NewLine = { label: string; mode: 'forward' | 'cfna'; forwardTo: string[] }

export const newLine: NewLine = { label: '', mode: 'forward', forwardTo: [] }

type Props = { name: string; value: NewLine; problem: unknown; onChange(value: NewLine): void }

const beside = ['label', 'mode', 'forwardTo', 'forwardTo[0]']

export function NewLineFields({ name, value, problem, onChange }: Props) {
  const error = (...fields: string[]) => fields.map((field) => fieldError(problem, field)).find(Boolean) ?? null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own look
    <div role="group" aria-label={`Settings of ${name}`} className="grid gap-5 rounded-lg bg-sunken p-4">
      <FormError error={problem && !error(...beside) ? problem : null} />
      <Choice
        label={`How calls of ${name} come`}
        value={value.mode}
        onChange={(mode) => onChange({ ...value, mode })}
        className="sm:grid-cols-2"
        choices={[
          {
            value: 'forward',
            title: 'People call this number',
            children: 'It rings your phone, and texts when nobody picks up.',
          },
          {
            value: 'cfna',
            title: 'People call my own line',
            children: 'That line passes its missed calls on to this number.',
          },
        ]}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        {value.mode === 'forward' && (
          <Field label="Phone that rings" error={error('forwardTo', 'forwardTo[0]')}>
            {(control) => (
              <Input
                {...control}
                type="tel"
                autoComplete="tel"
                placeholder="(202) 555-0111"
                value={value.forwardTo[0] ?? ''}
                onChange={({ target }) => onChange({ ...value, forwardTo: target.value === '' ? [] : [target.value] })}
              />
            )}
          </Field>
        )}
        <Field label="Label" optional error={error('label')}>
          {(control) => (
            <Input
              {...control}
              maxLength={60}
              placeholder="Main line"
              value={value.label}
              onChange={({ target }) => onChange({ ...value, label: target.value })}
            />
          )}
        </Field>
      </div>
    </div>
  )
}
