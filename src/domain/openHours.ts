import type { Hours } from './schedule.ts'

/** Monday first. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Whether people are in at that moment, in the business's time zone. Null hours are always. */
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
