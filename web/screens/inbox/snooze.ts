/** When a snoozed conversation returns; times are in the account's time zone. */
export type Choice = { label: string; until: Date }

const HOUR = 3_600_000

/** 'Later today' (in three hours, on the full hour; only while that is today), tomorrow and next Monday at 8:00. */
export function snoozeChoices(now: number, timeZone: string): Choice[] {
  const today = wallClock(now, timeZone)
  const later = new Date(Math.ceil((now + 3 * HOUR) / HOUR) * HOUR)
  const isToday =
    wallClock(later.getTime(), timeZone).day === today.day && wallClock(later.getTime(), timeZone).hour > 0
  // Sunday is 0: on a Monday it is the next one.
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay()
  const toMonday = (8 - weekday) % 7 || 7
  const at8 = (days: number) => fromWallClock({ ...today, day: today.day + days, hour: 8, minute: 0 }, timeZone)
  return [
    ...(isToday ? [{ label: 'Later today', until: later }] : []),
    { label: 'Tomorrow', until: at8(1) },
    ...(toMonday > 1 ? [{ label: 'Next Monday', until: at8(toMonday) }] : []),
  ]
}

type WallClock = { year: number; month: number; day: number; hour: number; minute: number }

export function wallClock(time: number, timeZone: string): WallClock {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(time)
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return { year: read('year'), month: read('month'), day: read('day'), hour: read('hour'), minute: read('minute') }
}

/** The moment when clocks in the zone show this. Days past the month's end run into the next. */
export function fromWallClock({ year, month, day, hour, minute }: WallClock, timeZone: string): Date {
  const wanted = Date.UTC(year, month - 1, day, hour, minute)
  let time = wanted
  // Twice: the first step may land on the other side of a change of the clocks.
  for (let step = 0; step < 2; step++) {
    const shown = wallClock(time, timeZone)
    time += wanted - Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute)
  }
  return new Date(time)
}

/** The value of a datetime-local field ('2026-11-21T08:00') as a moment, or null when it is empty. */
export function readLocal(value: string, timeZone: string): Date | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(value)?.slice(1).map(Number)
  if (!parts) return null
  const [year, month, day, hour, minute] = parts as [number, number, number, number, number]
  return fromWallClock({ year, month, day, hour, minute }, timeZone)
}

/** A moment as the value of such a field. */
export function writeLocal(time: number, timeZone: string): string {
  const { year, month, day, hour, minute } = wallClock(time, timeZone)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`
}
