/** What the address of a contact may say after `?`; unknown words are dropped. */
export function validateSearch(_search: Record<string, unknown>) {
  return {}
}

export type ListSearch = {
  /** Words that a name, an email or a phone begins with. */
  search?: string
  tag?: string
}

/** For the list. A number in the address is read as text: a phone's last digits, a tag like 2026. */
export function validateListSearch({ search, tag }: Record<string, unknown>): ListSearch {
  const word = (value: unknown) => (typeof value === 'string' || typeof value === 'number') && value !== ''
  return { ...(word(search) && { search: String(search) }), ...(word(tag) && { tag: String(tag) }) }
}
