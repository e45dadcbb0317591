import { type FormEvent, useState } from 'react'
import { fieldError } from './problem.ts'

/**
 * A form's values, and the sending of them. `const form = useForm({ name: '' }, (values) => api.post('/api-keys', values))`;
 * `<form onSubmit={form.submit}>`; `<Field label="Name" error={form.error('name')}>{(c) => <Input {...c} {...form.text('name')} />}`.
 * After a failure `problem` holds it (see FormError), and what was typed stays.
 */
export function useForm<T extends Record<string, unknown>>(initial: T, send: (values: T) => Promise<unknown>) {
  const [values, setValues] = useState(initial)
  const [problem, setProblem] = useState<unknown>(null)
  const [pending, setPending] = useState(false)
  const set = (changes: Partial<T>) => setValues((now) => ({ ...now, ...changes }))

  async function submit(event?: FormEvent) {
    event?.preventDefault()
    if (pending) return
    const form = event?.currentTarget
    setPending(true)
    setProblem(null)
    try {
      await send(values)
    } catch (error) {
      setProblem(error)
      // After the fields are marked: moves the focus to the first faulty one.
      requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid]')?.focus())
    } finally {
      setPending(false)
    }
  }

  return {
    values,
    set,
    problem,
    pending,
    submit,
    error: (field: string) => fieldError(problem, field),
    /** Ties a text control to a value. */
    text: (name: keyof T & string) => ({
      name,
      value: String(values[name] ?? ''),
      onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value } as Partial<T>),
    }),
    /** Resets to the first values, or to others. */
    reset: (to: T = initial) => {
      setValues(to)
      setProblem(null)
    },
  }
}
