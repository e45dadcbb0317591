import { dayAfter, dayIn } from './days.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs 50 µs and more, which slows a long list. */
function format(timeZone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(options)}`
  const found = formats.get(key) ?? new Intl.DateTimeFormat('en-US', { ...options, timeZone })
  formats.set(key, found)
  return found
}

/** 'now', '4 min', '2:05 PM' (today), 'Yesterday', 'Mon', 'Mar 4', 'Mar 4, 2024'; 'in 4 min' for what is to come. */
export function relativeTime(value: string, now: number, timeZone?: string): string {
  const time = Date.parse(value)
  const ago = now - time
  if (Math.abs(ago) < MINUTE) return 'now'
  if (Math.abs(ago) < HOUR) return ago > 0 ? `${Math.floor(ago / MINUTE)} min` : `in ${Math.ceil(-ago / MINUTE)} min`
  const [day, today] = [dayIn(timeZone, time), dayIn(timeZone, now)]
  if (day === today) return format(timeZone, { hour: 'numeric', minute: '2-digit' }).format(time)
  if (day === dayAfter(today, -1)) return 'Yesterday'
  if (ago > 0 && ago < 6 * 24 * HOUR) return format(timeZone, { weekday: 'short' }).format(time)
  const thisYear = day.slice(0, 4) === today.slice(0, 4)
  return format(timeZone, { month: 'short', day: 'numeric', ...(!thisYear && { year: 'numeric' }) }).format(time)
}

/** As relativeTime, and what is no longer of today with its clock: 'Yesterday, 2:05 PM', 'Mon, 2:05 PM', 'Mar 4, 2:05 PM'. */
export function dayAndClock(value: string, now: number, timeZone?: string): string {
  const time = Date.parse(value)
  const day = relativeTime(value, now, timeZone)
  if (Math.abs(now - time) < HOUR || dayIn(timeZone, time) === dayIn(timeZone, now)) return day
  // On a narrow screen it breaks only between the two.
  return `${day.replaceAll(' ', '\u00a0')}, ${clockTime(value, timeZone).replaceAll(' ', '\u00a0')}`
}

/** '2:05 PM' */
export function clockTime(value: string, timeZone?: string): string {
  return format(timeZone, { hour: 'numeric', minute: '2-digit' }).format(Date.parse(value))
}

/** 'Today', 'Yesterday', 'Wednesday, March 4', 'March 4, 2024': the same day has the same name. */
export function dayName(value: string, now: number, timeZone?: string): string {
  const time = Date.parse(value)
  const [day, today] = [dayIn(timeZone, time), dayIn(timeZone, now)]
  if (day === today) return 'Today'
  if (day === dayAfter(today, -1)) return 'Yesterday'
  const thisYear = day.slice(0, 4) === today.slice(0, 4)
  return format(timeZone, {
    month: 'long',
    day: 'numeric',
    ...(thisYear ? { weekday: 'long' } : { year: 'numeric' }),
  }).format(time)
}

/** 'Wednesday, March 4, 2026 at 2:05:09 PM EST' */
export function exactTime(value: string, timeZone?: string): string {
  return format(timeZone, {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(Date.parse(value))
}

/** Seconds as people say them: '0.8 s', '14 s', '3 min 20 s', '1 h 5 min'. */
export function duration(seconds: number): string {
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)}\u00a0s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}\u00a0s`
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min${whole % 60 > 0 ? ` ${whole % 60}\u00a0s` : ''}`
  return `${Math.floor(whole / 3600)}\u00a0h ${Math.floor((whole % 3600) / 60)}\u00a0min`
}

/** How long something has lasted, roughly: 'a moment', '12 min', '3 h', '1 day', '40 days'; what belongs together stays on one line. */
export function elapsed(ms: number): string {
  if (ms < MINUTE) return 'a moment'
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}\u00a0min`
  if (ms < 24 * HOUR) return `${Math.floor(ms / HOUR)}\u00a0h`
  const days = Math.floor(ms / (24 * HOUR))
  return days === 1 ? '1\u00a0day' : `${days}\u00a0days`
}
