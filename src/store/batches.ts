import { isPassingFault } from './db.ts'

/**
 * Does many small equal things in few transactions. What comes while nothing is under way is done at once, so a quiet
 * system waits for nothing; what comes meanwhile gathers and is done together. Under load the cost of a transaction
 * (a third of a millisecond of CPU each, in the app and in PostgreSQL) is so shared by all that wait for it.
 *
 * Two items with one key are never in one batch, and are done in the order in which they came. When a batch fails,
 * each of its items is tried alone, so that nobody fails for a neighbour's fault.
 */
export function inBatches<Owner extends object, Item, Result>(
  keyOf: (item: Item) => string,
  work: (owner: Owner, accountId: string, items: Item[]) => Promise<Result[]>,
): (owner: Owner, accountId: string, item: Item) => Promise<Result> {
  const owners = new WeakMap<Owner, Map<string, Queue<Item, Result>>>()
  return (owner, accountId, item) => {
    const accounts = owners.get(owner) ?? new Map<string, Queue<Item, Result>>()
    owners.set(owner, accounts)
    const queue = accounts.get(accountId) ?? new Queue(keyOf, (items: Item[]) => work(owner, accountId, items))
    accounts.set(accountId, queue)
    return queue.add(item).finally(() => {
      if (queue.isEmpty()) accounts.delete(accountId)
    })
  }
}

type Waiting<Item, Result> = {
  item: Item
  key: string
  done: (result: Result) => void
  failed: (error: unknown) => void
}

class Queue<Item, Result> {
  readonly #keyOf: (item: Item) => string
  readonly #work: (items: Item[]) => Promise<Result[]>
  readonly #underWay = new Set<string>()
  #waiting: Waiting<Item, Result>[] = []
  #batches = 0

  constructor(keyOf: (item: Item) => string, work: (items: Item[]) => Promise<Result[]>) {
    this.#keyOf = keyOf
    this.#work = work
  }

  isEmpty(): boolean {
    return this.#batches === 0 && this.#waiting.length === 0
  }

  add(item: Item): Promise<Result> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, key: this.#keyOf(item), done, failed })
      this.#begin()
    })
  }

  #begin(): void {
    while (this.#batches < AT_ONCE && this.#waiting.length > 0) {
      const batch: Waiting<Item, Result>[] = []
      const later: Waiting<Item, Result>[] = []
      // A key is taken by the first that has it, whether that one goes now or waits: so they keep their order.
      const taken = new Set(this.#underWay)
      for (const one of this.#waiting) {
        if (batch.length < LARGEST && !taken.has(one.key)) batch.push(one)
        else later.push(one)
        taken.add(one.key)
      }
      if (batch.length === 0) return
      this.#waiting = later
      this.#batches++
      for (const { key } of batch) this.#underWay.add(key)
      void this.#carryOut(batch).then(() => {
        this.#batches--
        for (const { key } of batch) this.#underWay.delete(key)
        this.#begin()
      })
    }
  }

  async #carryOut(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#work(batch.map(({ item }) => item))
      for (const [i, { done }] of batch.entries()) done(results[i]!)
    } catch (error) {
      // The database is away: whoever waits behind would meet the same, and must not wait for it twice as long.
      const away = isPassingFault(error) && !isDeadlock(error)
      if (batch.length === 1 || away) {
        for (const { failed } of batch) failed(error)
        if (away) for (const { failed } of this.#waiting.splice(0)) failed(error)
      } else for (const one of batch) await this.#carryOut([one])
    }
  }
}

/** While one batch is being committed the next is prepared; more would only make them smaller. */
const AT_ONCE = 2

/** A batch is one statement over arrays: its locks are held, and its memory used, for all of them. */
const LARGEST = 100

const isDeadlock = (error: unknown) => (error as { code?: unknown })?.code === '40P01'
