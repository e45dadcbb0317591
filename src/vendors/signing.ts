/** A signature covers its time, so that a recorded request cannot be replayed later. */
const TOLERANCE_SECONDS = 300

/** Why the time of a signature (unix seconds) is refused, or null. The answer names `header`. */
export function staleness(timestamp: string, receivedAt: Date, header: string): string | null {
  if (!/^\d{1,12}$/.test(timestamp)) return `The ${header} header is missing or is not a time in unix seconds.`
  const seconds = Math.abs(receivedAt.getTime() / 1000 - Number(timestamp))
  return seconds > TOLERANCE_SECONDS
    ? `The request was signed ${Math.round(seconds)} s away from our clock (at most ${TOLERANCE_SECONDS} s); check the clocks.`
    : null
}
