import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import * as shapes from '../../src/http/shapes/webhooks.ts'
import { asAccount } from '../../src/store/db.ts'
import { recordEvent } from '../../src/store/events.ts'
import { startReceiver, verify } from '../receiver.ts'
import { withDatabase } from '../rows.ts'
import { CALLER, type Json, SALES, startWorld, until, type World } from '../world.ts'

test('an event is told, signed, in the shape that is documented', async (t) => {
  const world = await startWorld(t)
  const [all, leadsOnly] = [await startReceiver(t), await startReceiver(t)]
  const hook = await world.api('POST', '/webhooks', { url: all.url, description: 'Everything' })
  await world.api('POST', '/webhooks', { url: leadsOnly.url, events: ['lead.created'] })
  assert.match(hook.secret, /^whsec_/)
  assert.equal((await world.api('GET', `/webhooks/${hook.id}`)).secret, undefined)

  await t.test('with who it is about, as the API shows them', async () => {
    await world.missedCall(CALLER, SALES)
    const [call] = await world.callsFrom(CALLER)
    const [missed] = await all.untilReceived(1, 'call.missed')
    const [lead] = await all.untilReceived(1, 'lead.created')
    const [queued] = await all.untilReceived(1, 'message.queued')
    for (const one of [missed!, lead!, queued!]) {
      assert.deepEqual(verify(hook.secret, one), one.body)
      assert.deepEqual(shapes.payload.parse(one.body), one.body)
    }
    assert.equal(missed!.headers['content-type'], 'application/json')
    assert.equal(missed!.body.data.actor, 'carrier:alt')
    assert.equal(lead!.body.data.causeId, missed!.body.data.id)
    assert.equal(lead!.body.data.actor, 'textback')
    assert.equal(missed!.body.data.call.id, call.id)
    assert.equal(missed!.body.data.call.decision.reason, 'missed_call')
    assert.equal(missed!.body.data.contact.phone, CALLER)
    assert.equal(lead!.body.data.lead.stage, 'New')
    assert.equal(queued!.body.data.message.to, CALLER)
    const events = (await world.api('GET', `/contacts/${call.contactId}/events`)).data
    const event = events.find(({ id }: Json) => id === missed!.body.data.id)
    assert.deepEqual([event.type, event.at], ['call.missed', missed!.body.timestamp])
  })

  await t.test('to those who listen to it', async () => {
    await leadsOnly.untilReceived(1)
    await world.api('POST', '/contacts', { phone: '+13125550101', name: 'Dana' })
    const [created] = await all.untilReceived(1, 'contact.created')
    assert.equal(created!.body.data.contact.name, 'Dana')
    assert.deepEqual(
      leadsOnly.received.map(({ body }) => body.type),
      ['lead.created'],
    )
  })

  await t.test('and what was sent is in the log, with its answer', async () => {
    const log = await until(async () => {
      const { data } = await world.api('GET', `/webhooks/${hook.id}/deliveries`)
      return data.length >= 4 && data.every(({ state }: Json) => state === 'delivered') && data
    }, 'four deliveries')
    assert.deepEqual(
      log.map(({ eventType }: Json) => eventType).toSorted(),
      all.received.map(({ body }) => body.type).toSorted(),
    )
    const one = await world.api('GET', `/webhook-deliveries/${log[0].id}`)
    const received = all.received.find(({ headers }) => headers['webhook-id'] === one.id)
    assert.equal(one.payload, received!.raw)
    assert.deepEqual([one.url, one.status, one.answer, one.attempts, one.error], [all.url, 200, 'thank you', 1, null])
    const page = await world.api('GET', `/webhooks/${hook.id}/deliveries?limit=1`)
    const next = await world.api('GET', `/webhooks/${hook.id}/deliveries?limit=1&cursor=${page.nextCursor}`)
    assert.deepEqual([page.data[0].id, next.data[0].id], [log[0].id, log[1].id])
    assert.deepEqual((await world.api('GET', `/webhooks/${hook.id}/deliveries?state=failed`)).data, [])
    const shown = await world.api('GET', `/webhooks/${hook.id}`)
    assert.ok(shown.lastDeliveredAt)
    assert.equal(shown.failingSince, null)
  })

  await t.test('with an old secret and the new one after a rotation, for a day', async () => {
    const { secret } = await world.api('POST', `/webhooks/${hook.id}/rotate`)
    assert.notEqual(secret, hook.secret)
    const both = await world.api('POST', '/contacts', { phone: '+13125550102' })
    const [, created] = await all.untilReceived(2, 'contact.created')
    assert.equal(created!.body.data.contactId, both.id)
    verify(hook.secret, created!)
    verify(secret, created!)
    const { previousSignsUntil } = await world.api('GET', `/webhooks/${hook.id}`)
    assert.ok(Math.abs(Date.parse(previousSignsUntil) - Date.now() - 24 * HOUR) < MINUTE)
    await withDatabase(world, 'acme', (client) =>
      client.query("update webhooks set previous_signs_until = now() - interval '1 second'"),
    )
    await world.api('POST', '/contacts', { phone: '+13125550103' })
    const [, , later] = await all.untilReceived(3, 'contact.created')
    verify(secret, later!)
    assert.throws(() => verify(hook.secret, later!))
    assert.equal((await world.api('GET', `/webhooks/${hook.id}`)).previousSignsUntil, null)
  })

  await t.test('what an erased contact said is in no log any more', async () => {
    const [call] = await world.callsFrom(CALLER)
    await world.api('DELETE', `/contacts/${call.contactId}`)
    await all.untilReceived(1, 'contact.erased')
    const kept = await withDatabase(world, 'acme', (client) =>
      client.query('select from webhook_deliveries where strpos(payload, $1) > 0', [CALLER]),
    )
    assert.equal(kept.rowCount, 0)
  })

  await t.test('and after 30 days the log forgets', async () => {
    await withDatabase(world, 'acme', (client) =>
      client.query(
        "update webhook_deliveries set created_at = now() - interval '31 days' where event_type <> 'contact.created'",
      ),
    )
    await hurry(world, 'forget deliveries')
    await until(async () => {
      const { data } = await world.api('GET', `/webhooks/${hook.id}/deliveries`)
      return data.length > 0 && data.every(({ eventType }: Json) => eventType === 'contact.created')
    }, 'only the new ones')
    await world.api('DELETE', `/webhooks/${hook.id}`)
    assert.equal((await world.ask('DELETE', `/api/v1/webhooks/${hook.id}`)).status, 404)
    const left = await withDatabase(world, 'acme', (client) =>
      client.query('select from webhook_deliveries where webhook_id = $1', [hook.id]),
    )
    assert.equal(left.rowCount, 0)
  })
})

