import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import type { Answer } from '../domain/webhooks.ts'
import { isLoopback, isPublic } from './addresses.ts'

/**
 * Sends requests to addresses that people of an account enter. They must not reach what only this machine can reach. So
 * every address is checked again when the connection is made, because a name may resolve to another address by then.
 */
export type Outbound = {
  /** Why this URL is refused, in words that follow its field's name; null when it is allowed. Resolves no names. */
  refusal(url: string): string | null
  /** Any answer is a value, and so is none. Throws only during `close`: send again after the next start. */
  post(ask: { url: string; headers: Record<string, string>; body: string }): Promise<Answer & { ms: number }>
  close(): Promise<void>
}

export type OutboundOptions = {
  /** Allows http and this machine, for the simulator and tests. */
  allowLoopback: boolean
  answerWithinMs?: number
  /** Resolves names; for tests. */
  lookup?: typeof dnsLookup
}

/** A receiver with more work than fits into this time must answer first. */
const ANSWER_WITHIN_MS = 10_000
const CONNECT_WITHIN_MS = 5_000

/** Enough to understand an error; the rest of an answer is not read. */
const LONGEST_ANSWER_BYTES = 1024

export function makeOutbound(options: OutboundOptions): Outbound {
  const { allowLoopback, answerWithinMs = ANSWER_WITHIN_MS, lookup = dnsLookup } = options
  const mayAsk = (address: string) => isPublic(address) || (allowLoopback && isLoopback(address))
  const agent = new Agent({
    connect: { timeout: CONNECT_WITHIN_MS, lookup: guarded(lookup, mayAsk) },
    allowH2: false,
    keepAliveTimeout: 10_000,
  })
  const closing = new AbortController()
  const refusal = (url: string) => whyRefused(url, allowLoopback, mayAsk)
  return {
    refusal,
    async post({ url, headers, body }) {
      const begun = performance.now()
      const done = (answer: Answer) => ({ ...answer, ms: Math.round(performance.now() - begun) })
      const refused = refusal(url)
      if (refused) return done({ outcome: 'none', why: `Its address ${refused}.` })
      try {
        // Redirects are not followed, because their targets are not checked.
        const reply = await request(url, {
          dispatcher: agent,
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.any([AbortSignal.timeout(answerWithinMs), closing.signal]),
        })
        return done({ outcome: 'answered', status: reply.statusCode, body: await beginningOf(reply.body) })
      } catch (error) {
        if (closing.signal.aborted) throw new Error('The program is stopping.', { cause: error })
        return done({ outcome: 'none', why: whyNone(new URL(url).host, answerWithinMs, error) })
      }
    },
    async close() {
      closing.abort()
      await agent.destroy()
    },
  }
}

function whyRefused(url: string, allowLoopback: boolean, mayAsk: (address: string) => boolean): string | null {
  if (!URL.canParse(url)) return 'is not an address; write it like https://example.com/textback'
  const { protocol, hostname, port, username, password } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https://'
  if (username || password) return 'must hold no user and password; the signature proves who asks'
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const isHere = isIP(host) ? isLoopback(host) : host === 'localhost' || host.endsWith('.localhost')
  if (isHere && allowLoopback) return null
  if (isHere || (isIP(host) && !mayAsk(host))) return 'must be on the internet; private and local addresses are refused'
  if (protocol === 'http:') return 'must begin with https://'
  // The lower ports belong to mail and other services, to which we must send nothing.
  if (port !== '' && Number(port) < 1024) return 'must have port 443, or one from 1024 on'
  return null
}

class NotPublic extends Error {}

/** Resolves a name, and returns its addresses only when all of them are allowed. */
function guarded(lookup: typeof dnsLookup, mayAsk: (address: string) => boolean): LookupFunction {
  return (hostname, options, done) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = (found ?? []) as LookupAddress[]
      if (error) return done(error, '', 0)
      if (!addresses.every(({ address }) => mayAsk(address))) return done(new NotPublic(), '', 0)
      if (options.all) return done(null, addresses)
      const [first] = addresses
      return first ? done(null, first.address, first.family) : done(new Error(`${hostname} has no address`), '', 0)
    })
}

/** The first kilobyte, or the part of it that came before the answer broke off or took too long. */
async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= LONGEST_ANSWER_BYTES) break
    }
  } catch {
    // The status counts, even when the body is incomplete.
  }
  // PostgreSQL stores no NUL in a text.
  return Buffer.concat(chunks).subarray(0, LONGEST_ANSWER_BYTES).toString('utf8').replaceAll('\0', '')
}

const CERTIFICATE = /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/

function whyNone(host: string, withinMs: number, error: unknown): string {
  // A host with several addresses fails with one AggregateError.
  if (error instanceof AggregateError && error.errors.length > 0) return whyNone(host, withinMs, error.errors[0])
  const { name, code = name } = error as { name: string; code?: string }
  if (name === 'TimeoutError') return `It did not answer within ${withinMs / 1000} s.`
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return `${host} could not be reached.`
  // One sentence for both: which names and addresses there are behind this machine is not for everybody.
  if (error instanceof NotPublic || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `There is no ${host} on the internet.`
  if (code === 'ECONNREFUSED') return `${host} refused the connection.`
  if (CERTIFICATE.test(code)) return `The certificate of ${host} is not valid (${code}).`
  return `The connection to ${host} broke before there was an answer (${code}).`
}
