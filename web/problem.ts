import { ApiProblem } from './api.ts'

/** The server's message for a field, or null: `fieldError(problem, 'ringSeconds')`. */
export function fieldError(problem: unknown, field: string): string | null {
  if (!(problem instanceof ApiProblem)) return null
  return problem.errors.find((error) => error.field === field)?.message ?? null
}

/** Any error as text: what happened, and what to do next. */
export function explain(error: unknown): { title: string; detail: string } {
  if (error instanceof ApiProblem) return { title: error.title, detail: error.detail ?? advise(error.status) }
  return {
    title: 'This screen broke',
    detail: 'It is a fault of Textback, not of yours. Load the page again; if it stays, report it.',
  }
}

function advise(status: number): string {
  if (status === 429) return 'Wait a minute, then try again.'
  if (status >= 500) return 'Try again in a moment.'
  return 'Change what you sent, and try again.'
}