test('an event and its job are there together or not at all, and no job without a listener', async (t) => {
  const world = await startWorld(t)
  const receiver = await startReceiver(t)
  const { db, now } = world.app.world
  const actor = 'textback' as const
  /** Records an event, and returns how many jobs the same transaction then sees of it. */
  const recorded = async (type: 'contact.created' | 'lead.lost' | 'webhook.changed', andThen = () => {}) => {
    let eventId = ''
    let jobs = -1
    await asAccount(db, 'acme', async (tx) => {
      eventId = await recordEvent(tx, 'acme', { type, actor }, now())
      const { rows } = await sql<{ priority: number }>`select priority from graphile_worker._private_jobs
        where payload ->> 'eventId' = ${eventId}`.execute(tx)
      jobs = rows.length
      for (const { priority } of rows) assert.ok(priority > 0, 'texts go first')
      andThen()
    }).catch((error) => assert.match(error.message, /changed my mind/))
    const events = await withDatabase(world, 'acme', (client) =>
      client.query('select from events where id = $1', [eventId]),
    )
    return { jobs, events: events.rowCount }
  }
  assert.deepEqual(await recorded('contact.created'), { jobs: 0, events: 1 })

  const hook = await world.api('POST', '/webhooks', { url: receiver.url, events: ['contact.created'] })
  assert.deepEqual(await recorded('contact.created'), { jobs: 1, events: 1 })
  assert.deepEqual(await recorded('lead.lost'), { jobs: 0, events: 1 })
  await receiver.untilReceived(1)

  const rolledBack = () => {
    throw new Error('changed my mind')
  }
  assert.deepEqual(await recorded('contact.created', rolledBack), { jobs: 1, events: 0 })

  await world.api('PATCH', `/webhooks/${hook.id}`, { events: [] })
  assert.deepEqual(await recorded('lead.lost'), { jobs: 1, events: 1 })
  // Events about sending to a webhook are not sent.
  assert.deepEqual(await recorded('webhook.changed'), { jobs: 0, events: 1 })

  await world.api('PATCH', `/webhooks/${hook.id}`, { enabled: false })
  assert.deepEqual(await recorded('lead.lost'), { jobs: 0, events: 1 })

  await world.api('PATCH', `/webhooks/${hook.id}`, { enabled: true })
  await Promise.all(
    ['+13125550111', '+13125550112', '+13125550113'].map((phone) => world.api('POST', '/contacts', { phone })),
  )
  await receiver.untilReceived(4, 'contact.created')
  assert.equal(receiver.received.length, new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size)
})

