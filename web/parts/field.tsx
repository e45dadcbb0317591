import { CircleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'

/** The attributes that a control inside a Field needs. */
export type ControlProps = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }

type Props = {
  label: string
  /** What to write and why, before there is an error. */
  hint?: ReactNode
  /** The server's message: 'must be a number'. */
  error?: string | null
  optional?: boolean
  children: (control: ControlProps) => ReactNode
}

/** A labelled control: `<Field label="Name" error={…}>{(control) => <Input {...control} />}</Field>`. */
export function Field({ label, hint, error, optional, children }: Props) {
  const id = useId()
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="grid content-start gap-1.5">
      <label htmlFor={id} className="flex items-baseline justify-between gap-2 font-medium text-sm">
        {label}
        {optional && <span className="font-normal text-muted text-xs">Optional</span>}
      </label>
      {children({ id, 'aria-describedby': describedBy || undefined, 'aria-invalid': error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-muted text-sm">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-danger text-sm">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {sentence(label, error)}
        </p>
      )}
    </div>
  )
}

/** The server's messages are written to follow the field's name: 'is empty' → 'Name is empty.' */
function sentence(label: string, error: string): string {
  if (/^[A-Z]/.test(error)) return error
  return `${label} ${error}${error.endsWith('.') ? '' : '.'}`
}
