/** Probabilities are 0..1, times real milliseconds. `delayMs` is added to every webhook. */
export type FaultSettings = {
  seed: number
  duplicate: number
  reorder: number
  delayMs: [number, number]
  status429: number
  status500: number
  acceptThenTimeout: number
  /** How late a text shows up in the carriers' lists. Each has its own lag, so a later text may show up before. */
  listLagMs: [number, number]
  /** How late the receipts of a text come, besides `delayMs`. */
  receiptDelayMs: [number, number]
}

export const noFaults: FaultSettings = {
  seed: 1,
  duplicate: 0,
  reorder: 0,
  delayMs: [0, 0],
  status429: 0,
  status500: 0,
  acceptThenTimeout: 0,
  listLagMs: [0, 0],
  receiptDelayMs: [0, 0],
}

/** `refuse`: the connection is cut and nothing is processed. */
export const oneShots = ['acceptThenTimeout', 'status429', 'status500', 'refuse'] as const
export type OneShot = (typeof oneShots)[number]

export type SendFault = 'none' | 'status429' | 'status500' | 'status500AfterAccept' | 'acceptThenTimeout' | 'refuse'
export type WebhookFault = { duplicate: boolean; reorder: boolean; delayMs: number }

const noWebhookFault: WebhookFault = { duplicate: false, reorder: false, delayMs: 0 }

/**
 * What goes wrong between the app and the network. Webhooks, sends and accepted texts have a seeded generator each, so
 * that the nth webhook, the nth send and the nth text have the same fault with the same seed.
 */
export class Faults {
  #settings = noFaults
  #active = false
  #webhookDraw = mulberry32(1)
  #sendDraw = mulberry32(2)
  #textDraw = mulberry32(3)
  #next: OneShot[] = []

  get settings(): FaultSettings {
    return this.#settings
  }

  set(settings: FaultSettings) {
    this.#settings = settings
    this.#active = true
    this.#webhookDraw = mulberry32(settings.seed)
    this.#sendDraw = mulberry32(settings.seed ^ 0x9e3779b9)
    this.#textDraw = mulberry32(settings.seed ^ 0x3c6ef372)
  }

  clear() {
    this.#settings = noFaults
    this.#active = false
    this.#next = []
  }

  addNext(what: OneShot, times: number) {
    for (let i = 0; i < times; i++) this.#next.push(what)
  }

  forWebhook(): WebhookFault {
    if (!this.#active) return noWebhookFault
    const { duplicate, reorder, delayMs } = this.#settings
    const [d, r, w] = [this.#webhookDraw(), this.#webhookDraw(), this.#webhookDraw()]
    return { duplicate: d < duplicate, reorder: r < reorder, delayMs: between(delayMs, w) }
  }

  forSend(): SendFault {
    const shot = this.#next.shift()
    if (shot) return shot
    if (!this.#active) return 'none'
    const { status429, status500, acceptThenTimeout } = this.#settings
    // One draw decides which fault, a second one whether a 500 was processed, which the client cannot see.
    const [draw, coin] = [this.#sendDraw(), this.#sendDraw()]
    if (draw < status429) return 'status429'
    if (draw < status429 + status500) return coin < 0.5 ? 'status500' : 'status500AfterAccept'
    if (draw < status429 + status500 + acceptThenTimeout) return 'acceptThenTimeout'
    return 'none'
  }

  /** How late an accepted text is listed, and its receipts are sent. */
  forText(): { listLagMs: number; receiptDelayMs: number } {
    const { listLagMs, receiptDelayMs } = this.#settings
    return {
      listLagMs: between(listLagMs, this.#textDraw()),
      receiptDelayMs: between(receiptDelayMs, this.#textDraw()),
    }
  }
}

const between = ([least, most]: [number, number], draw: number) => least + draw * (most - least)

/** A small seeded generator of numbers in [0, 1); plenty for choosing faults. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
