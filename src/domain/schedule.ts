import { z } from 'zod'

/** The days as people list them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is a time of day like 08:30')

const period = z
  .tuple([clock, clock])
  .refine(([from, to]) => from < to, 'must end after it begins; split a night in two')

const periods = z.array(period).max(6, 'are six at most')

/** When people are in. Several periods a day; exceptions (holidays, a long Saturday) replace the day's own periods. */
export const hours = z.strictObject({
  days: z.strictObject({
    mon: periods.default([]),
    tue: periods.default([]),
    wed: periods.default([]),
    thu: periods.default([]),
    fri: periods.default([]),
    sat: periods.default([]),
    sun: periods.default([]),
  }),
  exceptions: z
    .array(
      z.strictObject({
        date: z.iso.date('is a date like 2026-12-25'),
        periods: periods.default([]),
        note: z.string().trim().max(80).default(''),
      }),
    )
    .max(200)
    .default([]),
})

export type Hours = z.output<typeof hours>

/** Whether people are in at that moment, by the clock on the business's wall. Null hours are always. */
export function isOpen(hours: Hours | null, at: Date, timezone: string): boolean {
  if (!hours) return true
  const { date, day, time } = wallClock(at, timezone)
  const exception = hours.exceptions.find((e) => e.date === date)
  return (exception?.periods ?? hours.days[day]).some(([from, to]) => from <= time && time < to)
}

function wallClock(at: Date, timezone: string): { date: string; day: (typeof DAYS)[number]; time: string } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)!.value
  return {
    date: `${get('year')}-${get('month')}-${get('day')}`,
    day: get('weekday').slice(0, 3).toLowerCase() as (typeof DAYS)[number],
    time: `${get('hour')}:${get('minute')}`,
  }
}
