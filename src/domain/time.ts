/** Milliseconds, by name. */
export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

export const after = (time: Date, ms: number): Date => new Date(time.getTime() + ms)
export const before = (time: Date, ms: number): Date => new Date(time.getTime() - ms)
