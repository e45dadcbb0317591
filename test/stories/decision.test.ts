import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowCounts } from '../rows.ts'
import { signedHooks } from '../signed.ts'
import { type Json, MAIN, MIKE, SALES, startWorld, until, WORKSHOP, type World } from '../world.ts'

const MISSED_ONLY = '+12025550103'
const STAFF = '+12025550199'
const PEST = '+12025550198'

test('what speaks against a text', async (t) => {
  const world = await startWorld(t, {
    lines: [{ number: MISSED_ONLY, carrier: 'main', mode: 'cfna' }],
    provision: (file) => Object.assign(file.accounts[0], { exclude: [STAFF], blocked: [PEST] }),
  })
  const hooks = signedHooks(world)

  /** A missed call; returns it decided, and asserts that nothing was sent. */
  const skipped = async (from: string, reason: string, to = SALES, nth = 1) => {
    await world.missedCall(from, to)
    const [call] = await world.callsFrom(from, nth)
    assert.deepEqual([call.outcome, call.decision.action, call.decision.reason], ['missed', 'skip', reason])
    assert.equal(call.messageId, null)
    return call
  }
  const nothingSentTo = async (phone: string) => assert.deepEqual(await world.textsSentTo(phone), [])
  const leadsOf = async (call: Json) => (await world.api('GET', `/leads?contactId=${call.contactId}`)).data.length

  await t.test('a withheld number: no contact, but the call is in the log', async () => {
    for (const line of [SALES, MISSED_ONLY]) {
      await world.network('POST', '/calls', { from: 'anonymous', to: line }).then(hangUp(world))
      const call = await until(async () => {
        const { data } = await world.api('GET', `/calls?number=${encodeURIComponent(line)}`)
        return data.find((c: Json) => c.from === 'anonymous' && c.decision)
      })
      assert.deepEqual([call.decision.reason, call.contactId, call.messageId], ['anonymous', null, null])
    }
  })

  await t.test('numbers that cannot be texted still make a lead', async () => {
    const cases = [
      ['+18005550143', 'toll_free'],
      ['+442079460143', 'foreign'],
      ['+14165550143', 'foreign'],
    ] as const
    for (const [from, reason] of cases) {
      const call = await skipped(from, reason)
      assert.equal(await leadsOf(call), 1, from)
      await nothingSentTo(from)
    }
  })

  await t.test('our own people: no lead either', async () => {
    const cases = [
      [STAFF, 'excluded'],
      [MIKE, 'own_phone'],
      [MAIN, 'own_phone'],
      [PEST, 'blocked'],
    ] as const
    for (const [from, reason] of cases) {
      const call = await skipped(from, reason)
      assert.equal(await leadsOf(call), 0, from)
      await nothingSentTo(from)
    }
  })

  await t.test('a landline is looked up at the carrier once, and not paid for again', async () => {
    const learned = [
      ['+13125550151', MISSED_ONLY, '30006'],
      ['+13125550152', SALES, '40001'],
    ] as const
    for (const [landline, line, code] of learned) {
      await world.network('PUT', `/phones/${encodeURIComponent(landline)}`, { kind: 'landline' })
      await world.missedCall(landline, line)
      const [first] = await world.callsFrom(landline)
      assert.equal(first.decision.action, 'send')
      const message = await until(async () => {
        const told = await world.api('GET', `/messages/${first.messageId}`)
        return told.status === 'undelivered' && told
      }, 'an undelivered text')
      assert.equal(message.trouble.code, code)
      assert.match(message.reason, /landline/)

      const second = await skipped(landline, 'landline', line, 2)
      assert.deepEqual(factsOf(second, 'landline'), { lineType: 'landline', source: code, daysAgo: 0 })
      assert.equal((await world.textsSentTo(landline)).length, 1)
      assert.equal((await world.api('GET', `/contacts/${second.contactId}`)).lineType, 'landline')
      const { data: events } = await world.api('GET', `/contacts/${second.contactId}/events`)
      const failed = events.find((event: Json) => event.type === 'message.failed')
      assert.equal(events.find((event: Json) => event.id === failed.causeId).type, 'message.queued')
    }
    // They get a mobile as their phone instead: the stored line type is about the old phone.
    const [person] = (await world.api('GET', `/contacts?phone=${encodeURIComponent('+13125550151')}`)).data
    await world.api('PATCH', `/contacts/${person.id}`, { phone: '+13125550174' })
    await world.missedCall('+13125550174', SALES)
    await world.textsOn('+13125550174')
  })

  await t.test('a caller who opted out', async () => {
    const from = '+13125550153'
    await world.api('POST', '/opt-outs', { phone: from })
    assert.match(sentenceOf(await skipped(from, 'opted_out'), 'opted_out'), /opted out of texts, today/)
    await nothingSentTo(from)
  })

  await t.test('a forged caller id is skipped, or texted where the number allows it', async () => {
    const forged = async (from: string, to: string) =>
      world.network('POST', '/calls', { from, to, stirVerstat: 'TN-Validation-Failed-C' }).then(hangUp(world))
    for (const [from, line] of [
      ['+13125550154', MISSED_ONLY],
      ['+13125550155', MAIN],
    ] as const) {
      await forged(from, line)
      const [call] = await world.callsFrom(from)
      assert.equal(call.decision.reason, 'spam')
      await nothingSentTo(from)
    }
    await world.api('PATCH', `/numbers/${MISSED_ONLY}`, { textBack: { forgedCallerId: 'send' } })
    await forged('+13125550156', MISSED_ONLY)
    await world.textsOn('+13125550156')
  })

  await t.test('a call that we learn of too late', async () => {
    const late = (id: string, from: string, minutes: number) => {
      const ended = Date.now() - minutes * 60_000
      const times = { started_at: new Date(ended - 20_000).toISOString(), ended_at: new Date(ended).toISOString() }
      return hooks.generic({ id, from, to: WORKSHOP, ...times, outcome: 'missed' })
    }
    await late('late', '+13125550157', 20)
    const [call] = await world.callsFrom('+13125550157')
    assert.equal(call.decision.reason, 'late')
    assert.deepEqual(factsOf(call, 'late'), { minutesLate: 20, lateAfterMinutes: 15 })
    assert.equal(await leadsOf(call), 1)
    await nothingSentTo('+13125550157')
    await late('in time', '+13125550158', 14)
    await world.textsOn('+13125550158')
    await world.api('PATCH', '/settings', { lateAfterMinutes: 30 })
    await late('late no more', '+13125550159', 20)
    await world.textsOn('+13125550159')
  })

  await t.test('text-back off, and the whole number off', async () => {
    await world.api('PATCH', `/numbers/${MISSED_ONLY}`, { textBack: { enabled: false } })
    assert.equal(await leadsOf(await skipped('+13125550160', 'text_back_off', MISSED_ONLY)), 1)
    await world.api('PATCH', `/numbers/${MISSED_ONLY}`, { enabled: false })
    assert.equal(await leadsOf(await skipped('+13125550161', 'number_off', MISSED_ONLY)), 0)
    await world.api('PATCH', `/numbers/${MISSED_ONLY}`, { enabled: true, textBack: { enabled: true } })
    await world.missedCall('+13125550162', MISSED_ONLY)
    await world.textsOn('+13125550162')
  })

  await t.test('the cooldown, which is off by default', async () => {
    const from = '+13125550163'
    await world.missedCall(from, SALES)
    await world.missedCall(from, SALES)
    await world.textsOn(from, 2)
    await world.api('PATCH', `/numbers/${SALES}`, { textBack: { cooldownMinutes: 60 } })
    const third = await skipped(from, 'cooldown', SALES, 3)
    assert.equal(factsOf(third, 'cooldown').cooldownMinutes, 60)
    await world.api('PATCH', `/numbers/${SALES}`, { textBack: { cooldownMinutes: 0 } })
  })

  await t.test('a text that never arrived starts no cooldown', async () => {
    const from = '+13125550173'
    await world.network('PUT', `/phones/${encodeURIComponent(from)}`, { kind: 'unreachable' })
    await world.missedCall(from, SALES)
    await until(async () => {
      const { data } = await world.api('GET', '/messages?limit=200')
      return data.find((m: Json) => m.to === from)?.status === 'undelivered'
    }, 'a text that did not arrive')
    await world.network('PUT', `/phones/${encodeURIComponent(from)}`, { kind: 'mobile' })
    await world.api('PATCH', `/numbers/${SALES}`, { textBack: { cooldownMinutes: 60 } })
    await world.missedCall(from, SALES)
    await world.textsOn(from)
    await world.api('PATCH', `/numbers/${SALES}`, { textBack: { cooldownMinutes: 0 } })
  })

  await t.test('the second text within a day has other words, where the number has any', async () => {
    const from = '+13125550164'
    await world.api('PATCH', `/numbers/${SALES}`, { textBack: { repeatMessage: '{{business}} again: we will call.' } })
    await world.missedCall(from, SALES)
    await world.textsOn(from)
    await world.missedCall(from, SALES)
    const [first, second] = await world.textsOn(from, 2)
    assert.match(first.body, /^Hi there/)
    assert.equal(second.body, 'Acme HVAC again: we will call.')
  })

  await t.test('two machines that answer each other', async () => {
    const from = '+13125550165'
    for (let i = 0; i < 3; i++) await world.network('POST', '/messages', { from, to: SALES, body: 'I am away.' })
    await until(
      async () => (await world.api('GET', '/messages')).data.filter((m: Json) => m.from === from).length === 3,
    )
    const call = await skipped(from, 'loop')
    assert.deepEqual(factsOf(call, 'loop'), { sameInboundLastHour: 3, textsLastHour: 0 })
    await nothingSentTo(from)
  })

  await t.test('the daily cap, which a program’s texts count towards as well', async () => {
    const { segmentsToday } = await world.api('GET', '/settings')
    assert.ok(segmentsToday > 0)
    await world.api('PATCH', '/settings', { dailyCap: segmentsToday + 1 })
    await world.missedCall('+13125550166', SALES)
    await world.textsOn('+13125550166')
    const call = await skipped('+13125550167', 'daily_cap')
    const used = { segmentsToday: segmentsToday + 1, segments: 1, dailyCap: segmentsToday + 1 }
    assert.deepEqual(factsOf(call, 'daily_cap'), used)
    const refused = await world.ask('POST', '/api/v1/messages', { to: '+13125550168', body: 'Hi' })
    assert.equal(refused.status, 422)
    assert.match(refused.body.detail, /Raise the daily cap/)

    await world.api('PATCH', '/settings', { dailyCap: segmentsToday + 4 })
    const asked = Array.from({ length: 12 }, (_, n) =>
      world.ask('POST', '/api/v1/messages', { to: `+131255501${70 + n}`, body: 'Hi' }),
    )
    const statuses = (await Promise.all(asked)).map(({ status }) => status).toSorted()
    assert.deepEqual(statuses, [201, 201, 201, ...Array(9).fill(422)], 'at the same moment, too')
    await world.api('PATCH', '/settings', { dailyCap: 500 })
  })

  await t.test('every decision has all its checks, as sentences', async () => {
    const { data } = await world.api('GET', '/calls?limit=200')
    assert.ok(data.length > 20)
    for (const call of data) {
      assert.equal(call.decision.checks.length, 14)
      for (const check of call.decision.checks) assert.match(check.sentence, /\.$/)
    }
  })
})

