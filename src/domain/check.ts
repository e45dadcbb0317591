/** One check that was made before an action, with its facts and its sentence for "Why?". */
export type Check<Name extends string = string> = {
  name: Name
  passed: boolean
  facts: Record<string, string | number | boolean | null>
  sentence: string
}

/** A check with the reason that it gives when it fails. */
export type Reasoned<Name extends string, Reason extends string> = Check<Name> & { reason: Reason }

export function check<Name extends string, Reason extends string>(
  name: Name,
  reason: Reason,
  passed: boolean,
  facts: Check['facts'],
  yes: string,
  no: string,
): Reasoned<Name, Reason> {
  return { name, reason, passed, facts, sentence: passed ? yes : no }
}

export function daysAgo(days: number): string {
  if (days === 0) return 'today'
  return days === 1 ? 'yesterday' : `${days} days ago`
}
