import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TelnyxAccount } from '../accounts.ts'

/** One authenticated request: what every route needs. */
export type Asked = {
  account: TelnyxAccount
  params: Record<string, string>
  query: Record<string, string>
  body: Record<string, unknown>
  request: FastifyRequest
  reply: FastifyReply
}

/** `kind: 'list'` marks a route that fails while the simulator's lists are unreadable. */
export type Route = (
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  handle: (asked: Asked) => unknown,
  kind?: 'list',
) => void

/** An error of Telnyx's API, sent as its JSON. */
export class TelnyxError extends Error {
  status: number
  code: string
  title: string
  pointer: string | undefined

  constructor(status: number, code: string, title: string, detail: string, pointer?: string) {
    super(detail)
    this.status = status
    this.code = code
    this.title = title
    this.pointer = pointer
  }

  toJson() {
    const source = this.pointer ? { source: { pointer: this.pointer } } : {}
    return { errors: [{ code: this.code, detail: this.message, title: this.title, ...source }] }
  }
}

export function notFound(what: string): TelnyxError {
  return new TelnyxError(404, '10005', 'Resource not found', `${what} could not be found.`)
}

/** A required text of the body. */
export function required(body: Record<string, unknown>, field: string): string {
  const value = body[field]
  if (typeof value === 'string' && value !== '') return value
  const detail = `The '${field}' parameter is required and cannot be blank.`
  throw new TelnyxError(422, '10004', 'Missing required parameter', detail, `/${field}`)
}

/** An optional whole number of the body, in its bounds. */
export function wholeNumber(
  body: Record<string, unknown>,
  field: string,
  low: number,
  high: number,
  absent: number,
): number {
  const value = body[field] ?? absent
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value
  const detail = `The value is outside of allowed range ${low} to ${high}`
  throw new TelnyxError(422, '10033', 'Value outside of range', detail, `/${field}`)
}

/** One page of a list, `page[number]` and `page[size]`, with its meta. */
export function pageOf<T>(items: T[], query: Record<string, string>, show: (item: T) => unknown, largest = 250) {
  const size = Math.min(largest, Math.max(1, Number(query['page[size]']) || 20))
  const number = Math.max(1, Number(query['page[number]']) || 1)
  return {
    data: items.slice((number - 1) * size, number * size).map(show),
    meta: {
      page_number: number,
      page_size: size,
      total_pages: Math.ceil(items.length / size),
      total_results: items.length,
    },
  }
}

export type Filter = { field: string; operator: string; value: string }

/** `filter[field]=x` and `filter[field][operator]=x` of a query. */
export function filtersIn(query: Record<string, string>): Filter[] {
  return Object.entries(query).flatMap(([name, value]) => {
    const match = /^filter\[([\w.]+)\](?:\[(\w+)\])?$/.exec(name)
    return match ? [{ field: match[1]!, operator: match[2] ?? 'eq', value }] : []
  })
}

/** Whether a record passes the filter; dates compare as dates. */
export function passes(record: Record<string, unknown>, { field, operator, value }: Filter): boolean {
  const actual = record[field]
  const text = actual === null || actual === undefined ? '' : String(actual)
  const [a, b] = [Date.parse(text), Date.parse(value)]
  const order = Number.isNaN(a) || Number.isNaN(b) ? text.localeCompare(value) : a - b
  switch (operator) {
    case 'eq':
      return value.split(',').includes(text)
    case 'contains':
      return text.includes(value)
    case 'starts_with':
      return text.startsWith(value)
    case 'ends_with':
      return text.endsWith(value)
    case 'gt':
      return order > 0
    case 'gte':
      return order >= 0
    case 'lt':
      return order < 0
    case 'lte':
      return order <= 0
    default:
      throw new TelnyxError(400, '10015', 'Bad Request', `Unknown filter operator ${operator}`)
  }
}
