import { apiVersion } from './shapes.ts'

/** Anything that a list can hold, numbered in order of creation. */
export type Listed = { seq: number; id: string }

/**
 * A page of a list, newest first, as at Twilio: a token names the last item of the page before, so that new items do
 * not shift the pages.
 */
export function makePage<T extends Listed>(
  items: T[],
  matches: (item: T) => boolean,
  query: Record<string, string>,
  list: {
    accountSid: string
    file: string
    key: string
    find: (id: string) => T | undefined
    show: (item: T) => unknown
  },
) {
  const size = Math.min(1000, Math.max(1, Number(query.PageSize) || 50))
  const page = Math.max(0, Number(query.Page) || 0)
  const last = query.PageToken ? list.find(query.PageToken.slice(2)) : undefined
  const before = last?.seq ?? Number.POSITIVE_INFINITY
  let skip = last ? 0 : page * size
  const found: T[] = []
  let more = false
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!
    if (item.seq >= before || !matches(item)) continue
    if (skip > 0) {
      skip--
      continue
    }
    if (found.length === size) {
      more = true
      break
    }
    found.push(item)
  }
  const uri = (number: number, token?: string) => {
    const { Page: _, PageToken: __, PageSize: ___, ...filters } = query
    const params = new URLSearchParams({ ...filters, PageSize: String(size), Page: String(number) })
    if (token) params.set('PageToken', token)
    return `/${apiVersion}/Accounts/${list.accountSid}/${list.file}?${params}`
  }
  return {
    [list.key]: found.map(list.show),
    end: page * size + Math.max(0, found.length - 1),
    first_page_uri: uri(0),
    next_page_uri: more ? uri(page + 1, `PA${found.at(-1)!.id}`) : null,
    page,
    page_size: size,
    previous_page_uri: page > 0 ? uri(page - 1) : null,
    start: page * size,
    uri: uri(page, query.PageToken),
  }
}

/**
 * Twilio's date filters: `Name`, `Name>` (on or after) and `Name<` (on or before), a GMT day or a moment. Dates on Twilio
 * have whole seconds; an item without the date matches no filter.
 */
export function dateMatcher(query: Record<string, string>, name: string): (date: Date | null) => boolean {
  const bounds = (['', '>', '<'] as const).flatMap((sign) => {
    const value = query[name + sign]
    return value ? [{ sign, ...spanOf(value) }] : []
  })
  return (date) =>
    bounds.every(({ sign, from, to }) => {
      if (!date) return false
      const at = Math.floor(date.getTime() / 1000) * 1000
      return (sign === '<' || at >= from) && (sign === '>' || at < to)
    })
}

function spanOf(value: string): { from: number; to: number } {
  const from = Date.parse(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value)
  return { from: Math.floor(from / 1000) * 1000, to: from + (value.length === 10 ? 86_400_000 : 1000) }
}
