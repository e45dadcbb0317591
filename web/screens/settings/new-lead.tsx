import { Card } from '../../parts/card.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Select } from '../../parts/select.tsx'

/** `newLeadAfterDays` as the form's values. */
export type NewLeadValues = { newLead: 'at_once' | 'after' | 'never'; newLeadDays: string }

const USUAL_DAYS = '30'

export function newLeadValues(days: number | null): NewLeadValues {
  if (days === null) return { newLead: 'never', newLeadDays: USUAL_DAYS }
  return days === 0 ? { newLead: 'at_once', newLeadDays: USUAL_DAYS } : { newLead: 'after', newLeadDays: String(days) }
}

export function newLeadAfterDays({ newLead, newLeadDays }: NewLeadValues): number | null {
  if (newLead === 'never') return null
  return newLead === 'at_once' ? 0 : Number(newLeadDays)
}

type Props = {
  values: NewLeadValues
  set(changes: Partial<NewLeadValues>): void
  error: string | null
  disabled: boolean
}

/** Whether a text from a person with a closed lead makes a new one. */
export function NewLead({ values: { newLead, newLeadDays }, set, error, disabled }: Props) {
  return (
    <Card
      title="Customers who write again"
      hint="Somebody whose lead was won or lost texts you: a thank-you, or the next job? A missed call always opens a lead."
    >
      <div className="grid items-start gap-5 sm:grid-cols-2">
        <Field label="Their new lead" error={newLead === 'after' ? null : error}>
          {(control) => (
            <Select
              {...control}
              value={newLead}
              disabled={disabled}
              onChange={(event) => set({ newLead: event.target.value as NewLeadValues['newLead'] })}
            >
              <option value="at_once">Open one at once</option>
              <option value="after">Open one after some days</option>
              <option value="never">Never open one by a text</option>
            </Select>
          )}
        </Field>
        {newLead === 'after' && (
          <Field
            label="Days after the last one was closed"
            hint="A text before that belongs to the old job."
            error={error}
          >
            {(control) => (
              <Input
                {...control}
                name="newLeadDays"
                value={newLeadDays}
                onChange={(event) => set({ newLeadDays: event.target.value })}
                type="number"
                inputMode="numeric"
                min={1}
                max={3650}
                required
                disabled={disabled}
              />
            )}
          </Field>
        )}
      </div>
    </Card>
  )
}
