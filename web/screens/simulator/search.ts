/** What the address may say after `?`: the selected phone, where only one fits the screen. */
export function validateSearch(search: Record<string, unknown>): { phone?: string } {
  return typeof search.phone === 'string' ? { phone: search.phone } : {}
}
