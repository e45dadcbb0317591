import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type pg from 'pg'
import { withDatabase } from '../rows.ts'
import { signedHooks } from '../signed.ts'
import { type Json, MAIN, SALES, startWorld } from '../world.ts'

const HELD_MS = 5_000
/** How long a carrier waits for the answer to a webhook before it tries again. */
const PATIENCE_MS = 3_000

const STUCK = '+13125550100'

/** What a transaction outside the app holds of one caller, while others call. */
const HOLDS = {
  'the lock of a caller’s phone': (client: pg.Client) =>
    client.query("select pg_advisory_xact_lock(hashtextextended('acme ' || $1, 0))", [STUCK]),
  'the row of a caller’s contact': (client: pg.Client) =>
    client.query(
      `update textback.contacts set name = name
       where id = (select contact_id from textback.contact_addresses where address = $1)`,
      [STUCK],
    ),
}

test('only the caller whose lock is held waits', async (t) => {
  for (const [what, hold] of Object.entries(HOLDS))
    await t.test(`${what} is held, and twenty others call`, async (t) => {
      const world = await startWorld(t)
      await world.missedCall(STUCK, SALES)
      await world.textsOn(STUCK)
      const hooks = signedHooks(world)
      const callers = Array.from({ length: 20 }, (_, n) => `+131255501${n + 10}`)
      const letter = (From: string) => {
        const CallSid = `CA${randomUUID().replaceAll('-', '')}`
        return { CallSid, From, To: MAIN, Direction: 'inbound', CallStatus: 'no-answer', CallDuration: '0' }
      }
      const timed = async (fields: ReturnType<typeof letter>) => {
        const began = performance.now()
        const { status } = await hooks.twilio('status', fields)
        return { status, ms: performance.now() - began }
      }
      await withDatabase(world, '*', async (holder) => {
        await holder.query('begin')
        await hold(holder)
        const stuck = letter(STUCK)
        let isFree = false
        /** Like a carrier: again and again until it is accepted. */
        const repeated = (async () => {
          const statuses: number[] = []
          for (;;) {
            const { status } = await timed(stuck)
            statuses.push(status)
            if (status < 300) return { statuses, wasFree: isFree }
          }
        })()
        const others: Promise<{ status: number; ms: number }>[] = []
        for (const caller of callers) {
          others.push(timed(letter(caller)))
          await new Promise((done) => setTimeout(done, HELD_MS / callers.length))
        }
        isFree = true
        await holder.query('commit')
        const answers = await Promise.all(others)
        assert.deepEqual(
          answers.filter(({ status, ms }) => status >= 300 || ms > PATIENCE_MS),
          [],
        )
        t.diagnostic(`the slowest of the others: ${Math.round(Math.max(...answers.map(({ ms }) => ms)))} ms`)
        const { statuses, wasFree } = await repeated
        assert.ok(wasFree && statuses.length > 1, `the stuck one was answered with ${statuses}`)
        assert.ok(
          statuses.slice(0, -1).every((status) => status === 503),
          `${statuses}`,
        )
      })
      for (const caller of callers) assert.equal((await world.callsFrom(caller))[0].decision.action, 'send')
      const [call] = await world.callsFrom(STUCK, 2)
      assert.equal(call.decision.action, 'send')
      await world.textsOn(STUCK, 2)
      for (const caller of callers) await world.textsOn(caller)
    })
})

test('a failed receipt that says "opted out", a STOP and a send to the same phone never wait for each other', async (t) => {
  const world = await startWorld(t, {
    // So slow that its texts stay in the queue.
    provision: (file) => {
      file.accounts[0].numbers[0].segmentsPerSecond = 0.1
      file.accounts[0].dailyCap = 100_000
    },
  })
  const hooks = signedHooks(world)
  const send = (to: string, body: string) => world.ask('POST', '/api/v1/messages', { to, from: MAIN, body })
  const deadlocks = () =>
    withDatabase(world, '*', async (client) => {
      const { rows } = await client.query('select deadlocks from pg_stat_database where datname = current_database()')
      return Number(rows[0].deadlocks)
    })
  const rounds = 200
  const together = 4
  const statuses = new Map<number, number>()
  const count = (status: number) => statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const round = async (n: number) => {
    const phone = `+1${203 + 2 * Math.floor(n / 100)}55501${String(n % 100).padStart(2, '0')}`
    const texts = await Promise.all([1, 2].map((text) => send(phone, `Text ${text} of round ${n}`)))
    const receipts = texts.map(({ body }: Json) =>
      hooks.twilio(`receipt/${body.id}`, {
        MessageSid: `SM${randomUUID().replaceAll('-', '')}`,
        MessageStatus: 'undelivered',
        ErrorCode: '21610',
        To: phone,
        From: MAIN,
      }),
    )
    const stop = {
      MessageSid: `SM${randomUUID().replaceAll('-', '')}`,
      From: phone,
      To: MAIN,
      Body: 'STOP',
      NumMedia: '0',
    }
    const answers = await Promise.all([...receipts, hooks.twilio('sms', stop), send(phone, `A third of round ${n}`)])
    for (const { status } of answers) count(status)
    await world.ask('DELETE', `/api/v1/opt-outs/${encodeURIComponent(phone)}`)
  }
  for (let n = 0; n < rounds; n += together)
    await Promise.all(Array.from({ length: together }, (_, one) => round(n + one)))
  t.diagnostic(`answers: ${JSON.stringify([...statuses])}`)
  assert.deepEqual(
    [...statuses.keys()].filter((status) => status >= 500),
    [],
  )
  assert.equal(await deadlocks(), 0)
})
