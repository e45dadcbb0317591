/** What the address may say after `?`; unknown words are dropped. */
export function validateSearch(_search: Record<string, unknown>) {
  return {}
}
