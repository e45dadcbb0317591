import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { type TestDatabase, testDatabase } from '../../test/postgres.ts'
import { asAccount, asPlatform, type Database, openDatabase, type Tx } from './db.ts'

const OVER = { message: 'This transaction is over: its Tx was kept and used too late.' }

const one = (tx: Tx) => sql<{ n: number }>`select 1 as n`.execute(tx)

describe('a transaction', () => {
  let database: TestDatabase
  let db: Database

  before(async () => {
    database = await testDatabase()
    db = await openDatabase(database.config, 1)
  })
  after(async () => {
    await db.close()
    await database.drop()
  })

  test('gives what its work gives, and sees its account', async () => {
    const account = (tx: Tx) => sql<{ id: string }>`select current_setting('textback.account') as id`.execute(tx)
    assert.equal((await asAccount(db, 'acme', account)).rows[0]!.id, 'acme')
    assert.equal((await asPlatform(db, account)).rows[0]!.id, '*')
  })

  test('that was committed takes no more statements', async () => {
    let kept: Tx | undefined
    await asAccount(db, 'acme', async (tx) => {
      kept = tx
    })
    await assert.rejects(one(kept!), OVER)
  })

  test('that was rolled back takes no more statements', async () => {
    let kept: Tx | undefined
    const fails = asAccount(db, 'acme', async (tx) => {
      kept = tx
      throw new Error('something went wrong')
    })
    await assert.rejects(fails, { message: 'something went wrong' })
    await assert.rejects(one(kept!), OVER)
  })

  test('of another account cannot be reached by a statement that came too late', async () => {
    const later = Promise.withResolvers<void>()
    let late: Promise<unknown> | undefined
    await asAccount(db, 'acme', async (tx) => {
      late = later.promise.then(() => one(tx))
    })
    await asAccount(db, 'other', async (tx) => {
      later.resolve()
      await assert.rejects(late!, OVER)
      await one(tx)
    })
  })

  test('in which a failed statement was swallowed is not taken for committed', async () => {
    const swallowed = asAccount(db, 'acme', (tx) => sql`select nothing`.execute(tx).catch(() => null))
    await assert.rejects(swallowed, { message: /rolled back/ })
    await asAccount(db, 'acme', one)
  })
})
