/** What Telnyx remembers of one webhook; `attempts` hold every try. */
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

/** An hour of catching up in a test is some thousand events; beyond this the oldest half is forgotten. */
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
