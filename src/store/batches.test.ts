import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBatches } from './batches.ts'

/** Batches that end when the test says so: what each held, and the way to end the one under way. */
function held() {
  const batches: string[][] = []
  let end: (fault?: Error) => void = () => {}
  const add = inBatches(
    (item: string) => item[0]!,
    async (_owner: object, account, items) => {
      batches.push(items)
      await new Promise<void>((done, failed) => {
        end = (fault) => (fault ? failed(fault) : done())
      })
      return items.map((item) => `${account} ${item}`)
    },
  )
  const owner = {}
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    batches,
    add: (item: string, account = 'acme') => add(owner, account, item),
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

test('one key is in a batch once, in the order of its coming', async () => {
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

test('when a batch fails, its items are tried alone', async () => {
  const { batches, add, end } = held()
  const asked = [add('a1'), add('b1'), add('c1')].map(outcome)
  await end()
  await end(new Error('one of them is bad'))
  assert.deepEqual(batches.at(-1), ['b1'])
  await end(new Error('b1 is bad'))
  await end()
  assert.deepEqual(await Promise.all(asked), ['acme a1', 'b1 is bad', 'acme c1'])
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