test('what a receiver does not take is sent again, for three days', async (t) => {
  let ahead = 0
  const world = await startWorld(t, { now: () => new Date(Date.now() + ahead), answerWithinMs: 300 })
  const receiver = await startReceiver(t)
  const { id } = await world.api('POST', '/webhooks', { url: receiver.url, events: ['contact.created'] })
  const newest = async () => (await world.api('GET', `/webhooks/${id}/deliveries?limit=1`)).data[0]
  /** The newest delivery after this many finished attempts. */
  const after = (attempts: number) =>
    until(async () => {
      const one = await newest()
      return one?.attempts === attempts && (one.nextAttemptAt || one.state !== 'pending') && one
    }, `${attempts} attempts`)

  await t.test('after a 500, and after no answer, with the same id', async () => {
    receiver.answer(500)
    const began = Date.now()
    await world.api('POST', '/contacts', { phone: '+13125550101' })
    const first = await after(1)
    assert.deepEqual([first.state, first.status], ['pending', 500])
    assert.equal(first.error, 'It answered 500. Any 2xx means that it has the event.')
    const { failingSince } = await world.api('GET', `/webhooks/${id}`)
    assert.ok(Date.parse(failingSince) >= began)

    receiver.answer('nothing')
    ahead += 5 * SECOND
    await hurry(world, 'deliver webhook')
    const second = await after(2)
    assert.deepEqual([second.state, second.status], ['pending', null])
    assert.equal(second.error, 'It did not answer within 0.3 s.')
    assert.equal((await world.api('GET', `/webhooks/${id}`)).failingSince, failingSince)

    receiver.answer(204)
    ahead += 5 * MINUTE
    await hurry(world, 'deliver webhook')
    const third = await after(3)
    assert.deepEqual([third.state, third.status, third.error, third.nextAttemptAt], ['delivered', 204, null, null])
    assert.equal((await world.api('GET', `/webhooks/${id}`)).failingSince, null)
    const [one, two, three] = receiver.received
    assert.deepEqual(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])), new Set([third.id]))
    assert.deepEqual([one!.raw, one!.raw], [two!.raw, three!.raw])
    // Each attempt is signed again: a receiver refuses a request that is some minutes old.
    assert.ok(Number(three!.headers['webhook-timestamp']) - Number(one!.headers['webhook-timestamp']) >= 300)
  })

  await t.test('ten times in all, later and later, and then by hand', async () => {
    receiver.answer(302)
    await world.api('POST', '/contacts', { phone: '+13125550102' })
    const waits: number[] = []
    for (let attempts = 1; attempts <= 9; attempts++) {
      const { state, attemptedAt, nextAttemptAt } = await after(attempts)
      assert.equal(state, 'pending')
      waits.push((Date.parse(nextAttemptAt) - Date.parse(attemptedAt)) / SECOND)
      ahead = Date.parse(nextAttemptAt) - Date.now()
      await hurry(world, 'deliver webhook')
    }
    const planned = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    for (const [i, wait] of waits.entries())
      assert.ok(wait > planned[i]! * 0.89 && wait < planned[i]! * 1.11 + 1, `wait ${i + 1} was ${wait} s`)
    const last = await after(10)
    assert.deepEqual([last.state, last.nextAttemptAt], ['failed', null])
    assert.equal(last.error, 'It answered 302, a redirect, and those are not followed.')
    assert.equal((await world.api('GET', `/webhooks/${id}`)).enabled, true)

    receiver.answer(200)
    const begun = await world.api('POST', `/webhook-deliveries/${last.id}/redeliver`)
    assert.equal(begun.state, 'pending')
    const again = await after(1)
    assert.deepEqual([again.id, again.state], [last.id, 'delivered'])
    assert.equal(receiver.received.at(-1)!.headers['webhook-id'], last.id)
  })
})

