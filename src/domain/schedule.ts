import { z } from 'zod'

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
    .check(({ value, issues }) => {
      const dates = value.map(({ date }) => date)
      for (const [i, date] of dates.entries())
        if (dates.indexOf(date) < i)
          issues.push({ code: 'custom', path: [i, 'date'], input: date, message: 'has an exception already' })
    })
    .default([]),
})

export type Hours = z.output<typeof hours>
