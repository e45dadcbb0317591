import { after, SECOND } from './time.ts'

/** A number that sends its segments one after the other, as a text that wants to leave from it sees it. */
export type Line = {
  /** The end of the last slot that was given. */
  freeAt: Date
  /** When the last text left, and for how long that keeps the number busy. */
  leftAt: Date | null
  leftSeconds: number
  /** The texts that hold a slot, the next one first. */
  waiting: string[]
}

export type Leaving = { id: string; seconds: number; slotAt: Date | null }

/**
 * When the number is idle. A last text that left in the future left before the clock jumped back, so it counts from
 * now: nobody waits until the clock has caught up.
 */
export function idleAt({ leftAt, leftSeconds }: Pick<Line, 'leftAt' | 'leftSeconds'>, now: Date): Date {
  if (!leftAt) return now
  return latest(now, after(earliest(leftAt, now), leftSeconds * SECOND))
}

/**
 * When the text leaves, and the number after that. The next text leaves as soon as the number is idle, whatever its slot
 * says: those before it may be gone, or the clock may have jumped. The others keep their slots, which keep their order.
 */
export function placeText(line: Line, { id, seconds, slotAt }: Leaving, now: Date): { at: Date; line: Line } {
  const idle = idleAt(line, now)
  const isNext = (line.waiting[0] ?? id) === id
  const at = isNext ? idle : latest(idle, slotAt ?? line.freeAt)
  const others = line.waiting.filter((other) => other !== id)
  const end = after(at, seconds * SECOND)
  const freeAt = others.length > 0 ? latest(line.freeAt, end) : end
  // A `leftAt` in the future is put right, or the number would be found busy until then.
  const leftAt = line.leftAt && earliest(line.leftAt, now)
  if (at <= now) return { at, line: { freeAt, leftAt: now, leftSeconds: seconds, waiting: others } }
  return { at, line: { ...line, freeAt, leftAt, waiting: line.waiting.includes(id) ? line.waiting : [...others, id] } }
}

const latest = (one: Date, other: Date) => (one > other ? one : other)
const earliest = (one: Date, other: Date) => (one < other ? one : other)