test('a webhook that wants no more, or fails for days, is switched off, and the owners learn of it', async (t) => {
  let ahead = 0
  const mails: { to: string; subject: string; text: string }[] = []
  const world = await startWorld(t, {
    now: () => new Date(Date.now() + ahead),
    mail: { send: async (mail) => void mails.push(mail) },
    mikeSignsIn: true,
    provision: (file) =>
      file.accounts[0].users.push(
        { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'owner' },
        { email: 'lee@acme.test', name: 'Lee', password: 'lees-password', role: 'member' },
      ),
  })
  const receiver = await startReceiver(t)
  const { id } = await world.api('POST', '/webhooks', { url: receiver.url })
  const hook = () => world.api('GET', `/webhooks/${id}`)
  let people = 0
  const happen = () => world.api('POST', '/contacts', { phone: `+131255501${String(++people).padStart(2, '0')}` })
  const off = () => until(async () => !(await hook()).enabled && hook(), 'switched off')

  await t.test('at once after 410 Gone', async () => {
    receiver.answer(410)
    await happen()
    const gone = await off()
    assert.deepEqual([gone.disabledWhy, typeof gone.disabledAt], ['gone', 'string'])
    const [delivery] = (await world.api('GET', `/webhooks/${id}/deliveries`)).data
    assert.deepEqual([delivery.state, delivery.attempts, delivery.status], ['failed', 1, 410])
    await until(async () => mails.length === 2, 'two mails')
    assert.deepEqual(mails.map(({ to }) => to).toSorted(), ['dana@acme.test', 'mike@acme.test'])
    assert.ok(mails[0]!.text.includes(receiver.url) && mails[0]!.text.includes('410 Gone'))
    const [audited] = (await world.api('GET', '/audit')).data
    assert.deepEqual([audited.type, audited.actor, audited.data.why], ['webhook.disabled', 'Textback', 'gone'])
  })

  await t.test('what happens while it is off is not sent, and not later either', async () => {
    await happen()
    const refused = await world.ask('POST', `/api/v1/webhook-deliveries/${await newestOf(world, id)}/redeliver`)
    assert.deepEqual([refused.status, refused.body.title], [409, 'The webhook is switched off'])
    receiver.answer(200)
    const on = await world.api('POST', `/webhooks/${id}/enable`)
    assert.deepEqual([on.enabled, on.disabledAt, on.disabledWhy, on.failingSince], [true, null, null, null])
    const { id: third } = await happen()
    await until(async () => receiver.received.some(({ body }) => body.data.contactId === third), 'the third')
    assert.equal(receiver.received.length, 2)
  })

  await t.test('after five days in which nothing was delivered', async () => {
    receiver.answer(500)
    await happen()
    await until(async () => (await hook()).failingSince, 'failing')
    ahead = 4.9 * DAY
    await happen()
    await until(async () => receiver.received.length >= 4, 'another attempt')
    assert.equal((await hook()).enabled, true)
    ahead = 5.1 * DAY
    await happen()
    const failed = await off()
    assert.equal(failed.disabledWhy, 'failing')
    await until(async () => mails.length === 4, 'two more mails')
    assert.match(mails.at(-1)!.text, /Nothing could be delivered for 5 days/)
    // The delivery that waited for its next attempt is given up.
    await hurry(world, 'deliver webhook')
    await until(async () => {
      const { data } = await world.api('GET', `/webhooks/${id}/deliveries`)
      return data.every(({ state }: Json) => state !== 'pending')
    }, 'none that waits')
  })

  await t.test('a test asks it all the same, and tells what came back', async () => {
    const { data: before } = await world.api('GET', `/webhooks/${id}/deliveries`)
    const failed = await world.api('POST', `/webhooks/${id}/test`)
    assert.deepEqual(
      [failed.eventType, failed.state, failed.status, failed.answer, failed.attempts, failed.nextAttemptAt],
      ['webhook.test', 'failed', 500, 'not now', 1, null],
    )
    receiver.answer(200)
    const fine = await world.api('POST', `/webhooks/${id}/test`)
    assert.deepEqual([fine.state, fine.status, fine.answer], ['delivered', 200, 'thank you'])
    const { body } = receiver.received.at(-1)!
    assert.equal(body.type, 'webhook.test')
    assert.deepEqual(shapes.payload.parse(body), body)
    assert.equal((await world.api('GET', `/webhooks/${id}/deliveries`)).data.length, before.length + 2)
    assert.equal((await hook()).failingSince, null)
  })
})

