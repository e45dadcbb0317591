/** What the server answers when it does not do what was asked: RFC 9457, with the fields that are wrong. */
export class ApiProblem extends Error {
  /** The HTTP status; 0 when no answer came at all. */
  status: number
  title: string
  detail: string
  errors: { field: string; message: string }[]
  constructor(problem: {
    status: number
    title: string
    detail?: string
    errors?: { field: string; message: string }[]
  }) {
    super(problem.title)
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail ?? ''
    this.errors = problem.errors ?? []
  }
}

/** A key for one thing to do. By hand, because crypto.randomUUID is missing on plain http in one's own network. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A page of a list, newest first; ask again with `cursor: nextCursor` until it is null. */
export type List<T> = { data: T[]; nextCursor: string | null }

type Query = Record<string, string | number | boolean | null | undefined>

export const api = {
  /** `signal` is what TanStack Query hands to a query function. Empty values of `query` are left out. */
  get: <T>(path: string, query: Query = {}, signal?: AbortSignal) =>
    ask<T>('GET', `/api/v1${path}${search(query)}`, undefined, { signal }),
  /** With a `key` (newKey(), made once for one thing to do) a repeat does nothing twice. */
  post: <T>(path: string, body: object = {}, key?: string) => ask<T>('POST', `/api/v1${path}`, body, { key }),
  put: <T>(path: string, body: object) => ask<T>('PUT', `/api/v1${path}`, body),
  patch: <T>(path: string, body: object) => ask<T>('PATCH', `/api/v1${path}`, body),
  delete: (path: string) => ask<null>('DELETE', `/api/v1${path}`),
}

/**
 * The business that this page shows. It goes with every request: whoever changes over in another tab must not write from
 * here into that one.
 */
let actsFor: string | null = null
export const actFor = (accountId: string): void => {
  actsFor = accountId
}

/** Asks the server; the answer's JSON, or null when it has no body. Throws an ApiProblem for everything else. */
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
  // The API says `title`, the sign-in routes say `message`.
  const said = (json ?? {}) as { title?: string; message?: string; detail?: string; errors?: ApiProblem['errors'] }
  throw new ApiProblem({
    status: answer.status,
    title: said.title ?? said.message ?? `The server answered ${answer.status}`,
    detail: said.detail,
    errors: said.errors,
  })
}

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
