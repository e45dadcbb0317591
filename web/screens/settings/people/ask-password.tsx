import { useForm } from '../../../form.ts'
import { Button } from '../../../parts/button.tsx'
import { FormError } from '../../../parts/error-state.tsx'
import { Field } from '../../../parts/field.tsx'
import { Input } from '../../../parts/input.tsx'

type Props = { why: string; label: string; send(password: string): Promise<unknown> }

/** What takes the password although one is signed in. */
export function AskPassword({ why, label, send }: Props) {
  const form = useForm({ password: '' }, ({ password }) => send(password))
  return (
    <form onSubmit={form.submit} className="grid gap-5">
      <FormError error={form.problem} />
      <p>{why}</p>
      <Field label="Your password">
        {(control) => (
          <Input {...control} {...form.text('password')} type="password" autoComplete="current-password" required />
        )}
      </Field>
      <Button type="submit" kind="primary" pending={form.pending}>
        {label}
      </Button>
    </form>
  )
}
