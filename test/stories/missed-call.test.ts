import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CALLER, MAIN, MIKE, SALES, startWorld, until } from '../world.ts'

test('a call that nobody answers is texted back, and contact, lead and conversation are there', async (t) => {
  const world = await startWorld(t)
  await world.missedCall(CALLER, MAIN)
  const [text] = await world.textsOn(CALLER)
  assert.equal(text.from, MAIN)
  assert.match(text.body, /^Hi there, sorry we missed your call\. This is Acme HVAC\./)

  const call = await world.decided(CALLER)
  assert.equal(call.outcome, 'missed')
  assert.equal(call.decision.action, 'send')
  const contact = await world.api('GET', `/contacts/${call.contactId}`)
  assert.equal(contact.phone, CALLER)
  const { data: leads } = await world.api('GET', `/leads?contactId=${contact.id}`)
  assert.deepEqual(
    leads.map((lead: { status: string; stage: string }) => [lead.status, lead.stage]),
    [['open', 'New']],
  )
  const { data: conversations } = await world.api('GET', `/conversations?contactId=${contact.id}`)
  assert.equal(conversations[0].lastMessagePreview, text.body.slice(0, 140))
  const { data: events } = await world.api('GET', `/contacts/${contact.id}/events`)
  const missed = events.find((e: { type: string }) => e.type === 'call.missed')
  assert.deepEqual(events.map((e: { type: string }) => e.type).sort(), [
    'call.missed',
    'lead.created',
    'message.queued',
  ])
  for (const event of events) if (event !== missed) assert.equal(event.causeId, missed.id)
})

test('somebody answers: the call is on the timeline and no text is sent', async (t) => {
  const world = await startWorld(t)
  const id = await world.ringing(CALLER, MAIN, MIKE)
  await world.network('POST', `/calls/${id}/answer`, { phone: MIKE })
  await world.network('POST', `/calls/${id}/hangup`, {})
  const call = await world.decided(CALLER)
  assert.equal(call.outcome, 'answered')
  assert.equal(call.decision.reason, 'answered')
  assert.equal(call.messageId, null)
  const { data: leads } = await world.api('GET', '/leads')
  assert.equal(leads.length, 0)
  // A text to the caller would have left before that of the next call.
  await world.missedCall('+13125550144', MAIN)
  await world.textsOn('+13125550144')
  assert.deepEqual(await world.textsSentTo(CALLER), [])
})

test('a number that gets only missed calls leaves the caller ringing at Telnyx, and texts when they hang up', async (t) => {
  const world = await startWorld(t)
  await world.missedCall(CALLER, SALES)
  const [text] = await world.textsOn(CALLER)
  assert.equal(text.from, SALES)
})

test('today says how long texts take to leave: the half, 95 of 100, and the slowest', async (t) => {
  const world = await startWorld(t)
  assert.equal((await world.api('GET', '/today')).hangUpToTextSeconds, null)
  for (const caller of [CALLER, '+13125550144', '+13125550145']) {
    await world.missedCall(caller, MAIN)
    await world.textsOn(caller)
  }
  const measured = await until(async () => {
    const { hangUpToTextSeconds } = await world.api('GET', '/today')
    return hangUpToTextSeconds?.texts === 3 && hangUpToTextSeconds
  })
  const { median, p95, slowest } = measured
  assert.ok(median >= 0 && median <= p95 && p95 <= slowest && slowest < 10, JSON.stringify(measured))
})
