import type { SendResult } from '../channels/port.ts'
import type { Failure, FailureKind } from '../domain/words.ts'
import { NoAnswer, Refusal } from './http.ts'

/** One row of a carrier's table of errors; the code is its key. */
export type KnownError = { kind: FailureKind; sentence: string; nextStep: string }

export type CarrierFailure = Failure & { kind: FailureKind }

/** Reads a carrier's error: its code, and the failure in our words. */
export type ReadRefusal = (refusal: Refusal) => CarrierFailure

const QUEUE_FULL_RETRY_MS = 60_000

/** The outcome that a failed send proves. Only a send that provably was not processed may be tried again. */
export function sendFailure(error: unknown, readRefusal: ReadRefusal): Exclude<SendResult, { outcome: 'accepted' }> {
  if (error instanceof NoAnswer)
    return error.left
      ? { outcome: 'unknown', why: error.message }
      : { outcome: 'not_processed', why: error.message, retryAfterMs: null }
  if (!(error instanceof Refusal))
    return { outcome: 'unknown', why: `The carrier's answer could not be read (${messageOf(error)}).` }

  // 408 and 5xx also come from gateways, which do not know whether the request was processed.
  if (error.status >= 500 || error.status === 408)
    return { outcome: 'unknown', why: `The carrier answered with an error of its own (HTTP ${error.status}).` }
  const failure = readRefusal(error)
  if (error.status === 429 || failure.kind === 'rate')
    return {
      outcome: 'not_processed',
      why: failure.sentence,
      retryAfterMs: error.retryAfterMs ?? (error.status === 429 ? null : QUEUE_FULL_RETRY_MS),
    }
  return { outcome: 'refused', failure }
}

/** The failure of any other request (a list, a look-up, a setting) as something a person can act on. */
export function failureOf(error: unknown, readRefusal: ReadRefusal): Failure {
  if (error instanceof NoAnswer)
    return {
      code: null,
      sentence: error.message,
      nextStep: "Check this machine's internet connection and the carrier's status page, then try again.",
    }
  if (!(error instanceof Refusal))
    return {
      code: null,
      sentence: `The carrier's answer could not be read (${messageOf(error)}).`,
      nextStep: "Check that the API address of this connection is the carrier's, then try again.",
    }
  if (error.status >= 500 || error.status === 408)
    return {
      code: null,
      sentence: `The carrier answered with an error of its own (HTTP ${error.status}).`,
      nextStep: "Try again in a minute; if it stays, look at the carrier's status page.",
    }
  const { code, sentence, nextStep } = readRefusal(error)
  return { code, sentence, nextStep }
}

/** The failure for a code: from the table, or else with the carrier's own words. */
export function knownOrOther(
  table: Record<string, KnownError>,
  carrier: string,
  code: string | null,
  said: string | null,
): CarrierFailure {
  const known = code !== null && Object.hasOwn(table, code) ? table[code] : undefined
  if (known) return { code, ...known }
  const number = code === null ? 'without giving an error number' : `with error ${code}`
  return {
    code,
    kind: 'other',
    sentence: `${carrier} said no ${number}${said ? `: ${said.trim().replace(/\.$/, '')}` : ''}.`,
    nextStep: code
      ? `Look up error ${code} in ${carrier}'s documentation; nothing is tried again by itself.`
      : `Look at ${carrier}'s own log of this request; nothing is tried again by itself.`,
  }
}

/** The body as JSON, or null when it is not JSON. */
export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
