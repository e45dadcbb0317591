import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import type { Lead } from '../../types/leads.ts'
import { changeLead } from './leads.ts'
import { useLeadName } from './names.tsx'

const REASONS = [
  'Went with somebody else',
  'Too expensive',
  'Never answered',
  'Solved it themselves',
  'Not a job for us',
  'Wrong number or spam',
]
const OTHER = 'Something else'

/** Asks why the lead was lost. */
export function LostDialog({ lead, onClose }: { lead: Lead; onClose(): void }) {
  const queries = useQueryClient()
  const name = useLeadName()(lead)
  const form = useId()
  const [chosen, setChosen] = useState(REASONS[0]!)
  const [text, setText] = useState('')

  function save(event: FormEvent) {
    event.preventDefault()
    onClose()
    const reason = chosen === OTHER ? text.trim() || null : chosen
    changeLead(queries, lead, { status: 'lost', reason }, `${name}: lost`)
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Why was ${name} lost?`}
      size="small"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={form}>
            Mark as lost
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save} className="grid gap-3">
        <fieldset>
          <legend className="sr-only">Reason</legend>
          {[...REASONS, OTHER].map((reason) => (
            <label key={reason} className="flex min-h-9 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
              <input
                type="radio"
                name="reason"
                className="size-4 accent-accent"
                checked={chosen === reason}
                onChange={() => setChosen(reason)}
              />
              {reason}
            </label>
          ))}
        </fieldset>
        {chosen === OTHER && (
          <Field label="What was it?" optional>
            {(control) => (
              <Input {...control} maxLength={500} value={text} onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
        )}
      </form>
    </Dialog>
  )
}
