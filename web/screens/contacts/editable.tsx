import { CircleAlert, Pencil } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { Input } from '../../parts/input.tsx'
import { explain, fieldError } from '../../problem.ts'

type Props = {
  /** The label: 'Name'. */
  label: string
  value: string
  /** How to show the value; the value itself when missing. */
  children?: ReactNode
  /** Shown when there is no value. */
  placeholder: string
  /** The API's name for it. */
  field: string
  type?: 'text' | 'email' | 'tel'
  labelled?: boolean
  save(value: string): Promise<void>
}

/** A value that becomes a field when pressed. Enter or leaving saves, Escape does not. */
export function Editable({ label, value, children, placeholder, field, type = 'text', labelled, save }: Props) {
  const id = useId()
  const [text, setText] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)

  async function finish() {
    if (text === null) return
    const typed = text.trim()
    setText(null)
    setProblem(null)
    if (typed === value) return
    try {
      await save(typed)
    } catch (error) {
      // The typed text stays, to be corrected.
      setText(typed)
      setProblem(error)
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') finish()
    if (event.key === 'Escape') {
      event.stopPropagation()
      setText(null)
      setProblem(null)
    }
  }

  const wrong = problem ? sentence(label, problem, field) : null
  return (
    <div className="grid gap-1">
      {labelled && (
        <span id={`${id}-label`} className="text-muted text-xs">
          {label}
        </span>
      )}
      {text === null ? (
        <button
          type="button"
          onClick={() => setText(value)}
          aria-label={value && !labelled ? `${label}: ${value}` : undefined}
          aria-labelledby={labelled ? `${id}-label ${id}-value` : undefined}
          className="group -mx-2 flex min-h-8 items-center gap-2 rounded-lg px-2 py-1 text-left hover:bg-hover pointer-coarse:min-h-11"
        >
          <span id={`${id}-value`} className={value ? 'wrap-anywhere min-w-0' : 'text-muted'}>
            {value ? (children ?? value) : placeholder}
          </span>
          <Pencil
            aria-hidden
            className="size-3.5 shrink-0 text-muted opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100 pointer-coarse:opacity-100"
          />
        </button>
      ) : (
        <Input
          autoFocus
          type={type}
          aria-label={label}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={wrong ? `${id}-error` : undefined}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => !wrong && finish()}
          onKeyDown={onKeyDown}
        />
      )}
      {wrong && text !== null && (
        <p id={`${id}-error`} role="alert" className="flex items-start gap-1.5 text-danger text-sm">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {wrong}
        </p>
      )}
    </div>
  )
}

function sentence(label: string, problem: unknown, field: string): string {
  const wrong = fieldError(problem, field)
  if (wrong) return `${label} ${wrong}.`
  const { title, detail } = explain(problem)
  return `${title}. ${detail}`
}
