import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness, NUMBER } from '../../../test/business/business.ts'
import { MINUTE } from '../../domain/time.ts'
import { recordCall } from './recordCall.ts'

async function start() {
  const b = await aBusiness()
  return {
    ...b,
    statusesOf: async (contactId: string) => (await b.leadsOf(contactId)).map(({ status }) => status),
    textBacksTo: async (contactId: string) =>
      (await b.textsWith(contactId)).filter(({ kind }) => kind === 'text_back').map(({ status }) => status),
  }
}

type Started = Awaited<ReturnType<typeof start>>

const SENT = { outcome: 'missed', reason: 'missed_call' }

describe('a missed call', () => {
  test('of a stranger makes contact, lead and conversation, and queues the text', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aMissedCall(phone)
    const [text] = await b.textsWith(contactId)
    assert.deepEqual(await b.lastCallFrom(phone), { ...SENT, contactId, messageId: text!.id })
    assert.partialDeepStrictEqual(text, { kind: 'text_back', status: 'queued' })
    assert.deepEqual(await b.statusesOf(contactId), ['open'])
    const waits = { status: 'open', unread: 0, waitingSince: b.world.now(), lastMessagePreview: text!.body }
    assert.partialDeepStrictEqual(await b.conversationOf(contactId), waits)
    const types = (await b.events(contactId)).map(({ type }) => type)
    assert.deepEqual(types.sort(), ['call.missed', 'lead.created', 'message.queued'])
  })

  test('of a known contact is theirs, and the text greets them by name', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone, name: 'Dana Whitfield' })
    assert.equal(await b.aMissedCall(phone), contactId)
    assert.match((await b.textsWith(contactId))[0]!.body, /^Hi Dana,/)
    assert.deepEqual(await b.statusesOf(contactId), ['open'])
  })

  test('from the second phone of a contact is theirs, and the text goes to that phone', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContactWith(b.aPhone(), phone)
    assert.equal(await b.aMissedCall(phone), contactId)
    assert.equal((await b.text((await b.lastCallFrom(phone)).messageId!)).toAddress, phone)
  })

  test('of a contact with an open lead makes no second one', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone })
    const leadId = await b.anOpenLead(contactId)
    await b.aMissedCall(phone)
    assert.deepEqual(await b.leadsOf(contactId), [{ id: leadId, status: 'open', reason: null }])
    assert.deepEqual(await b.textBacksTo(contactId), ['queued'])
  })

  for (const closed of ['won', 'lost'] as const)
    test(`of a contact whose lead is ${closed} makes a new one`, async () => {
      const b = await start()
      const phone = b.aPhone()
      const contactId = await b.aContact({ phone })
      await (closed === 'won' ? b.aWonLead(contactId) : b.aLostLead(contactId))
      await b.aMissedCall(phone)
      assert.deepEqual((await b.statusesOf(contactId)).sort(), [closed, 'open'].sort())
    })

  const CONVERSATIONS: [string, boolean, (b: Started, phone: string) => Promise<string>][] = [
    ['who waits in a conversation', true, (b, phone) => b.aTextFrom(phone)],
    ['with an answered conversation', false, (b, phone) => b.anAnsweredConversation(phone)],
    ['with a snoozed conversation', true, (b, phone) => b.aSnoozedConversation(phone)],
    ['with a closed conversation', false, (b, phone) => b.aClosedConversation(phone)],
  ]
  for (const [who, waitedBefore, make] of CONVERSATIONS)
    test(`of somebody ${who} stays in that one, open, with its text`, async () => {
      const b = await start()
      const phone = b.aPhone()
      const contactId = await make(b, phone)
      const before = await b.conversationOf(contactId)
      b.wait(5 * MINUTE)
      await b.aMissedCall(phone)
      const waitingSince = waitedBefore ? before.waitingSince : b.world.now()
      const now = { id: before.id, status: 'open', snoozedUntil: null, unread: before.unread, waitingSince }
      assert.partialDeepStrictEqual(await b.conversationOf(contactId), now)
      assert.deepEqual(await b.textBacksTo(contactId), ['queued'])
    })

  test('of somebody who opted out is a lead that waits, unread, without a text', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.anOptOut(phone)
    const { unread } = await b.conversationOf(contactId)
    await b.aMissedCall(phone)
    assert.partialDeepStrictEqual(await b.lastCallFrom(phone), { reason: 'opted_out', contactId, messageId: null })
    assert.deepEqual([await b.textBacksTo(contactId), await b.statusesOf(contactId)], [[], ['open']])
    const waits = { unread: unread + 1, waitingSince: b.world.now() }
    assert.partialDeepStrictEqual(await b.conversationOf(contactId), waits)
  })

  for (const [list, reason] of [
    ['exclude', 'excluded'],
    ['block', 'blocked'],
  ] as const)
    test(`of somebody who is ${reason} is in the log, and is neither a lead nor texted`, async () => {
      const b = await start()
      const phone = b.aPhone()
      await b.listed(list, phone)
      const contactId = await b.aMissedCall(phone)
      assert.partialDeepStrictEqual(await b.lastCallFrom(phone), { reason, contactId, messageId: null })
      assert.deepEqual([await b.textsWith(contactId), await b.leadsOf(contactId)], [[], []])
      await assert.rejects(b.conversationOf(contactId))
    })

  for (const withheld of ['anonymous', 'Restricted', '+266696687'])
    test(`from a withheld number, "${withheld}", is in the log and is nobody’s`, async () => {
      const b = await start()
      await b.miss(withheld)
      const nobody = { outcome: 'missed', reason: 'anonymous', contactId: null, messageId: null }
      assert.deepEqual(await b.lastCallFrom('anonymous'), nobody)
      assert.partialDeepStrictEqual(await b.lastEvent(), { type: 'call.missed', contactId: null, leadId: null })
    })

  test('of one of our own numbers is neither a lead nor texted', async () => {
    const b = await start()
    const contactId = await b.aMissedCall(NUMBER)
    assert.partialDeepStrictEqual(await b.lastCallFrom(NUMBER), { reason: 'own_phone', messageId: null })
    assert.deepEqual(await b.leadsOf(contactId), [])
  })

  test('on a number that is switched off is neither a lead nor texted', async () => {
    const b = await start()
    await b.withNumber({ enabled: false })
    const phone = b.aPhone()
    const contactId = await b.aMissedCall(phone)
    assert.partialDeepStrictEqual(await b.lastCallFrom(phone), { reason: 'number_off', messageId: null })
    assert.deepEqual(await b.leadsOf(contactId), [])
  })

  for (const [what, reason, make] of [
    ['with text-back off', 'text_back_off', (b: Started) => b.withNumber({ textBack: { enabled: false } })],
    ['while the business is being closed', 'account_closing', (b: Started) => b.aClosingAccount()],
    ['when all texts of the day are used', 'daily_cap', (b: Started) => b.withSettings({ dailyCap: 0 })],
  ] as const)
    test(`${what} is a lead that waits, unread, without a text`, async () => {
      const b = await start()
      await make(b)
      const phone = b.aPhone()
      const contactId = await b.aMissedCall(phone)
      assert.partialDeepStrictEqual(await b.lastCallFrom(phone), { reason, messageId: null })
      assert.deepEqual(await b.statusesOf(contactId), ['open'])
      assert.partialDeepStrictEqual(await b.conversationOf(contactId), { unread: 1, waitingSince: b.world.now() })
    })
})

