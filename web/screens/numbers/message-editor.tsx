import { Lightbulb } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { templateAdvice, templateFaults } from '../../../src/domain/message.ts'
import { Field } from '../../parts/field.tsx'
import { Textarea } from '../../parts/textarea.tsx'
import { SegmentCounter } from './segment-counter.tsx'

type Props = {
  label: string
  hint?: ReactNode
  error: string | null
  template: string
  /** The template filled for the caller of the preview. */
  sample: string
  onChange(template: string): void
  /** Called so that the preview shows this one. */
  onFocus(): void
}

const chips = [
  { label: 'First name', inserts: '{{first_name | there}}', about: 'the caller’s first name, or “there”' },
  { label: 'Full name', inserts: '{{name}}', about: 'the caller’s whole name, or nothing' },
  { label: 'Business', inserts: '{{business}}', about: 'your business’s name' },
  { label: 'This number', inserts: '{{number}}', about: 'the number that was called' },
]

/** Edits a text with placeholders; shows its cost and advice. */
export function MessageEditor({ label, hint, error, template, sample, onChange, onFocus }: Props) {
  const area = useRef<HTMLTextAreaElement>(null)
  const faults = templateFaults(template)
  const insert = (text: string) => {
    const { selectionStart = template.length, selectionEnd = template.length } = area.current ?? {}
    onChange(template.slice(0, selectionStart) + text + template.slice(selectionEnd))
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(selectionStart + text.length, selectionStart + text.length)
    })
  }
  return (
    <div className="grid gap-2.5">
      <Field label={label} hint={hint} error={error ?? faults[0]}>
        {(control) => (
          <Textarea
            {...control}
            ref={area}
            rows={4}
            value={template}
            onFocus={onFocus}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own look */}
      <div role="group" aria-label={`Placeholders for ${label}`} className="flex flex-wrap gap-1.5">
        {chips.map(({ label, inserts, about }) => (
          <button
            key={label}
            type="button"
            title={`Puts in ${about}`}
            onClick={() => insert(inserts)}
            className="inline-flex h-7 items-center rounded-full border border-border bg-surface px-2.5 font-medium text-xs hover:bg-hover disabled:opacity-50 pointer-coarse:h-11 pointer-coarse:px-4"
          >
            + {label}
          </button>
        ))}
      </div>
      <SegmentCounter text={sample} template={template} onChange={onChange} />
      {faults.length === 0 &&
        templateAdvice(template)
          // The counter says that better.
          .filter((advice) => !advice.includes('because of'))
          .map((advice) => (
            <p key={advice} className="flex gap-2 text-muted text-sm">
              <Lightbulb aria-hidden className="mt-0.5 size-4 shrink-0" />
              {advice}
            </p>
          ))}
    </div>
  )
}
