/** What the address may say after `?`; unknown words are dropped. `over=week`: the last seven days' numbers. */
export function validateSearch(search: Record<string, unknown>): { over?: 'week' } {
  return search.over === 'week' ? { over: 'week' } : {}
}
