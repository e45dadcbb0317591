/** What the load, the bare script and Textback's provisioning file share. */

export const ACCOUNT_SID = 'AC000000000000000000000000000be9c4'
export const AUTH_TOKEN = '00000000000000000000000000000be9c4'

/** The business's number, and the phone that it forwards to. */
export const BUSINESS = '+12025550100'
export const TARGET = '+12025550111'

/** One period of load. */
export type Ask =
  /** Calls that begin at random moments, this many a second on average, however slow the rival is. */
  | { do: 'steady'; hooks: string; callsPerSecond: number; warmUpSeconds: number; seconds: number }
  /** Calls as fast as the rival takes them: when one is over, the next one begins. */
  | { do: 'full'; hooks: string; callsAtOnce: number; warmUpSeconds: number; seconds: number }

/** The result. Everything but `hiccups` counts the calls that ended (`full`) or began (`steady`) after warming up. */
export type Outcome = {
  calls: number
  seconds: number
  /** From sending the hang-up webhook to the arrival of the text's request, milliseconds, ascending. */
  latencies: number[]
  /** Webhooks that were not answered with 2xx, calls without a text within 30 s, calls with more than one. */
  hiccups: { refused: number; textless: number; doubled: number }
}

export type FromLoad =
  | { say: 'ready'; carrierUrl: string }
  | { say: 'measuring' }
  | { say: 'measured' }
  | { say: 'done'; outcome: Outcome }
