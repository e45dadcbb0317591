import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { newId } from '../../domain/ids.ts'
import { MINUTE } from '../../domain/time.ts'
import { changeLead, createLead } from './leads.ts'

async function start() {
  const b = await aBusiness()
  return {
    ...b,
    create: (contactId: string, valueCents: number | null = null) =>
      createLead(b.world, b.accountId, { contactId, valueCents }, b.actor),
    change: (leadId: string, change: Parameters<typeof changeLead>[3]) =>
      changeLead(b.world, b.accountId, leadId, change, b.actor),
  }
}

describe('a new lead', () => {
  test('begins in the first stage, open, and is on the timeline', async () => {
    const b = await start()
    const contactId = await b.aContact()
    const made = await b.create(contactId, 120_000)
    assert.ok(made.outcome === 'ok')
    const lead = { contactId, stage: 'New', status: 'open', valueCents: 120_000, reason: null, closedAt: null }
    assert.deepEqual(await b.lead(made.leadId), lead)
    const event = { type: 'lead.created', contactId, leadId: made.leadId, actor: b.actor, data: {} }
    assert.deepEqual(await b.lastEvent(contactId), event)
  })

  test('of a contact with an open one is refused with that one’s id, and nothing happens', async () => {
    const b = await start()
    const contactId = await b.aContact()
    const leadId = await b.anOpenLead(contactId)
    const before = await b.events()
    assert.deepEqual(await b.create(contactId, 120_000), { outcome: 'open', leadId })
    assert.equal((await b.lead(leadId)).valueCents, null)
    assert.deepEqual(await b.events(), before)
  })

  test('of a contact whose call was missed is that call’s', async () => {
    const b = await start()
    const contactId = await b.aMissedCall()
    const [ofCall] = await b.leadsOf(contactId)
    assert.deepEqual(await b.create(contactId), { outcome: 'open', leadId: ofCall!.id })
  })

  test('follows one that was won or lost', async () => {
    const b = await start()
    const [won, lost] = [await b.aContact(), await b.aContact()]
    await b.aWonLead(won)
    await b.aLostLead(lost)
    for (const contactId of [won, lost]) assert.equal((await b.create(contactId)).outcome, 'ok')
  })

  test('of nobody, or of another account’s contact, is none', async () => {
    const b = await start()
    const theirs = await (await aBusiness()).aContact()
    assert.deepEqual(await b.create(newId()), { outcome: 'none' })
    assert.deepEqual(await b.create(theirs), { outcome: 'none' })
  })

  test('is one, however many ask at the same moment', async () => {
    const b = await start()
    const contactId = await b.aContact()
    const made = await Promise.all([1, 2, 3, 4].map(() => b.create(contactId)))
    assert.deepEqual(made.map(({ outcome }) => outcome).sort(), ['ok', 'open', 'open', 'open'])
    assert.equal((await b.leadsOf(contactId)).length, 1)
  })
})

describe('an open lead', () => {
  test('moves to another stage', async () => {
    const b = await start()
    const leadId = await b.anOpenLead()
    assert.equal(await b.change(leadId, { stageId: await b.stage('Quoted') }), 'ok')
    assert.equal((await b.lead(leadId)).stage, 'Quoted')
    assert.partialDeepStrictEqual(await b.lastEvent(), { type: 'lead.moved', leadId, data: { stage: 'Quoted' } })
  })

  test('that is moved to where it is has not moved', async () => {
    const b = await start()
    const leadId = await b.anOpenLead()
    const before = await b.events()
    assert.equal(await b.change(leadId, { stageId: await b.stage('New') }), 'ok')
    assert.deepEqual(await b.events(), before)
  })

  test('does not move to a stage that is not there, or is another account’s', async () => {
    const b = await start()
    const leadId = await b.anOpenLead()
    const theirs = await (await aBusiness()).stage('Quoted')
    for (const stageId of [newId(), theirs])
      assert.equal(await b.change(leadId, { stageId, status: 'won', valueCents: 1 }), 'no_stage')
    assert.partialDeepStrictEqual(await b.lead(leadId), { stage: 'New', status: 'open', valueCents: null })
  })

  test('gets a value, and loses it again', async () => {
    const b = await start()
    const leadId = await b.anOpenLead()
    await b.change(leadId, { valueCents: 120_000 })
    assert.equal((await b.lead(leadId)).valueCents, 120_000)
    await b.change(leadId, { status: 'won' })
    assert.equal((await b.lead(leadId)).valueCents, 120_000)
    await b.change(leadId, { valueCents: null })
    assert.equal((await b.lead(leadId)).valueCents, null)
  })

  test('is won now', async () => {
    const b = await start()
    const leadId = await b.anOpenLead()
    b.wait(5 * MINUTE)
    assert.equal(await b.change(leadId, { status: 'won' }), 'ok')
    assert.partialDeepStrictEqual(await b.lead(leadId), { status: 'won', closedAt: b.world.now() })
    assert.partialDeepStrictEqual(await b.lastEvent(), { type: 'lead.won', leadId, actor: b.actor })
  })

  test('is lost for a reason', async () => {
    const b = await start()
    const leadId = await b.anOpenLead()
    assert.equal(await b.change(leadId, { status: 'lost', reason: 'too far away' }), 'ok')
    assert.partialDeepStrictEqual(await b.lead(leadId), { status: 'lost', reason: 'too far away' })
    assert.partialDeepStrictEqual(await b.lastEvent(), { type: 'lead.lost', data: { reason: 'too far away' } })
  })
})

describe('a lead that was won or lost', () => {
  test('opens again', async () => {
    const b = await start()
    for (const leadId of [await b.aWonLead(), await b.aLostLead()]) {
      assert.equal(await b.change(leadId, { status: 'open' }), 'ok')
      assert.partialDeepStrictEqual(await b.lead(leadId), { status: 'open', closedAt: null })
      assert.partialDeepStrictEqual(await b.lastEvent(), { type: 'lead.reopened', leadId })
    }
  })

  test('stays closed while the contact has another open one', async () => {
    const b = await start()
    const contactId = await b.aContact()
    const won = await b.aWonLead(contactId)
    await b.anOpenLead(contactId)
    assert.equal(await b.change(won, { status: 'open', valueCents: 1 }), 'other_open')
    assert.partialDeepStrictEqual(await b.lead(won), { status: 'won', valueCents: null })
  })

  test('that turns from won to lost was closed when it was won', async () => {
    const b = await start()
    const leadId = await b.aWonLead()
    const closedAt = b.world.now()
    b.wait(5 * MINUTE)
    assert.equal(await b.change(leadId, { status: 'lost' }), 'ok')
    assert.partialDeepStrictEqual(await b.lead(leadId), { status: 'lost', closedAt })
    assert.equal((await b.lastEvent())!.type, 'lead.lost')
  })

  test('is not won twice', async () => {
    const b = await start()
    const leadId = await b.aWonLead()
    const before = await b.events()
    assert.equal(await b.change(leadId, { status: 'won' }), 'ok')
    assert.deepEqual(await b.events(), before)
  })
})

test('a lead that is not there, or is another account’s, is not changed', async () => {
  const b = await start()
  const other = await aBusiness()
  const theirs = await other.anOpenLead()
  for (const leadId of [newId(), theirs]) assert.equal(await b.change(leadId, { status: 'won' }), 'none')
  assert.equal((await other.lead(theirs)).status, 'open')
})
