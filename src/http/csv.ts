import type { z } from 'zod'
import type { call } from './shapes/calls.ts'

/**
 * One cell. Spreadsheets run what begins with = + - @ (every E.164 number does): a quote before it makes it text, and
 * a tab or a line break cannot begin a formula either.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const COLUMNS = [
  'started',
  'from',
  'name',
  'number',
  'outcome',
  'why',
  'ring seconds',
  'talk seconds',
  'text back',
  'reason',
]

export function callsAsCsv(calls: z.input<typeof call>[]): string {
  const rows = calls.map((c) => [
    c.startedAt,
    c.from,
    c.contactName,
    c.number,
    c.outcome,
    c.why,
    c.ringSeconds,
    c.durationSeconds,
    c.decision?.action ?? null,
    c.decision?.reason ?? null,
  ])
  return [COLUMNS, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}