describe('several missed calls', () => {
  test('at once near the daily cap get exactly the texts that are left', async () => {
    const b = await start()
    await b.withSettings({ dailyCap: 5 })
    await b.aMissedCall()
    await b.aMissedCall()
    const phones = Array.from({ length: 12 }, b.aPhone)
    const contacts = await Promise.all(phones.map((phone) => b.aMissedCall(phone)))
    const reasons = await Promise.all(phones.map(async (phone) => (await b.lastCallFrom(phone)).reason))
    const texts = await Promise.all(contacts.map(b.textBacksTo))
    assert.deepEqual(texts.flat(), ['queued', 'queued', 'queued'])
    assert.equal(reasons.filter((reason) => reason === 'daily_cap').length, 9)
  })

  test('of one caller at the same moment make one contact, lead and conversation', async () => {
    const b = await start()
    const phone = b.aPhone()
    const [contactId, same] = await Promise.all([b.aMissedCall(phone), b.aMissedCall(phone)])
    assert.equal(contactId, same)
    assert.deepEqual(await b.statusesOf(contactId!), ['open'])
    assert.deepEqual(await b.textBacksTo(contactId!), ['queued', 'queued'])
    assert.equal((await b.callsOf(contactId!)).length, 2)
  })

  test('of one caller at the same moment get one text when a cooldown is set', async () => {
    const b = await start()
    await b.withNumber({ textBack: { cooldownMinutes: 60 } })
    const phone = b.aPhone()
    const [contactId] = await Promise.all([b.aMissedCall(phone), b.aMissedCall(phone)])
    assert.deepEqual(await b.textBacksTo(contactId!), ['queued'])
  })

  test('from two phones of one contact at the same moment make one lead and one conversation', async () => {
    const b = await start()
    const [one, two] = [b.aPhone(), b.aPhone()]
    const contactId = await b.aContactWith(one, two)
    assert.deepEqual(await Promise.all([b.aMissedCall(one), b.aMissedCall(two)]), [contactId, contactId])
    assert.deepEqual(await b.statusesOf(contactId), ['open'])
  })
})

describe('an answered call', () => {
  async function answer(b: Started, from: string) {
    const call = { callId: b.aCarrierId(), legId: null, from, to: NUMBER, startedAt: b.world.now(), why: null }
    b.wait(MINUTE)
    const end = { type: 'call.ended', at: b.world.now(), answered: true, durationSeconds: 60 } as const
    await recordCall(b.world, b.source, { ...call, ...end })
    return b.lastCallFrom(from)
  }

  test('of a stranger makes a contact, and neither a lead nor a text', async () => {
    const b = await start()
    const { contactId, ...call } = await answer(b, b.aPhone())
    assert.deepEqual(call, { outcome: 'answered', reason: 'answered', messageId: null })
    assert.deepEqual([await b.textsWith(contactId!), await b.leadsOf(contactId!)], [[], []])
  })

  test('of somebody who waits ends the wait', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aTextFrom(phone)
    await answer(b, phone)
    assert.equal((await b.conversationOf(contactId)).waitingSince, null)
  })
})
