/** An error answer of the server: RFC 9457, with the faulty fields. */
export class ApiProblem extends Error {
  /** The HTTP status; 0 without any answer. */
  status: number
  title: string
  /** Null when the answer has none; empty when the title says all. */
  detail: string | null
  errors: { field: string; message: string }[]
  /** A word where the status alone does not tell what to do. */
  reason: string | null
  constructor(problem: {
    status: number
    title: string
    detail?: string
    errors?: { field: string; message: string }[]
    reason?: string
  }) {
    super(problem.title)
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail ?? null
    this.errors = problem.errors ?? []
    this.reason = problem.reason ?? null
  }
}

/** A key for one action. Made by hand, because crypto.randomUUID is missing on plain http in a private network. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A page of a list, newest first; ask again with `cursor: nextCursor` until it is null. */
export type List<T> = { data: T[]; nextCursor: string | null }

type Query = Record<string, string | number | boolean | null | undefined>

export const api = {
  /** `signal` comes from TanStack Query. Empty values of `query` are left out. */
  get: <T>(path: string, query: Query = {}, signal?: AbortSignal) =>
    ask<T>('GET', `/api/v1${path}${search(query)}`, undefined, { signal }),
  /** With a `key` (newKey(), made once per action) a repeat does nothing twice. */
  post: <T>(path: string, body: object = {}, key?: string) => ask<T>('POST', `/api/v1${path}`, body, { key }),
  put: <T>(path: string, body: object) => ask<T>('PUT', `/api/v1${path}`, body),
  patch: <T>(path: string, body: object) => ask<T>('PATCH', `/api/v1${path}`, body),
  delete: (path: string) => ask<null>('DELETE', `/api/v1${path}`),
}

/**
 * The business that this page shows, sent with every request. A switch to another business in another tab must not make
 * this page write there.
 */
let actsFor: string | null = null
export const actFor = (accountId: string): void => {
  actsFor = accountId
}

/** Sends a request; returns the answer's JSON, or null without a body. Throws an ApiProblem for any other answer. */
export async function ask<T>(
  method: string,
  path: string,
  body?: object,
  { signal, key }: { signal?: AbortSignal; key?: string } = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body) headers['content-type'] = 'application/json'
  if (key) headers['idempotency-key'] = key
  if (actsFor && path !== '/api/v1/me') headers['x-textback-account'] = actsFor
  let answer: Response
  try {
    answer = await fetch(path, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiProblem({
      status: 0,
      title: 'Textback cannot be reached',
      detail: 'Check this device’s connection, then try again. Nothing is lost on the server.',
    })
  }
  const text = await answer.text()
  const json = parse(text)
  if (answer.ok) return json as T
  // The API's errors have `title`, the sign-in routes' have `message`.
  const said = (json ?? {}) as Said
  throw new ApiProblem({
    status: answer.status,
    title: said.title ?? said.message ?? `The server answered ${answer.status}`,
    detail: said.detail,
    errors: said.errors,
    reason: said.reason,
  })
}

type Said = { title?: string; message?: string; detail?: string; errors?: ApiProblem['errors']; reason?: string }

function parse(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function search(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return given.length > 0 ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : ''
}
