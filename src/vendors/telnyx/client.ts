import Telnyx from 'telnyx'
import type { Connection } from '../../domain/connection.ts'
import { jsonOf } from '../failures.ts'
import { type Http, Refusal } from '../http.ts'
import { isObject } from './event.ts'

/**
 * Telnyx's SDK for one connection, over our pool of connections. `maxRetries: 0`: the SDK would repeat a POST
 * /messages after 408, 409, 429 and 5xx, and was seen to send a 409 opt-out three times.
 */
export function telnyxClient(http: Http, connection: Connection, answerWithinMs?: number): Telnyx {
  const { apiKey = '' } = connection.credentials
  // Telnyx would refuse this key, so it is not asked.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new Refusal({ status: 401, headers: {}, body: '' })
  return new Telnyx({
    apiKey,
    baseURL: `${connection.apiUrl ?? 'https://api.telnyx.com'}/v2`,
    // Null, not absent: absent reads TELNYX_PUBLIC_KEY, TELNYX_CLIENT_ID and TELNYX_CLIENT_SECRET of the process.
    publicKey: null,
    clientID: null,
    clientSecret: null,
    maxRetries: 0,
    logLevel: 'off',
    fetch: (url, init) => pooledFetch(http, String(url), init, answerWithinMs),
  })
}

async function pooledFetch(http: Http, url: string, init: RequestInit | undefined, answerWithinMs?: number) {
  const method = (init?.method ?? 'GET').toUpperCase()
  const reply = await http.send({
    method,
    url,
    headers: Object.fromEntries(new Headers(init?.headers)),
    body: typeof init?.body === 'string' ? init.body : null,
    ...(answerWithinMs !== undefined && { answerWithinMs }),
  })
  if (reply.status < 200 || reply.status >= 300) throw new Refusal(reply)
  // The SDK reads a list without `data` as empty, and for us an empty list means "never sent, send it again".
  const answer = jsonOf(reply.body)
  if (method === 'GET' && !(isObject(answer) && 'data' in answer)) throw new Error('There is no data in it')
  return new Response(reply.status === 204 ? null : reply.body, { status: reply.status, headers: reply.headers })
}

/** The SDK wraps what its fetch throws; this is our error inside. */
export function causeOf(error: unknown): unknown {
  const { cause } = (error ?? {}) as { cause?: unknown }
  return cause instanceof Error ? cause : error
}
