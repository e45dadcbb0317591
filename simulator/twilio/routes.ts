import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TwilioAccount } from '../accounts.ts'

/** One request to an account: what every route needs. */
export type AccountRequest = {
  account: TwilioAccount
  /** The last part of the path without `.json`. */
  sid: string
  query: Record<string, string>
  form: Record<string, string>
  request: FastifyRequest
  reply: FastifyReply
}

export type Route = (method: 'GET' | 'POST', path: string, handle: (asked: AccountRequest) => unknown) => void

/** An error of Twilio's API, sent as its JSON. */
export class TwilioError extends Error {
  status: number
  code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export function notFound(url: string): TwilioError {
  return new TwilioError(404, 20404, `The requested resource ${url.split('?')[0]} was not found`)
}

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}
