import { ApiProblem } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Checkbox } from '../../parts/checkbox.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { HIDDEN, readNumber } from './phones.ts'

type Props = { onClose(): void; onAdd(number: string): void }

/** Adds a caller to the table: any number will do, because this network has no others. */
export function AddPhone({ onClose, onAdd }: Props) {
  const form = useForm({ number: '', hidden: false }, async (values) => {
    const number = values.hidden ? HIDDEN : readNumber(values.number)
    if (!number)
      throw new ApiProblem({
        status: 0,
        title: 'This is no phone number',
        errors: [{ field: 'number', message: 'is not complete; write it like +1 202 555 0145' }],
      })
    onAdd(number)
    onClose()
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a phone"
      size="small"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="add-phone">
            Add phone
          </Button>
        </>
      }
    >
      <form id="add-phone" onSubmit={form.submit} className="grid gap-4">
        <Field
          label="Number"
          hint="Numbers with 555-01 are nobody’s. The phone only exists here."
          error={form.error('number')}
        >
          {(control) => (
            <Input
              {...control}
              {...form.text('number')}
              type="tel"
              autoComplete="off"
              placeholder="+1 202 555 0145"
              disabled={form.values.hidden}
            />
          )}
        </Field>
        <Checkbox
          label="It does not show its number"
          checked={form.values.hidden}
          onChange={(hidden) => form.set({ hidden })}
        />
      </form>
    </Dialog>
  )
}
