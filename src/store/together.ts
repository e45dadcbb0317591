import { asAccount, type Database, isDatabaseAway, isDeadlock, type Tx, WaitedTooLong } from './db.ts'

/**
 * All batching is here. Actions handle one call or one message; this file lets many of them share what costs:
 * `sharedTransactions` one commit, `gathered` one statement. Only this file works in arrays.
 */

/** Does `work` in a transaction of the account. */
export type InTransaction = <T>(
  db: Database,
  accountId: string,
  key: string,
  work: (tx: Tx) => Promise<T>,
) => Promise<T>

/**
 * Transactions shared by work of one kind. Work that arrives while none is running begins at once, so a quiet system
 * waits for nothing; work that arrives meanwhile gathers, and shares the next transaction of its account. Under load
 * this divides the cost of a commit: with two transactions at a time, which are smaller, PostgreSQL needed half as much
 * CPU again for a call.
 *
 * Work with the same key never shares a transaction and runs in the order of arrival. `work` may run twice: when a
 * shared transaction fails, each part runs again alone, so that no part fails because of another. A slow transaction
 * delays only the work with its keys.
 */
export function sharedTransactions(open: Opens = asAccount): InTransaction {
  // An account that was once active keeps its queue: some hundred bytes.
  const databases = new WeakMap<Database, Map<string, Queue>>()
  return (db, accountId, key, work) => {
    const accounts = databases.get(db) ?? new Map<string, Queue>()
    databases.set(db, accounts)
    const queue = accounts.get(accountId) ?? new Queue((inside, limits) => open(db, accountId, inside, limits))
    accounts.set(accountId, queue)
    return queue.add(key, work) as Promise<never>
  }
}

type Waiting = {
  key: string
  work: (tx: Tx) => Promise<unknown>
  done: (result: unknown) => void
  failed: (error: unknown) => void
  /** Ends the wait for a transaction. */
  tooLong: NodeJS.Timeout
}

type Opens = typeof asAccount
type Transaction = (inside: (tx: Tx) => Promise<unknown[]>, limits: { lockMs?: number }) => Promise<unknown[]>

/**
 * The lock that one part needs must not delay the others for long: a shared transaction waits this long for it, and
 * then the part runs alone. Work that arrives later waits no longer than this either, and then runs in parallel.
 */
const LOCK_MS = 1_000

/** A transaction holds its locks, and its memory, for all that share it. */
const LARGEST = 100

/** After a shared transaction failed, its parts are done alone, so many of the process at a time: the pool has 16 connections. */
const ALONE_AT_ONCE = 8

/** At most this many slow transactions are left to run in parallel, for the same reason. */
const SLOW_AT_ONCE = 4

/** Whoever gets no transaction within this fails, as a fault that passes: a carrier asks again, but waits 5 s at most. */
const WAIT_MS = 4_000

class Queue {
  readonly #transaction: Transaction
  #waiting: Waiting[] = []
  /** By their keys. */
  readonly #underWay = new Map<string, Waiting>()
  #batchesUnderWay = 0
  #busy = false

  constructor(transaction: Transaction) {
    this.#transaction = transaction
  }

