import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDatabase } from '../rows.ts'
import { CALLER, type Json, MAIN, MIKE, SALES, startWorld, until, type World } from '../world.ts'

const settings = (world: World, change: object) => world.ask('PATCH', '/api/v1/settings', change)
const text = (world: World, to: string, body = 'Hi') => world.ask('POST', '/api/v1/messages', { to, from: SALES, body })

/** Of so many segments. */
const long = (segments: number) => 'x'.repeat(153 * segments)

test('the daily cap counts segments, because carriers do', async (t) => {
  const world = await startWorld(t)
  await settings(world, { dailyCap: 5 })

  await t.test('a long text needs room for all of its segments', async () => {
    assert.equal((await text(world, '+13125550101', long(4))).status, 201)
    const { segmentsToday, textsToday } = await world.api('GET', '/settings')
    assert.deepEqual([segmentsToday, textsToday], [4, 1])
    const refused = await text(world, '+13125550102', long(2))
    assert.equal(refused.status, 422)
    assert.match(refused.body.detail, /4 of 5 segments of today are used, and this text needs 2/)
    assert.deepEqual(refused.body.errors, [{ field: 'body', message: 'daily_cap' }])
    assert.equal((await text(world, '+13125550102', 'short')).status, 201)
  })

  await t.test('and a text-back too', async () => {
    await settings(world, { dailyCap: 6 })
    const message = `{{business}} ${'will call you back soon '.repeat(8)}`
    await world.api('PATCH', `/numbers/${SALES}`, { textBack: { message } })
    await world.missedCall(CALLER, SALES)
    const { decision } = await world.decided(CALLER)
    assert.equal(decision.reason, 'daily_cap')
    const { facts, sentence } = decision.checks.find(({ name }: Json) => name === 'daily_cap')
    assert.deepEqual(facts, { segmentsToday: 5, segments: 2, dailyCap: 6 })
    assert.match(sentence, /5 of 6 segments of today are used, and this text needs 2/)
    assert.deepEqual(await world.textsSentTo(CALLER), [])
  })

  await t.test('at the same moment, too', async () => {
    await settings(world, { dailyCap: 11 })
    const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => text(world, `+1312555011${n}`, long(2))))
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 201, 201, 422, 422, 422])
    assert.equal((await world.api('GET', '/settings')).segmentsToday, 11)
  })
})

test('one person gets so many segments an hour and a day from programs and people', async (t) => {
  let ahead = 0
  const world = await startWorld(t, { now: () => new Date(Date.now() + ahead) })

  await t.test('the limits are there from the start, and can be set', async () => {
    const { recipientHourlyCap, recipientDailyCap } = await world.api('GET', '/settings')
    assert.deepEqual([recipientHourlyCap, recipientDailyCap], [60, 200])
    const wrong = await settings(world, { recipientHourlyCap: 0, recipientDailyCap: 1.5 })
    assert.equal(wrong.status, 400)
    assert.deepEqual(
      wrong.body.errors.map(({ field }: Json) => field),
      ['recipientHourlyCap', 'recipientDailyCap'],
    )
    assert.equal((await settings(world, { recipientHourlyCap: 4, recipientDailyCap: 6 })).status, 200)
  })

  await t.test('an hour', async () => {
    assert.equal((await text(world, CALLER, long(3))).status, 201)
    const refused = await text(world, CALLER, long(2))
    assert.equal(refused.status, 422)
    assert.match(refused.body.detail, /got 3 of 4 segments within an hour, and this text needs 2/)
    assert.match(refused.body.detail, /Wait, or raise the limit in the settings\./)
    assert.deepEqual(refused.body.errors, [{ field: 'to', message: 'recipient_cap' }])
    assert.equal((await text(world, '+13125550144', long(2))).status, 201, 'somebody else')
    assert.equal((await text(world, CALLER)).status, 201, 'one more segment fits')
    assert.equal((await text(world, CALLER)).status, 422)
  })

  await t.test('in a conversation, too', async () => {
    const { data } = await world.api('GET', '/conversations')
    const { id } = data.find(({ contact }: Json) => contact.phone === CALLER)
    const refused = await world.ask('POST', '/api/v1/messages', { conversationId: id, body: 'Hi' })
    assert.deepEqual(refused.body.errors, [{ field: 'conversationId', message: 'recipient_cap' }])
  })

  await t.test('a day', async () => {
    ahead = 61 * 60_000
    assert.equal((await text(world, CALLER, long(2))).status, 201)
    const refused = await text(world, CALLER)
    assert.match(refused.body.detail, /got 6 of 6 segments within a day/)
    ahead = 25 * 60 * 60_000
    assert.equal((await text(world, CALLER)).status, 201)
  })

  await t.test('a phone that moves to another contact takes its count along, and leaves it', async () => {
    ahead = 0
    const phone = '+13125550151'
    const full = async (to: string) => {
      const refused = await text(world, to)
      assert.deepEqual([refused.status, refused.body.errors?.[0].message], [422, 'recipient_cap'], to)
      assert.match(refused.body.detail, /got 4 of 4 segments within an hour/)
    }
    assert.equal((await text(world, phone, long(4))).status, 201)
    const contact = await contactAt(world, phone)
    for (const other of ['+13125550152', '+13125550153']) {
      const moved = await world.ask('PATCH', `/api/v1/contacts/${contact}`, { phone: other, removeAddresses: [phone] })
      assert.equal(moved.status, 200)
      await full(phone)
      await full(other)
    }
    await world.api('POST', '/contacts', { phone })
    await full(phone)
  })

  await t.test('the text to a missed call has its own rule', async () => {
    ahead = 0
    await settings(world, { recipientHourlyCap: 1 })
    await world.missedCall(CALLER, SALES)
    await until(async () => (await world.decided(CALLER)).decision.action === 'send', 'a text-back')
  })
})

