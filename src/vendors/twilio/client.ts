import RequestClient from 'twilio/lib/base/RequestClient.js'
import type * as SdkResponse from 'twilio/lib/http/response.js'
import Twilio from 'twilio/lib/rest/Twilio.js'
import type { Connection } from '../../domain/connection.ts'
import { type Http, Refusal } from '../http.ts'

/**
 * Twilio's SDK for one connection. Its own HTTP client (axios) is replaced by ours: one pool for all carriers, one
 * way to distinguish "never left" from "no answer", and `apiUrl` instead of Twilio's hosts.
 * It is cheap to make (its parts load when used), so none is kept and changed credentials count at once.
 */
export function twilioClient(http: Http, connection: Connection): Twilio {
  const { accountSid = '', authToken = '' } = connection.credentials
  // Twilio would refuse these, so it is not asked.
  if (!accountSid.startsWith('AC') || authToken === '') throw new Refusal({ status: 401, headers: {}, body: '' })
  return new Twilio(accountSid, authToken, {
    httpClient: new PooledClient(http, connection.apiUrl),
    // Empty, not absent: otherwise TWILIO_EDGE and TWILIO_REGION of the process would redirect our requests.
    edge: '',
    region: '',
    logLevel: '',
    env: {},
  })
}

class PooledClient extends RequestClient {
  readonly #http: Http
  readonly #apiUrl: string | null

  constructor(http: Http, apiUrl: string | null) {
    super()
    this.#http = http
    this.#apiUrl = apiUrl
  }

  override async request<T>(ask: RequestClient.RequestOptions<T>): Promise<SdkResponse.default<T>> {
    const body = ask.data ? form(ask.data).toString() : null
    const reply = await this.#http.send({
      method: ask.method.toUpperCase(),
      url: this.#address(ask.uri, form(ask.params ?? {})),
      headers: { ...ask.headers, Authorization: basic(ask.username ?? '', ask.password ?? '') },
      body,
    })
    if (reply.status < 200 || reply.status >= 300) throw new Refusal(reply)
    return { statusCode: reply.status, body: reply.body as T, headers: reply.headers }
  }

  #address(uri: string, query: URLSearchParams): string {
    const asked = new URL(uri)
    // A list's next page is an address from the answer, and the auth token must go only to Twilio's hosts or `apiUrl`.
    if (asked.protocol !== 'https:' || !/(^|\.)twilio\.com$/.test(asked.hostname))
      throw new Error(`Twilio's answer points to ${asked.host}, which is not Twilio's`)
    for (const [name, value] of query) asked.searchParams.append(name, value)
    return this.#apiUrl === null ? asked.href : `${this.#apiUrl}${asked.pathname}${asked.search}`
  }
}

function form(values: object): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [name, value] of Object.entries(values))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) fields.append(name, String(one))
  return fields
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
