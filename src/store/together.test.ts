import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database, Tx } from './db.ts'
import { gathered, inTurn, sharedTransactions } from './together.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Shared transactions that end when the test says so: what each held, and how to end the current one. */
function held() {
  const batches: string[][] = []
  let end: (fault?: Error) => void = () => {}
  let inside: string[] = []
  const share = sharedTransactions(async (_db, _account, work) => {
    inside = []
    const result = work({} as Tx)
    batches.push(inside)
    await new Promise<void>((done, failed) => {
      end = (fault) => (fault ? failed(fault) : done())
    })
    return result
  })
  const db = {} as Database
  return {
    batches,
    add: (item: string, account = 'acme') =>
      share(db, account, item[0]!, async () => {
        inside.push(item)
        return `${account} ${item}`
      }),
    async end(fault?: Error) {
      end(fault)
      await turn()
    },
  }
}

const outcome = (asked: Promise<string>) => asked.catch((error: Error) => error.message)

test('the first goes at once; what comes meanwhile goes together', async () => {
  const { batches, add, end } = held()
  const asked = [add('a1'), add('b1'), add('c1')]
  assert.deepEqual(batches, [['a1']])
  await end()
  assert.deepEqual(batches, [['a1'], ['b1', 'c1']])
  await end()
  assert.deepEqual(await Promise.all(asked), ['acme a1', 'acme b1', 'acme c1'])
})

test('one key is in a transaction once, in the order of its coming', async () => {
  const { batches, add, end } = held()
  for (const item of ['a1', 'b1', 'b2', 'c1', 'b3']) void add(item)
  await end()
  await end()
  await end()
  await end()
  assert.deepEqual(batches, [['a1'], ['b1', 'c1'], ['b2'], ['b3']])
})

test('accounts do not wait for each other', async () => {
  const { batches, add } = held()
  void add('a1', 'acme')
  void add('a2', 'other')
  assert.deepEqual(batches, [['a1'], ['a2']])
})

test('when a shared transaction fails, its parts are done alone', async () => {
  const batches: string[][] = []
  const share = sharedTransactions(async (_db, _account, work) => {
    const inside: string[] = []
    batches.push(inside)
    const result = await work({ inside } as never)
    await turn()
    if (inside.includes('b1')) throw new Error(inside.length > 1 ? 'one of them is bad' : 'b1 is bad')
    return result
  })
  const db = {} as Database
  const add = (item: string) =>
    outcome(
      share(db, 'acme', item, async (tx) => {
        ;(tx as unknown as { inside: string[] }).inside.push(item)
        return item
      }),
    )
  assert.deepEqual(await Promise.all([add('a1'), add('b1'), add('c1')]), ['a1', 'b1 is bad', 'c1'])
  assert.deepEqual(batches, [['a1'], ['b1', 'c1'], ['b1'], ['c1']])
})

test('a lock that one of them waits for in vain fails nobody else, and is waited for in a shared transaction only briefly', async () => {
  const waits: (number | undefined)[] = []
  const share = sharedTransactions(async (_db, _account, work, limits) => {
    waits.push(limits?.lockMs)
    return work({} as Tx)
  })
  const db = {} as Database
  const timeout = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' })
  const add = (item: string) =>
    outcome(share(db, 'acme', item, () => (item === 'stuck' ? Promise.reject(timeout) : Promise.resolve(item))))
  assert.deepEqual(await Promise.all(['a', 'stuck', 'b'].map(add)), ['a', timeout.message, 'b'])
  assert.deepEqual(waits, [undefined, 1_000, undefined, undefined])
})

test('a transaction that takes long holds back only the work with its keys', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const begun: string[][] = []
  const slow = Promise.withResolvers<void>()
  const share = sharedTransactions(async (_db, _account, work) => {
    const inside: string[] = []
    begun.push(inside)
    const result = await work({ inside } as never)
    if (inside.includes('a1')) await slow.promise
    return result
  })
  const db = {} as Database
  const add = (item: string) =>
    share(db, 'acme', item[0]!, async (tx) => {
      ;(tx as unknown as { inside: string[] }).inside.push(item)
      return item
    })
  const [a1, a2, b1] = [add('a1'), add('a2'), add('b1')]
  await turn()
  assert.deepEqual(begun, [['a1']])
  t.mock.timers.tick(1_000)
  assert.equal(await b1, 'b1')
  assert.equal(await add('c1'), 'c1')
  assert.deepEqual(begun, [['a1'], ['b1'], ['c1']])
  slow.resolve()
  assert.deepEqual(await Promise.all([a1, a2]), ['a1', 'a2'])
  assert.deepEqual(begun.at(-1), ['a2'])
})

