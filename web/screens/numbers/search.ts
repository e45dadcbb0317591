export const numberTabs = ['text-back', 'calls', 'hours', 'limits', 'setup', 'test'] as const

export type NumberTab = (typeof numberTabs)[number]

/** What the address may say after `?`, for each of the three screens; unknown words are dropped. */
export function validateSearch(_search: Record<string, unknown>) {
  return {}
}

/** `carrier`: the connection whose numbers are being chosen. */
export function validateConnectSearch(search: Record<string, unknown>): { carrier?: string } {
  return typeof search.carrier === 'string' && search.carrier !== '' ? { carrier: search.carrier } : {}
}

export function validateNumberSearch(search: Record<string, unknown>): { tab?: NumberTab } {
  const tab = numberTabs.find((known) => known === search.tab)
  return tab ? { tab } : {}
}