  add(key: string, work: (tx: Tx) => Promise<unknown>): Promise<unknown> {
    return new Promise((done, failed) => {
      const tooLong = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== one)
        failed(new WaitedTooLong())
      }, WAIT_MS)
      const one: Waiting = { key, work, done, failed, tooLong }
      this.#waiting.push(one)
      void this.#goOn()
    })
  }

  async #goOn(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    while (this.#batchesUnderWay < SLOW_AT_ONCE) {
      const batch = this.#takeBatch()
      if (batch.length === 0) break
      this.#batchesUnderWay += 1
      const carriedOut = this.#carryOut(batch).then(() => {
        this.#batchesUnderWay -= 1
        void this.#goOn()
      })
      await atMost(LOCK_MS, carriedOut)
    }
    this.#busy = false
  }

  #takeBatch(): Waiting[] {
    const batch: Waiting[] = []
    const later: Waiting[] = []
    const keys = new Set(this.#underWay.keys())
    for (const one of this.#waiting) {
      const goes = batch.length < LARGEST && !keys.has(one.key)
      // Work that has to wait delays later work with the same key.
      keys.add(one.key)
      ;(goes ? batch : later).push(one)
      if (!goes) continue
      clearTimeout(one.tooLong)
      this.#underWay.set(one.key, one)
    }
    this.#waiting = later
    return batch
  }

  async #carryOut(batch: Waiting[]): Promise<void> {
    const limits = batch.length > 1 ? { lockMs: LOCK_MS } : {}
    try {
      const results = await this.#transaction((tx) => Promise.all(batch.map(({ work }) => work(tx))), limits)
      for (const [i, one] of batch.entries()) this.#end(one, () => one.done(results[i]))
    } catch (error) {
      const mayPassAlone = batch.length > 1 || isDeadlock(error)
      if (isDatabaseAway(error) || !mayPassAlone) return this.#fail(batch, error)
      for (const one of batch) void this.#alone(one)
    }
  }

  async #alone(one: Waiting): Promise<void> {
    const since = performance.now()
    await aPlaceAlone()
    try {
      if (performance.now() - since > WAIT_MS) throw new WaitedTooLong()
      const [result] = await this.#transaction(async (tx) => [await one.work(tx)], {})
      this.#end(one, () => one.done(result))
    } catch (error) {
      this.#fail([one], error)
    } finally {
      leaveAlone()
    }
  }

  #fail(batch: Waiting[], error: unknown): void {
    for (const one of batch) this.#end(one, () => one.failed(error))
    if (!isDatabaseAway(error)) return
    // Whoever waits behind or beside would meet the same, and must not wait for it twice as long.
    for (const { tooLong, failed } of [...this.#underWay.values(), ...this.#waiting.splice(0)]) {
      clearTimeout(tooLong)
      failed(error)
    }
  }

  #end(one: Waiting, tell: () => void): void {
    this.#underWay.delete(one.key)
    tell()
    // Starts what its key held back.
    if (this.#waiting.length > 0) queueMicrotask(() => this.#goOn())
  }
}

let alone = 0
const waitingAlone: (() => void)[] = []

async function aPlaceAlone(): Promise<void> {
  if (alone < ALONE_AT_ONCE) alone += 1
  else await new Promise<void>((go) => waitingAlone.push(go))
}

/** Whoever waits longest takes the place over. */
function leaveAlone(): void {
  const next = waitingAlone.shift()
  if (next) next()
  else alone -= 1
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const timeUp = Promise.withResolvers<void>()
  const timer = setTimeout(timeUp.resolve, ms)
  await Promise.race([work, timeUp.promise])
  clearTimeout(timer)
}

/**
 * One statement for all who ask the same of one transaction at the same moment. `ask` gets their items and returns the
 * answers in that order; each caller gets its own. Work in a shared transaction runs in step, so its statements gather.
 */
export function gathered<Item, Answer>(
  ask: (tx: Tx, accountId: string, items: Item[]) => Promise<Answer[]>,
): (tx: Tx, accountId: string, item: Item) => Promise<Answer> {
  type Asked = { item: Item; done: (answer: Answer) => void; failed: (error: unknown) => void }
  const asked = new WeakMap<Tx, Asked[]>()
  const askAll = (tx: Tx, accountId: string) => {
    const all = asked.get(tx)!
    asked.delete(tx)
    ask(
      tx,
      accountId,
      all.map(({ item }) => item),
    ).then(
      (answers) => {
        for (const [i, { done }] of all.entries()) done(answers[i]!)
      },
      (error) => {
        for (const { failed } of all) failed(error)
      },
    )
  }
  return (tx, accountId, item) =>
    new Promise((done, failed) => {
      const all = asked.get(tx)
      if (all) all.push({ item, done, failed })
      else {
        asked.set(tx, [{ item, done, failed }])
        // A tick begins after all microtasks, so also after those in which the others ask.
        void Promise.resolve().then(() => process.nextTick(askAll, tx, accountId))
      }
    })
}

/** The last promise for each key that a transaction works with. */
const turns = new WeakMap<Tx, Map<string, Promise<unknown>>>()

/** Runs work one after the other within a transaction, when its steps must see the rows of the one before. */
export function inTurn<T>(tx: Tx, key: string, work: () => Promise<T>): Promise<T> {
  const rows = turns.get(tx) ?? new Map<string, Promise<unknown>>()
  turns.set(tx, rows)
  const before = rows.get(key)
  const mine = before ? before.then(work) : work()
  rows.set(key, mine)
  return mine
}