test('the preview decides as a call would, and writes nothing', async (t) => {
  const world = await startWorld(t)
  const preview = (call: object) =>
    world.api('POST', '/decisions/preview', { number: SALES, from: '+13125550143', ...call })
  await world.api('POST', '/opt-outs', { phone: '+13125550144' })
  await world.api('POST', '/contacts', { phone: '+13125550145', name: 'Dana Whitfield' })
  const before = await rowCounts(world)

  const sends = await preview({})
  assert.deepEqual([sends.action, sends.reason, sends.segments], ['send', 'missed_call', 1])
  assert.match(sends.body, /^Hi there, sorry we missed your call\. This is Acme HVAC\./)
  assert.match((await preview({ from: '+13125550145' })).body, /^Hi Dana,/)
  const reasons: [string, object][] = [
    ['answered', { answered: true }],
    ['anonymous', { from: 'anonymous' }],
    ['invalid', { from: 'sip:pat@example.com' }],
    ['opted_out', { from: '(312) 555-0144' }],
    ['own_phone', { from: MIKE }],
    ['spam', { stirVerstat: 'TN-Validation-Failed-A' }],
    ['late', { endedAt: new Date(Date.now() - 16 * 60_000).toISOString() }],
  ]
  for (const [reason, call] of reasons) {
    const told = await preview(call)
    assert.deepEqual([told.action, told.reason, told.body, told.segments], ['skip', reason, null, null])
    assert.equal(told.checks.length, 14)
  }
  assert.deepEqual(await rowCounts(world), before)

  // A real call of the same person is decided with the same checks.
  const made = await preview({ from: '+13125550144' })
  await world.missedCall('+13125550144', SALES)
  const [call] = await world.callsFrom('+13125550144')
  const plain = (decision: Json) =>
    decision.checks.map(({ name, passed, sentence }: Json) => [name, passed, /^It rang/.test(sentence) || sentence])
  assert.deepEqual(plain(call.decision), plain(made))

  const unknown = await world.ask('POST', '/api/v1/decisions/preview', { number: '+12025550177', from: '+13125550143' })
  assert.equal(unknown.status, 400)
  assert.equal(unknown.body.errors[0].field, 'number')
})

const hangUp =
  (world: World) =>
  ({ id }: Json) =>
    world.network('POST', `/calls/${id}/hangup`, {})

const checkOf = (call: Json, name: string) => call.decision.checks.find((check: Json) => check.name === name)
const factsOf = (call: Json, name: string) => checkOf(call, name).facts
const sentenceOf = (call: Json, name: string): string => checkOf(call, name).sentence
