import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catchUpAll } from '../../src/actions/calls/catchUp.ts'
import { withDatabase } from '../rows.ts'
import { signedHooks } from '../signed.ts'
import { type Json, MAIN, MIKE, SALES, startWorld, until, type World } from '../world.ts'

const SALES_FORWARD = '+12025550104'
const LINES = [
  ['Twilio', MAIN],
  ['Telnyx', SALES_FORWARD],
] as const

/** How far a call is when its caller or its number is changed. */
const MOMENTS = {
  ringing: async () => {},
  answered: async (world: World, callId: string) => {
    await world.network('POST', `/calls/${callId}/answer`, { phone: MIKE })
    await until(async () => {
      const { data } = await world.api('GET', '/calls?outcome=in_progress')
      return data.length === 1
    }, 'a call that is answered')
  },
}

test('what is done while a call is under way loses nothing of it', async (t) => {
  const world = await startWorld(t, { lines: [{ number: SALES_FORWARD, carrier: 'alt', forwardTo: [MIKE] }] })
  const { api, ask } = world
  const hooks = signedHooks(world)
  let last = 0
  const phone = () => {
    last += 1
    return `+131255501${String(last).padStart(2, '0')}`
  }
  const leads = async (contactId: string) => (await api('GET', `/leads?contactId=${contactId}`)).data
  const hangUp = (id: string) => world.network('POST', `/calls/${id}/hangup`, {})
  /** A call from an existing contact, up to that moment. */
  const callAt = async (moment: keyof typeof MOMENTS, line: string) => {
    const from = phone()
    const contact = await api('POST', '/contacts', { phone: from })
    const id = await world.ringing(from, line, MIKE)
    await MOMENTS[moment](world, id)
    return { from, id, contactId: contact.id as string }
  }
  const callOf = async (from: string) => (await world.callsFrom(from))[0]

  /** The call is decided once, however often its webhooks arrive; a missed one made a lead and one text. */
  const decided = async (from: string, contactId: string, moment: keyof typeof MOMENTS) => {
    // A missed call can be decided before the webhook of its end has come.
    const call = await until(async () => {
      const call = await callOf(from)
      return call.endedAt && call
    }, 'the end of the call')
    for (const webhook of await hooks.sentAbout(from)) assert.ok((await hooks.again(webhook)) < 300)
    assert.deepEqual(await callOf(from), call)
    assert.equal(call.contactId, contactId)
    const missed = moment === 'ringing'
    assert.deepEqual(
      [call.outcome, call.decision.reason],
      missed ? ['missed', 'missed_call'] : ['answered', 'answered'],
    )
    assert.equal((await leads(contactId)).length, missed ? 1 : 0)
    if (missed) await world.textsOn(from)
    assert.equal((await world.textsSentTo(from)).length, missed ? 1 : 0)
    const sent = await api('POST', '/messages', { to: from, body: 'When would suit you?' })
    assert.equal(sent.contactId, contactId)
    await world.network('POST', '/messages', { from, to: sent.from, body: 'Tomorrow' })
    await until(async () => {
      const conversation = await api('GET', `/conversations/${sent.conversationId}`)
      return conversation.lastMessagePreview === 'Tomorrow' && conversation.contactId === contactId
    }, 'an answer in the conversation')
  }

  for (const [carrier, line] of LINES)
    for (const moment of ['ringing', 'answered'] as const) {
      await t.test(`${carrier}, ${moment}: the caller becomes part of another contact`, async () => {
        const { from, id, contactId } = await callAt(moment, line)
        const kept = await api('POST', '/contacts', { phone: phone() })
        await api('POST', `/contacts/${kept.id}/merge`, { otherId: contactId })
        await hangUp(id)
        await decided(from, kept.id, moment)
      })

      await t.test(`${carrier}, ${moment}: another contact becomes part of the caller`, async () => {
        const other = phone()
        await world.missedCall(other, SALES)
        await world.textsOn(other)
        const { contactId: otherId } = await callOf(other)
        const [lead] = await leads(otherId)
        await api('PATCH', `/leads/${lead.id}`, { status: 'won' })
        const { from, id, contactId } = await callAt(moment, line)
        await api('POST', `/contacts/${contactId}/merge`, { otherId })
        await hangUp(id)
        const call = await callOf(from)
        assert.equal(call.contactId, contactId)
        assert.equal((await leads(contactId)).length, moment === 'ringing' ? 2 : 1)
        const [conversation] = (await api('GET', `/conversations?contactId=${contactId}`)).data
        assert.equal(conversation.repliesTo, moment === 'ringing' ? from : other)
      })

      await t.test(`${carrier}, ${moment}: the caller is erased, and is somebody new when the call ends`, async () => {
        const { from, id, contactId } = await callAt(moment, line)
        await api('POST', '/messages', { to: from, body: 'Hello' })
        await world.textsOn(from)
        await api('DELETE', `/contacts/${contactId}`)
        assert.deepEqual((await api('GET', `/messages?contactId=${contactId}`)).data, [])
        await hangUp(id)
        const call = await callOf(from)
        assert.ok(call.contactId && call.contactId !== contactId)
        const missed = moment === 'ringing'
        assert.equal(call.outcome, missed ? 'missed' : 'answered')
        assert.equal((await leads(call.contactId)).length, missed ? 1 : 0)
        if (missed) await world.textsOn(from, 2)
        assert.equal((await world.textsSentTo(from)).length, missed ? 2 : 1)
        const sent = await api('POST', '/messages', { to: from, body: 'Hello again' })
        assert.equal(sent.contactId, call.contactId)
      })

      await t.test(`${carrier}, ${moment}: its number stays until the call is over`, async () => {
        const { from, id, contactId } = await callAt(moment, line)
        const refused = await ask('DELETE', `/api/v1/numbers/${line}`)
        assert.deepEqual(
          [refused.status, refused.body.detail],
          [409, 'A call is under way on it; try again in a minute.'],
        )
        await hangUp(id)
        await decided(from, contactId, moment)
      })
    }
})

