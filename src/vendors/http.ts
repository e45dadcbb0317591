import { Agent, request } from 'undici'

/**
 * The one HTTP client for all carriers. It never repeats a request: no carrier has an idempotent send, so only the
 * outbox decides about a second try.
 */
export type Http = {
  /** Answers of any status are values; throws `NoAnswer` when there is none. */
  send(ask: HttpAsk): Promise<HttpReply>
  close(): Promise<void>
}

export type HttpAsk = {
  method: string
  url: string
  headers: Record<string, string>
  body: string | null
  /** Replaces the usual limit. It covers the whole exchange, from connecting to reading the body. */
  answerWithinMs?: number
}

export type HttpReply = { status: number; headers: Record<string, string>; body: string }

/** There is no answer. `left` says whether the request may have reached the carrier. */
export class NoAnswer extends Error {
  readonly left: boolean
  constructor(message: string, left: boolean, cause: unknown) {
    super(message, { cause })
    this.name = 'NoAnswer'
    this.left = left
  }
}

/** The carrier answered with an error status. Thrown inside the official SDKs to keep status, headers and body. */
export class Refusal extends Error {
  readonly status: number
  readonly retryAfterMs: number | null
  readonly body: string
  constructor(reply: HttpReply) {
    super(`HTTP ${reply.status}`)
    this.name = 'Refusal'
    this.status = reply.status
    this.retryAfterMs = retryAfterMs(reply.headers)
    this.body = reply.body
  }
}

/**
 * A text-back should be out within seconds: reconciliation asks a carrier that takes longer than this. It is below the
 * 10 s that a container gets to stop, so that the outcome of an open send is still stored.
 */
const ANSWER_WITHIN_MS = 8_000
const CONNECT_WITHIN_MS = 3_000
/** The longest list page (1,000 entries of about 2 KB) with room to spare; more is not a carrier's answer. */
const LONGEST_ANSWER_BYTES = 8 * 1024 * 1024

/** `answerWithinMs` is for tests, which cannot wait 8 s for a carrier that is silent on purpose. */
export function makeHttp({ answerWithinMs = ANSWER_WITHIN_MS }: { answerWithinMs?: number } = {}): Http {
  const agent = new Agent({
    connect: { timeout: CONNECT_WITHIN_MS },
    // Shorter than the idle time-outs of the load balancers in front of both carriers (60 s and up), so that a send
    // does not meet a socket which the other side is just closing and end as `unknown`.
    keepAliveTimeout: 10_000,
    maxResponseSize: LONGEST_ANSWER_BYTES,
  })
  return {
    async send(ask) {
      const within = ask.answerWithinMs ?? answerWithinMs
      try {
        const reply = await request(ask.url, {
          dispatcher: agent,
          method: ask.method as 'GET',
          headers: ask.headers,
          body: ask.body,
          signal: AbortSignal.timeout(within),
        })
        return { status: reply.statusCode, headers: plain(reply.headers), body: await reply.body.text() }
      } catch (error) {
        throw noAnswer(ask.url, within, error)
      }
    },
    close: () => agent.close(),
  }
}

// Raised while connecting: no byte of the request was written.
const NEVER_LEFT = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_CLOSED',
  'ERR_INVALID_URL',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])

function noAnswer(url: string, withinMs: number, error: unknown): NoAnswer {
  const host = URL.canParse(url) ? new URL(url).host : url
  const name = codeOf(error) ?? String(error)
  if (neverLeft(error)) return new NoAnswer(`${host} could not be reached (${name}).`, false, error)
  if (error instanceof Error && error.name === 'TimeoutError')
    return new NoAnswer(`${host} did not answer within ${withinMs / 1000} s.`, true, error)
  return new NoAnswer(`The connection to ${host} broke before the answer was complete (${name}).`, true, error)
}

function neverLeft(error: unknown): boolean {
  // A host with several addresses fails with one AggregateError.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(neverLeft)
  const { syscall } = (error ?? {}) as { syscall?: unknown }
  return syscall === 'connect' || syscall === 'getaddrinfo' || NEVER_LEFT.has(codeOf(error) ?? '')
}

function codeOf(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : null
}

function plain(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

function retryAfterMs(headers: Record<string, string>): number | null {
  const seconds = Number(headers['retry-after'])
  return headers['retry-after'] !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}