test('when the database is away, whoever waits hears it at once', async () => {
  const { batches, add, end } = held()
  const asked = [add('a1'), add('b1'), add('c1')].map(outcome)
  await end(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
  assert.deepEqual(await Promise.all(asked), ['away', 'away', 'away'])
  assert.equal(batches.length, 1)
  const later = add('a2')
  await end()
  assert.equal(await later, 'acme a2')
})

test('when the database is away, whoever was gone on with beside hears it as well', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const away = Promise.withResolvers<never>()
  let begun = 0
  const share = sharedTransactions(async (_db, _account, work) => {
    begun += 1
    const isFirst = begun === 1
    await work({} as Tx)
    return isFirst ? away.promise : new Promise<never>(() => {})
  })
  const db = {} as Database
  const asked = ['a', 'b'].map((item) => outcome(share(db, 'acme', item, async () => item)))
  await turn()
  t.mock.timers.tick(1_000)
  await turn()
  assert.equal(begun, 2)
  away.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
  assert.deepEqual(await Promise.all(asked), ['away', 'away'])
})

test('who asks the same of one transaction at the same moment shares a statement, and gets an answer of their own', async () => {
  const statements: string[][] = []
  const upper = gathered(async (_tx, _account, words: string[]) => {
    statements.push(words)
    return words.map((word) => word.toUpperCase())
  })
  const tx = {} as Tx
  const steps = async (word: string) => {
    await Promise.resolve()
    const once = await upper(tx, 'acme', word)
    return upper(tx, 'acme', `${once}${once}`)
  }
  assert.deepEqual(await Promise.all([steps('a'), steps('b')]), ['AA', 'BB'])
  assert.deepEqual(statements, [
    ['a', 'b'],
    ['AA', 'BB'],
  ])
})

test('work with one key of a transaction goes one after the other, the rest side by side', async () => {
  const log: string[] = []
  const tx = {} as Tx
  const work = (name: string) => async () => {
    log.push(`${name} begins`)
    await turn()
    log.push(`${name} ends`)
  }
  await Promise.all([inTurn(tx, 'x', work('x1')), inTurn(tx, 'x', work('x2')), inTurn(tx, 'y', work('y1'))])
  assert.deepEqual(log, ['x1 begins', 'y1 begins', 'x1 ends', 'x2 begins', 'y1 ends', 'x2 ends'])
})

test('a deadlock is broken and gone through once more', async () => {
  let begun = 0
  const share = sharedTransactions(async (_db, _account, work) => {
    begun += 1
    if (begun === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
    return work({} as Tx)
  })
  assert.equal(await share({} as Database, 'acme', 'a', async () => 'a'), 'a')
  assert.equal(begun, 2)
})

test('who gets no transaction in time fails, and may come again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { add, end } = held()
  const [a1, a2] = [add('a1'), add('a2')].map(outcome)
  await turn()
  t.mock.timers.tick(4_000)
  assert.equal(await a2, 'There was no transaction to be had in time.')
  await end()
  assert.equal(await a1, 'acme a1')
})

test('what is done alone and waits for a lock holds back nobody else of the account', async () => {
  const free = Promise.withResolvers<void>()
  let atOnce = 0
  let most = 0
  const share = sharedTransactions(async (_db, _account, work, limits) => {
    if (limits?.lockMs) throw Object.assign(new Error('lock timeout'), { code: '55P03' })
    return work({} as Tx)
  })
  const db = {} as Database
  const stuck = async () => {
    most = Math.max(most, ++atOnce)
    await free.promise
    atOnce--
    return 'was stuck'
  }
  const first = share(db, 'acme', 'first', async () => 'first')
  const others = Array.from({ length: 20 }, (_, n) => share(db, 'acme', `stuck ${n}`, stuck))
  assert.equal(await first, 'first')
  await turn()
  assert.equal(await share(db, 'acme', 'later', async () => 'later'), 'later')
  free.resolve()
  await Promise.all(others)
  assert.equal(most, 8)
})
