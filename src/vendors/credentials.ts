import type { FieldError } from '../domain/fields.ts'

/** The string fields of a form or a file, trimmed; anything else counts as empty. */
export function fieldsOf(input: unknown): Record<string, string> {
  if (typeof input !== 'object' || input === null) return {}
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.trim()]] : [])),
  )
}

/** Collects the faults of a form, all at once. */
export function faults(...found: (FieldError | null)[]): FieldError[] {
  return found.filter((fault) => fault !== null)
}

export function fault(when: boolean, field: string, message: string): FieldError | null {
  return when ? { field, message } : null
}
