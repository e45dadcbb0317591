import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { demoTwilio } from '../../simulator/demo.ts'
import { withDatabase } from '../rows.ts'
import { signedHooks } from '../signed.ts'
import { CALLER, freePort, type Json, MAIN, SALES, startWorld, until, type World } from '../world.ts'

const CARRIERS = [
  ['Twilio', MAIN],
  ['Telnyx', SALES],
] as const

/** With this seed the network answers 500 but has sent the text. */
const SEED_OF_A_PROCESSED_500 = 2

test('a text leaves once, whatever the carrier does', async (t) => {
  const world = await startWorld(t)
  const { send, reaches } = textsOf(world)
  let last = 0
  const somebody = () => {
    last += 1
    return `+131255501${String(last).padStart(2, '0')}`
  }
  const onePhone = async (phone: string) => {
    await world.textsOn(phone)
    assert.equal((await world.textsSentTo(phone)).length, 1)
  }

  for (const [carrier, line] of CARRIERS) {
    await t.test(`${carrier} takes it and never answers: its receipt says what became of it`, async () => {
      const phone = somebody()
      await world.network('POST', '/faults/next', { what: 'acceptThenTimeout' })
      const message = await reaches(await send(phone, line), 'delivered')
      assert.equal(message.carrierId, (await world.textsSentTo(phone))[0].id)
      await onePhone(phone)
    })

    await t.test(`${carrier} takes it, never answers, and its receipt is lost: its list says it`, async () => {
      const phone = somebody()
      await world.network('PUT', '/settings', { webhooks: false })
      await world.network('POST', '/faults/next', { what: 'acceptThenTimeout' })
      const id = await send(phone, line)
      const unknown = await reaches(id, 'unknown')
      assert.match(unknown.reason, /can't tell yet whether the carrier took it/)
      await reaches(id, 'accepted', 'sent', 'delivered')
      await world.network('PUT', '/settings', { webhooks: true })
      await onePhone(phone)
    })

    await t.test(`${carrier} takes it, never answers, and does not deliver it: its list says why`, async () => {
      const phone = somebody()
      await world.network('PUT', `/phones/${encodeURIComponent(phone)}`, { kind: 'unreachable' })
      await world.network('PUT', '/settings', { webhooks: false, listsReadable: false })
      await world.network('POST', '/faults/next', { what: 'acceptThenTimeout' })
      const id = await send(phone, line)
      await until(async () => (await world.textsSentTo(phone))[0]?.status === 'undelivered', 'an end at the carrier')
      await world.network('PUT', '/settings', { webhooks: false, listsReadable: true })
      const { trouble } = await reaches(id, 'undelivered', 'failed')
      assert.equal(trouble.code, line === MAIN ? '30003' : '40008')
      await world.network('PUT', '/settings', { webhooks: true })
    })

    await t.test(`${carrier} has too much to do (429): it is sent again`, async () => {
      const phone = somebody()
      await world.network('POST', '/faults/next', { what: 'status429' })
      await reaches(await send(phone, line), 'delivered')
      await onePhone(phone)
    })

    for (const [what, how] of [
      ['status500', `${carrier} breaks (500)`],
      ['refuse', `the connection to ${carrier} breaks`],
    ])
      await t.test(`${how} and it was not sent: only a list that shows later texts proves that`, async () => {
        const phone = somebody()
        await world.network('POST', '/faults/next', { what })
        const id = await send(phone, line)
        await reaches(id, 'unknown')
        // Longer than the list may be out of order. Then a text of the same number shows how far the list has come.
        await sleep(2_500)
        assert.equal((await world.api('GET', `/messages/${id}`)).status, 'unknown')
        await reaches(await send(somebody(), line), 'delivered')
        if (line === MAIN) {
          await reaches(id, 'delivered')
          await onePhone(phone)
          return
        }
        // Telnyx's records never show what its queue holds, so a person decides.
        await sleep(3_000)
        assert.equal((await world.api('GET', `/messages/${id}`)).status, 'unknown')
        assert.deepEqual(await world.textsSentTo(phone), [])
      })

    await t.test(`${carrier} breaks (500) and has sent it: it is not sent again`, async () => {
      const phone = somebody()
      await world.network('PUT', '/faults', { seed: SEED_OF_A_PROCESSED_500, status500: 1 })
      await reaches(await send(phone, line), 'delivered')
      await world.network('DELETE', '/faults')
      await onePhone(phone)
    })
  }

  await t.test('the carrier cannot be reached at all: it is sent when it can', async () => {
    const phone = somebody()
    const { accountSid, authToken } = demoTwilio
    const connect = (apiUrl: string) =>
      world.api('POST', '/carriers', { id: 'main', kind: 'twilio', accountSid, authToken, apiUrl })
    const broken = await connect(`http://127.0.0.1:${await freePort()}`)
    assert.match(broken.trouble.sentence, /could not be reached/)
    const id = await send(phone, MAIN)
    await until(async () => (await attempts(world, id)) === 1, 'a first attempt')
    assert.equal((await world.api('GET', `/messages/${id}`)).status, 'queued')
    assert.equal((await connect(world.simulator.twilioUrl)).trouble, null)
    await reaches(id, 'delivered')
    await onePhone(phone)
  })

  await t.test('a text that the carrier does not deliver says why, in words', async () => {
    const cases = [
      [MAIN, 'filtered', '30007'],
      [MAIN, 'unreachable', '30003'],
      [SALES, 'filtered', '40003'],
      [SALES, 'unreachable', '40008'],
    ] as const
    for (const [line, kind, code] of cases) {
      const phone = somebody()
      await world.network('PUT', `/phones/${encodeURIComponent(phone)}`, { kind })
      const { trouble, reason } = await reaches(await send(phone, line), 'undelivered')
      assert.equal(trouble.code, code)
      assert.equal(reason, trouble.sentence)
      assert.match(trouble.nextStep, /\.$/)
    }
  })

  await t.test('a number that does not exist is refused at once', async () => {
    for (const [line, code] of [
      [MAIN, '21211'],
      [SALES, '40310'],
    ] as const) {
      const phone = somebody()
      await world.network('PUT', `/phones/${encodeURIComponent(phone)}`, { kind: 'invalid' })
      assert.equal((await reaches(await send(phone, line), 'refused')).trouble.code, code)
    }
  })

  await t.test('Twilio drops it after ten minutes, and its receipts name our message', async () => {
    const phone = somebody()
    const id = await send(phone, MAIN)
    await reaches(id, 'delivered')
    const wire: Json[] = await world.network('GET', '/wire')
    const sent = wire
      .filter((one) => one.direction === 'to_carrier' && one.method === 'POST' && /Messages\.json/.test(one.url))
      .map((one) => new URLSearchParams(one.body))
      .find((form) => form.get('To') === phone)
    assert.equal(sent?.get('ValidityPeriod'), '600')
    const callback = new URL(sent?.get('StatusCallback') ?? '')
    assert.equal(callback.origin + callback.pathname, `${world.url}/hooks/twilio/acme/main/receipt/${id}`)
  })

  await t.test('receipts come late and in any order, and the status never goes back', async () => {
    const hooks = signedHooks(world)
    await world.network('PUT', '/settings', { webhooks: false })
    const id = await send(somebody(), MAIN)
    const { carrierId } = await reaches(id, 'accepted')
    const receipt = (MessageStatus: string, more = {}) =>
      hooks.twilio(`receipt/${id}`, { MessageSid: carrierId, MessageStatus, ...more })
    const told: string[] = []
    for (const status of ['sent', 'sending', 'undelivered', 'sent', 'delivered', 'delivered', 'sent', 'failed']) {
      assert.equal((await receipt(status, status === 'undelivered' ? { ErrorCode: '30008' } : {})).status, 204)
      told.push((await world.api('GET', `/messages/${id}`)).status)
    }
    assert.deepEqual(told, [
      'sent',
      'sent',
      'undelivered',
      'undelivered',
      'delivered',
      'delivered',
      'delivered',
      'delivered',
    ])
    const { trouble, deliveredAt } = await world.api('GET', `/messages/${id}`)
    assert.equal(trouble, null)
    assert.ok(deliveredAt)
    await world.network('PUT', '/settings', { webhooks: true })
  })
})

test('a text whose outcome nobody can find out', async (t) => {
  let ahead = 0
  const world = await startWorld(t, { now: () => new Date(Date.now() + ahead) })
  const { send, reaches } = textsOf(world)
  const hooks = signedHooks(world)
  /** The carrier accepts the text without an answer, loses its receipts, and cannot show its list. */
  const silence = async (phone: string, what = 'acceptThenTimeout') => {
    await world.network('PUT', '/settings', { webhooks: false, listsReadable: false })
    await world.network('POST', '/faults/next', { what })
    const id = await send(phone, MAIN)
    await reaches(id, 'unknown')
    return id
  }
  const resolve = (id: string, as: string) => world.ask('POST', `/api/v1/messages/${id}/resolve`, { as })

  await t.test('is settled by a late receipt', async () => {
    const id = await silence('+13125550141')
    const [{ id: MessageSid }] = await world.textsSentTo('+13125550141')
    await hooks.twilio(`receipt/${id}`, { MessageSid, MessageStatus: 'delivered' })
    assert.equal((await world.api('GET', `/messages/${id}`)).status, 'delivered')
    assert.equal((await resolve(id, 'sent')).status, 409)
  })

  await t.test('is marked as sent by a person who asked the recipient', async () => {
    const id = await silence('+13125550142')
    const { body } = await resolve(id, 'sent')
    assert.deepEqual([body.status, body.trouble], ['accepted', null])
  })

  await t.test('is marked as not sent, and stays on the timeline', async () => {
    const id = await silence('+13125550143')
    const { body } = await resolve(id, 'not_sent')
    assert.deepEqual([body.status, body.trouble.nextStep], ['failed', 'Send it again, or call them.'])
    const { data } = await world.api('GET', `/contacts/${body.contactId}/events`)
    assert.ok(data.some((event: Json) => event.type === 'message.failed' && event.messageId === id))
  })

  await t.test('is sent again when a person says so', async () => {
    const id = await silence('+13125550144', 'status500')
    assert.equal((await resolve(id, 'maybe')).status, 400)
    await world.network('PUT', '/settings', { webhooks: true })
    assert.equal((await resolve(id, 'send_again')).status, 200)
    await reaches(id, 'delivered')
    assert.equal((await world.textsSentTo('+13125550144')).length, 1)
  })

  await t.test('is a person’s business once it would be late', async () => {
    const id = await silence('+13125550145')
    ahead = 16 * 60_000
    const message = await until(async () => {
      const told = await world.api('GET', `/messages/${id}`)
      return /Nobody can tell/.test(told.reason) && told
    }, 'an appeal to a person')
    assert.equal(message.status, 'unknown')
    assert.match(message.trouble.nextStep, /Ask the recipient/)
    const { data } = await world.api('GET', `/contacts/${message.contactId}/events`)
    assert.ok(data.some((event: Json) => event.type === 'message.unknown'))
    assert.equal((await world.textsSentTo('+13125550145')).length, 1)
    ahead = 0
  })

  await t.test('is sent again late when a person says so: they know what time it is', async () => {
    const from = '+13125550147'
    await world.network('PUT', '/settings', { webhooks: true, listsReadable: false })
    await world.network('POST', '/faults/next', { what: 'status500' })
    await world.missedCall(from, MAIN)
    const [{ messageId }] = await world.callsFrom(from)
    await reaches(messageId, 'unknown')
    ahead = 20 * 60_000
    assert.equal((await resolve(messageId, 'send_again')).status, 200)
    await reaches(messageId, 'delivered')
    ahead = 0
  })

  await t.test('never leaves at all when its time has passed meanwhile', async () => {
    await world.network('PUT', '/settings', { webhooks: true, listsReadable: true })
    await world.network('POST', '/faults/next', { what: 'status429' })
    await world.missedCall('+13125550146', MAIN)
    const [{ messageId }] = await world.callsFrom('+13125550146')
    await until(async () => (await attempts(world, messageId)) === 1, 'a first attempt')
    ahead = 16 * 60_000
    const message = await reaches(messageId, 'refused')
    assert.equal(message.trouble.code, 'late')
    assert.deepEqual(await world.textsSentTo('+13125550146'), [])
  })
})

test('a number keeps its carrier’s pace, and delays no other number', async (t) => {
  const world = await startWorld(t, { provision: (file) => (file.accounts[0].numbers[0].segmentsPerSecond = 1) })
  const began = Date.now()
  const bodies = ['one segment', `two segments ${'.'.repeat(160)}`, 'after two more seconds']
  for (const body of bodies) await world.api('POST', '/messages', { to: CALLER, from: MAIN, body })
  await world.api('POST', '/messages', { to: '+13125550144', from: SALES, body: 'from another line' })
  await world.textsOn('+13125550144')
  assert.ok(Date.now() - began < 2500, 'the other line waited')
  assert.ok((await world.textsSentTo(CALLER)).length < 3, 'the three left all at once')

  await world.textsOn(CALLER, 3)
  const sent = await world.textsSentTo(CALLER)
  assert.deepEqual(
    sent.map((text) => text.body),
    bodies,
  )
  const [first, second, third] = sent.map((text) => Date.parse(text.at))
  // The network's dates have whole milliseconds, and the two clocks are read at different moments of a request.
  const atLeast = (ms: number, gap: number) => assert.ok(gap > ms - 100, `${gap} ms is less than ${ms}`)
  atLeast(1000, second! - first!)
  atLeast(2000, third! - second!)
})

test('the same request with the same Idempotency-Key sends one text', async (t) => {
  const world = await startWorld(t)
  const ask = (key: string, body: string) =>
    world.ask('POST', '/api/v1/messages', { to: CALLER, from: MAIN, body }, { 'idempotency-key': key })
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask('booking-17', 'See you at 5')))
  assert.deepEqual(answers.map((answer) => answer.status).toSorted(), [...Array(9).fill(200), 201])
  assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 1)
  const other = await ask('booking-17', 'Other words')
  assert.equal(other.status, 400)
  assert.equal(other.body.errors[0].field, 'Idempotency-Key')
  assert.equal((await ask('booking-18', 'See you at 6')).status, 201)
  await world.textsOn(CALLER, 2)
  assert.equal((await world.textsSentTo(CALLER)).length, 2)
})

