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

export type CsvCall = Pick<
  z.input<typeof call>,
  'startedAt' | 'from' | 'contactName' | 'number' | 'outcome' | 'why' | 'ringSeconds' | 'durationSeconds'
> & { action: string | null; reason: string | null }

/** `started` is in the account's time zone, on its own clock: a spreadsheet reads no ISO 8601 with a zone as a time. */
const columns = (timezone: string) => [
  `started (${timezone})`,
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

/** The calls of each page as lines of CSV, after the line that names the columns. */
export async function* callsAsCsv(pages: AsyncIterable<CsvCall[]>, timezone: string): AsyncGenerator<string> {
  const clock = wallClock(timezone)
  let head = line(columns(timezone))
  for await (const calls of pages) {
    // Together with the first calls: until then a fault can still be answered with its status.
    yield head + calls.map((call) => line(cells(call, clock))).join('')
    head = ''
  }
  if (head) yield head
}

const cells = (c: CsvCall, clock: (at: Date) => string) => [
  clock(new Date(c.startedAt)),
  c.from,
  c.contactName,
  c.number,
  c.outcome,
  c.why,
  c.ringSeconds,
  c.durationSeconds,
  c.action,
  c.reason,
]

const line = (cells: (string | number | null)[]): string => `${cells.map(csvCell).join(',')}\r\n`

/** '2026-11-20 17:00:25'. The hour that a change of the clocks repeats is there twice, the later one above. */
function wallClock(timeZone: string): (at: Date) => string {
  const two = '2-digit'
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
    hourCycle: 'h23',
  })
  return (at) => format.format(at).replace(', ', ' ')
}
