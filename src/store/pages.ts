/** A place in a list: the sort keys of a page's last row. Opaque to clients. */
export const writeCursor = (keys: string[]): string => Buffer.from(JSON.stringify(keys)).toString('base64url')

/** The keys of a cursor, or null when it is invalid. */
export function readCursor(cursor: string, length: number): string[] | null {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(keys) && keys.length === length && keys.every((key) => typeof key === 'string') ? keys : null
  } catch {
    return null
  }
}

export type Page<T> = { data: T[]; nextCursor: string | null }

/** `rows` holds up to one more than `limit`, which only shows that there is a next page. */
export function pageOf<R, T>(rows: R[], limit: number, keys: (row: R) => string[], present: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    data: shown.map(present),
    nextCursor: rows.length > limit && last ? writeCursor(keys(last)) : null,
  }
}