test('one Idempotency-Key for several phones at the same moment is one text, and a mistake for the others', async (t) => {
  const world = await startWorld(t)
  const send = (to: string) =>
    world.ask('POST', '/api/v1/messages', { to, from: MAIN, body: 'One of them' }, { 'idempotency-key': 'one key' })
  const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => send(`+1312555011${n}`)))
  assert.deepEqual(answers.map((answer) => answer.status).toSorted(), [201, 400, 400, 400, 400, 400])
  for (const { status, body } of answers)
    if (status === 400)
      assert.deepEqual(body.errors, [
        { field: 'Idempotency-Key', message: 'was used for another text; each text needs its own' },
      ])
})

function textsOf(world: World) {
  return {
    async send(to: string, from: string): Promise<string> {
      return (await world.api('POST', '/messages', { to, from, body: `Hello ${to}` })).id
    },
    /** Returns the message as soon as it has one of these statuses. */
    reaches(id: string, ...statuses: string[]): Promise<Json> {
      return until(
        async () => {
          const message = await world.api('GET', `/messages/${id}`)
          return statuses.includes(message.status) && message
        },
        `a text that is ${statuses.join(' or ')}`,
      )
    },
  }
}

/** How often a text was offered to the carrier, once it is queued again. */
function attempts(world: World, id: string): Promise<number> {
  return withDatabase(world, 'acme', async (client) => {
    const { rows } = await client.query("select attempts from messages where id = $1 and status = 'queued'", [id])
    return rows[0]?.attempts ?? 0
  })
}
