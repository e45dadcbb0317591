import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'

export function NewStage() {
  const queries = useQueryClient()
  const form = useForm({ name: '' }, async ({ name }) => {
    await api.post('/stages', { name })
    form.reset()
    await queries.invalidateQueries({ queryKey: ['pipelines'] })
  })
  return (
    <form onSubmit={form.submit} className="grid gap-4 border-border border-t p-4 sm:p-5">
      {form.problem !== null && !form.error('name') && <FormError error={form.problem} />}
      <div className="grid items-start gap-4 sm:grid-cols-[1fr_auto]">
        <Field label="New stage" error={form.error('name')}>
          {(control) => <Input {...control} {...form.text('name')} maxLength={40} autoComplete="off" required />}
        </Field>
        <Button type="submit" pending={form.pending} className="h-10 sm:mt-[1.625rem]">
          Add stage
        </Button>
      </div>
    </form>
  )
}