test('a receiver that hangs delays no text and no other receiver, and nobody who stops the program', async (t) => {
  const world = await startWorld(t, { answerWithinMs: 10_000 })
  const [well, ...hanging] = await Promise.all(Array.from({ length: 6 }, () => startReceiver(t)))
  for (const one of hanging) {
    one.answer('nothing')
    await world.api('POST', '/webhooks', { url: one.url })
  }
  await world.api('POST', '/webhooks', { url: well!.url, events: ['call.missed'] })
  // More than all workers can run.
  await Promise.all(
    Array.from({ length: 30 }, (_, i) => world.api('POST', '/contacts', { phone: `+131255501${10 + i}` })),
  )
  await Promise.all(hanging.map((one) => one.untilReceived(1)))
  const began = performance.now()
  await world.missedCall(CALLER, SALES)
  await world.textsOn(CALLER)
  const seconds = (performance.now() - began) / 1000
  assert.ok(seconds < 5, `the text took ${seconds} s`)
  await well!.untilReceived(1)
  for (const one of hanging) assert.ok(one.mostAtOnce() <= 4, `${one.mostAtOnce()} at once to one webhook`)
  const stopping = performance.now()
  await world.stop()
  assert.ok(performance.now() - stopping < 5_000)
})

test('what a webhook may be, and who may see it', async (t) => {
  const world = await startWorld(t)
  const wrong = async (body: object) => {
    const answer = await world.ask('POST', '/api/v1/webhooks', body)
    assert.equal(answer.status, 400)
    return answer.body.errors
  }
  const url = 'https://example.com/hook'
  for (const inside of [
    'https://10.0.0.8/',
    'https://[fd00::1]/',
    'http://169.254.169.254/latest',
    'https://0x0a000001/',
  ])
    assert.deepEqual(await wrong({ url: inside }), [
      { field: 'url', message: 'must be on the internet; private and local addresses are refused' },
    ])
  assert.deepEqual(await wrong({ url: 'http://example.com/' }), [{ field: 'url', message: 'must begin with https://' }])
  assert.deepEqual(await wrong({ url, events: ['call.missed', 'call.mised'] }), [
    { field: 'events[1]', message: 'is not an event that can be listened to; docs/webhooks.md lists them' },
  ])
  assert.equal((await wrong({ url, events: ['webhook.disabled'] }))[0].field, 'events[0]')
  assert.deepEqual(await wrong({ url, secret: 'mine' }), [
    { field: 'secret', message: 'is not a field that exists here' },
  ])

  const made = await world.api('POST', '/webhooks', { url: 'https://Example.com', events: ['call.missed'] })
  assert.equal(made.url, 'https://example.com/')
  const change = await world.ask('PATCH', `/api/v1/webhooks/${made.id}`, { url: 'https://127.0.0.1.:2/', events: [] })
  assert.equal(change.status, 200, 'this machine, while the simulator is on')
  const refused = await world.ask('PATCH', `/api/v1/webhooks/${made.id}`, { url: 'https://192.168.1.1/' })
  assert.deepEqual([refused.status, refused.body.errors[0].field], [400, 'url'])
  const changed = await world.api('PATCH', `/webhooks/${made.id}`, { description: 'Mine', enabled: false })
  assert.deepEqual([changed.description, changed.enabled, changed.disabledWhy], ['Mine', false, 'switched_off'])

  for (let i = 1; i < 20; i++) await world.api('POST', '/webhooks', { url })
  const tooMany = await world.ask('POST', '/api/v1/webhooks', { url })
  assert.deepEqual([tooMany.status, tooMany.body.title], [409, 'There are 20 webhooks already'])

  const types = (await world.api('GET', '/audit')).data.map(({ type }: Json) => type)
  assert.deepEqual(types.slice(-4).toReversed(), [
    'webhook.made',
    'webhook.changed',
    'webhook.changed',
    'webhook.disabled',
  ])

  const { body: openapi } = await world.ask('GET', '/api/openapi.json')
  assert.ok(openapi.webhooks['call.missed'].post.summary.includes('nobody had answered'))
  assert.ok(openapi.components.schemas.WebhookPayload.properties.data.properties.contact)
})

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Makes the worker run these jobs now, by the database's clock. */
async function hurry(world: World, key: string): Promise<void> {
  await withDatabase(world, '*', (client) =>
    client.query('update graphile_worker._private_jobs set run_at = now() where key like $1', [`${key}%`]),
  )
}

async function newestOf(world: World, webhookId: string): Promise<string> {
  return (await world.api('GET', `/webhooks/${webhookId}/deliveries?limit=1`)).data[0].id
}
