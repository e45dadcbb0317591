/** Telnyx's record of one webhook, with every attempt. */
export type Delivery = {
  account: string
  id: string
  status: 'delivered' | 'failed'
  startedAt: Date
  finishedAt: Date
  webhook: Record<string, unknown>
  attempts: Attempt[]
}

export type Attempt = {
  startedAt: Date
  finishedAt: Date
  url: string
  headers: Record<string, string>
  status: number | null
  body: string
  ok: boolean
}

/** An hour of calls in a test is some thousand events; at this many the oldest half is dropped. */
const capacity = 10_000

/** Telnyx's list of webhook deliveries, oldest first. */
export class Deliveries {
  #list: Delivery[] = []

  add(delivery: Delivery) {
    if (this.#list.length === capacity) this.#list = this.#list.slice(capacity / 2)
    this.#list.push(delivery)
  }

  of(account: string): Delivery[] {
    return this.#list.filter((delivery) => delivery.account === account)
  }

  clear() {
    this.#list = []
  }
}
