import type { z } from 'zod'
import type { call } from './shapes/calls.ts'

/**
 * One cell. Spreadsheets run a cell that begins with = + - @ (every E.164 number does): a quote before it makes it
 * text, and keeps a leading tab or line break from starting a formula too.
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

/** `started` is local time in the account's time zone: spreadsheets cannot read ISO 8601 with a zone. */
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

/** Each page of calls as lines of CSV, after the header line. */
export async function* callsAsCsv(pages: AsyncIterable<CsvCall[]>, timezone: string): AsyncGenerator<string> {
  const clock = wallClock(timezone)
  let head = line(columns(timezone))
  for await (const calls of pages) {
    // The header is sent with the first calls: an earlier error can still be answered with its status.
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

/** '2026-11-20 17:00:25'. The hour repeated when the clocks change appears twice, the later one first. */
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
