import { readCursor } from '../../store/pages.ts'
import { invalid } from '../errors.ts'

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** The id after which the page begins, for lists sorted by id (newest first), or null for the first page. */
export function afterId(cursor: string | undefined): string | null {
  if (!cursor) return null
  const id = readCursor(cursor, 1)?.[0]
  if (!id || !UUID.test(id)) throw wrongCursor()
  return id
}

/** Like `afterId`, for lists sorted by a time and then the id. */
export function afterTime(cursor: string | undefined): { at: Date; id: string } | null {
  if (!cursor) return null
  const [at, id] = readCursor(cursor, 2) ?? []
  if (!at || !id || !UUID.test(id) || Number.isNaN(Date.parse(at))) throw wrongCursor()
  return { at: new Date(at), id }
}

/** Like `afterId`, for lists of phones sorted by a time and then the phone. */
export function afterPhone(cursor: string | undefined): { at: Date; phone: string } | null {
  if (!cursor) return null
  const [at, phone] = readCursor(cursor, 2) ?? []
  if (!at || !phone || Number.isNaN(Date.parse(at))) throw wrongCursor()
  return { at: new Date(at), phone }
}

const wrongCursor = () =>
  invalid([{ field: 'cursor', message: 'is not one that we gave; take nextCursor of the page before' }])