test('a phone that moves to another contact is still one that machines answer', async (t) => {
  const world = await startWorld(t)
  const phone = '+13125550154'
  await world.missedCall(phone, SALES)
  await world.textsOn(phone)
  await withDatabase(world, 'acme', (client) =>
    client.query(
      `insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_address, to_address, body,
         segments, status, connection_id)
       select gen_random_uuid(), account_id, conversation_id, contact_id, kind, direction, from_address, to_address, body,
         segments, 'delivered', connection_id from messages, generate_series(1, 9) where to_address = $1`,
      [phone],
    ),
  )
  const change = { phone: '+13125550155', removeAddresses: [phone] }
  await world.api('PATCH', `/contacts/${await contactAt(world, phone)}`, change)
  const call = { number: SALES, from: phone, ringSeconds: 20 }
  const { checks } = await world.api('POST', '/decisions/preview', call)
  const { passed, facts } = checks.find(({ name }: Json) => name === 'loop')
  assert.deepEqual([passed, facts.textsLastHour], [false, 10])
})

test('calls are forwarded only into countries that the account allows, and to ordinary phones', async (t) => {
  const world = await startWorld(t)
  const forward = (target: string) => world.ask('PATCH', `/api/v1/numbers/${MAIN}`, { forwardTo: [target] })
  const refusals: [target: string, message: RegExp][] = [
    ['+8816123456789', /belongs to no country/],
    ['+882161234567', /belongs to no country/],
    ['+883510012345678', /belongs to no country/],
    ['+979123456789', /belongs to no country/],
    ['+447012345678', /personal number/],
    ['+15005550143', /personal number/],
    ['+19005550143', /premium/],
    ['+447624123456', /in another country \(IM\).*alsoTextsCountries/],
    ['+18765550143', /in another country \(JM\).*alsoTextsCountries/],
    ['+14165550143', /in another country \(CA\).*alsoTextsCountries/],
  ]

  await t.test('by the API', async () => {
    for (const [target, message] of refusals) {
      const { status, body } = await forward(target)
      assert.equal(status, 400, target)
      assert.equal(body.errors[0].field, 'forwardTo[0]')
      assert.match(body.errors[0].message, message)
    }
    const added = await world.ask('POST', '/api/v1/numbers', {
      number: '+12025550109',
      carrier: 'main',
      forwardTo: ['+14165550143'],
    })
    assert.deepEqual(
      added.body.errors.map(({ field }: Json) => field),
      ['forwardTo[0]'],
    )
  })

  await t.test('by the provisioning file', async () => {
    for (const [target, message] of refusals)
      await assert.rejects(
        world.provision((file) => {
          file.accounts[0].numbers[0].forwardTo = [target]
        }),
        ({ errors }: Json) =>
          errors[0].field === 'accounts[0].numbers[0].forwardTo[0]' && message.test(errors[0].message),
      )
    await world.provision((file) => {
      file.accounts[0].numbers[0].forwardTo = [MIKE]
    })
  })

  await t.test('a country can be allowed, and not be taken back while a number forwards into it', async () => {
    assert.equal((await settings(world, { alsoTextsCountries: ['CA'] })).status, 200)
    assert.equal((await forward('+14165550143')).status, 200)
    const { advice } = await world.api('GET', `/numbers/${MAIN}`)
    assert.match(advice[0].message, /may cost more/)
    const refused = await settings(world, { alsoTextsCountries: [] })
    assert.equal(refused.status, 400)
    assert.deepEqual(refused.body.errors[0].field, 'alsoTextsCountries')
    assert.match(refused.body.errors[0].message, /your number \+12025550100 forwards to \+14165550143/)
    assert.equal((await forward(MIKE)).status, 200)
    assert.equal((await settings(world, { alsoTextsCountries: [] })).status, 200)
  })

  await t.test(
    'an old row is looked at again when a call comes: nobody is rung, and the caller is texted',
    async () => {
      await world.network('PUT', '/clock', { speed: 20 })
      for (const [n, target] of ['+8816123456789', '+19005550143', '+14165550143'].entries()) {
        await withDatabase(world, 'acme', (client) =>
          client.query('update numbers set forward_to = $1 where number = $2', [[target], MAIN]),
        )
        const caller = `+1312555016${n}`
        const { id } = await world.network('POST', '/calls', { from: caller, to: MAIN })
        await until(async () => (await world.network('GET', `/calls/${id}`)).state === 'ended', 'the end of the call')
        const { legs } = await world.network('GET', `/calls/${id}`)
        assert.deepEqual(
          legs.map((leg: Json) => leg.to),
          [MAIN],
        )
        await world.textsOn(caller)
        const { advice } = await world.api('GET', `/numbers/${MAIN}`)
        assert.match(advice[0].message, /is not rung/)
        assert.equal(advice[0].field, 'forwardTo[0]')
      }
    },
  )
})

async function contactAt(world: World, phone: string): Promise<string> {
  const { data } = await world.api('GET', `/contacts?phone=${encodeURIComponent(phone)}`)
  return data[0].id
}
