const DAY_MS = 86_400_000

const formats = new Map<string | undefined, Intl.DateTimeFormat>()

/** The day in a time zone: '2026-11-20'. */
export function dayIn(timeZone: string | undefined, at: number): string {
  const found =
    formats.get(timeZone) ??
    // The Canadian way to write a day is ISO 8601.
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  formats.set(timeZone, found)
  return found.format(at)
}

/** The day this many days after (before, when negative) a day. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The start of the day in the time zone, in ISO 8601. Where the clock skips midnight, the first moment after. */
export function beginOf(day: string, timeZone: string): string {
  const wanted = Date.parse(`${day}T00:00:00Z`)
  // Twice, because the offset of the first guess may be that of the other side of a clock change.
  const guess = wanted - offset(wanted, timeZone)
  return new Date(wanted - offset(guess, timeZone)).toISOString()
}

/** How far the zone's clock is ahead of UTC, in milliseconds. */
function offset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value)
  const there = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return there - Math.floor(at / 1000) * 1000
}