test('a number is deleted under a call whose end comes later', async (t) => {
  for (const [carrier, line] of LINES)
    for (const moment of ['ringing', 'answered'] as const)
      await t.test(`${carrier}, ${moment}`, async (t) => {
        const world = await startWorld(t, { lines: [{ number: SALES_FORWARD, carrier: 'alt', forwardTo: [MIKE] }] })
        const { api, ask } = world
        const hooks = signedHooks(world)
        const from = '+13125550101'
        const id = await world.ringing(from, line, MIKE)
        await MOMENTS[moment](world, id)
        // Longer than a call rings: by the database its end got lost.
        await inBooks(world, "update calls set started_at = now() - interval '6 minutes'")
        assert.equal((await ask('DELETE', `/api/v1/numbers/${line}`)).status, 204)
        await world.network('POST', `/calls/${id}/hangup`, {})
        const [call] = await world.callsFrom(from)
        const missed = moment === 'ringing'
        assert.deepEqual(
          [call.outcome, call.decision.reason],
          missed ? ['missed', 'number_deleted'] : ['answered', 'answered'],
        )
        assert.equal((await api('GET', `/leads?contactId=${call.contactId}`)).data.length, missed ? 1 : 0)
        // All its webhooks up to its end arrive once more.
        for (const webhook of await hooks.sentAbout(from)) {
          const status = await hooks.again(webhook)
          assert.ok(status < 500, `${webhook.url} was answered with ${status}`)
        }
        const fate = ({ outcome, decision, contactId, messageId }: Json) => [outcome, decision, contactId, messageId]
        assert.deepEqual((await world.callsFrom(from)).map(fate), [fate(call)])
        assert.deepEqual(await world.textsSentTo(from), [])
        const [leg] = (await api('GET', `/calls/${call.id}`)).legs
        assert.equal(leg.state, 'ended')
        // The conversation continues from a number that remains.
        const sent = await api('POST', '/messages', { to: from, body: 'You called us?' })
        assert.notEqual(sent.from, line)
        await world.textsOn(from)
      })

  await t.test('a call that arrived at that very moment is closed by the next catch-up', async (t) => {
    const world = await startWorld(t)
    const [from, pest] = ['+13125550101', '+13125550102']
    await world.api('POST', '/blocked', { phone: pest })
    for (const phone of [from, pest]) await world.missedCall(phone, SALES)
    const before = [...(await world.callsFrom(from)), ...(await world.callsFrom(pest))]
    for (const { contactId } of before) await world.api('DELETE', `/contacts/${contactId}`)
    await world.api('DELETE', `/numbers/${SALES}`)
    for (const [n, phone] of [from, pest].entries())
      await inBooks(
        world,
        `update calls set decided_at = null, decision = null, outcome = 'ringing', ended_at = null, contact_id = null,
           from_phone = '${phone}', started_at = now() - interval '3 minutes' where id = '${before[n].id}'`,
      )
    await catchUpAll(world.app.world)
    const [call] = await world.callsFrom(from)
    assert.deepEqual([call.outcome, call.decision.reason], ['missed', 'number_deleted'])
    const { data: leads } = await world.api('GET', '/leads')
    assert.deepEqual(
      leads.map((lead: Json) => lead.contact.phone),
      [from],
      'a pest is none',
    )
  })
})

const inBooks = (world: World, statement: string) => withDatabase(world, '*', (client) => client.query(statement))
