import { useState } from 'react'
import type { Line } from '../../types/numbers.ts'

const KEPT_AS = 'textback.simulator.phones'

/** The first callers, until others are put on the table. */
const firstCallers = ['+12025550143', '+12025550144']

/** A caller who withholds their number. */
export const HIDDEN = 'anonymous'

/** The phones on the table: callers, kept in this browser, and every phone that a number rings. */
export function useTablePhones(lines: Line[]) {
  const [own, setOwn] = useState(read)
  const keep = (numbers: string[]) => {
    setOwn(numbers)
    localStorage.setItem(KEPT_AS, JSON.stringify(numbers))
  }
  const rung = new Map<string, string[]>()
  for (const line of lines)
    for (const target of line.mode === 'forward' ? line.forwardTo : [])
      rung.set(target, [...(rung.get(target) ?? []), line.label || line.number])
  const callers = own.filter((number) => !rung.has(number)).map((number) => ({ number, ringsFor: [] as string[] }))
  const targets = [...rung].map(([number, ringsFor]) => ({ number, ringsFor }))
  return {
    /**
     * The first caller and the rung phones come first, because most tests need these. `ringsFor`: the numbers that ring
     * the phone; such a phone cannot be removed.
     */
    phones: [...callers.slice(0, 1), ...targets, ...callers.slice(1)],
    add: (number: string) => own.includes(number) || keep([...own, number]),
    remove: (number: string) => keep(own.filter((other) => other !== number)),
  }
}

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? 'null')
    return Array.isArray(kept) ? kept.filter((number) => typeof number === 'string') : firstCallers
  } catch {
    return firstCallers
  }
}

/** E.164 from typed text, or null: ten digits are North American. */
export function readNumber(typed: string): string | null {
  const digits = typed.replace(/\D/g, '')
  const number = typed.trim().startsWith('+') ? `+${digits}` : digits.length === 10 ? `+1${digits}` : `+${digits}`
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : null
}
