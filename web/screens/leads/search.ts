export type Search = {
  /** The board when missing. */
  layout?: 'table'
  /** On the board of a phone: the visible stage. In the table: a filter. */
  stage?: string
  status?: 'open' | 'won' | 'lost'
  search?: string
  /** The least value, in whole dollars (or the account's currency). */
  min?: number
}

/** What the address may say after `?`; unknown words are dropped. */
export function validateSearch({ layout, stage, status, search, min }: Record<string, unknown>): Search {
  return {
    ...(layout === 'table' && { layout }),
    ...(typeof stage === 'string' && /^[0-9a-f-]{36}$/.test(stage) && { stage }),
    ...((status === 'open' || status === 'won' || status === 'lost') && { status }),
    ...((typeof search === 'string' || typeof search === 'number') && search !== '' && { search: String(search) }),
    ...(typeof min === 'number' && min > 0 && { min }),
  }
}
