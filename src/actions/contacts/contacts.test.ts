import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { newId } from '../../domain/ids.ts'
import { MINUTE } from '../../domain/time.ts'
import { createContact, eraseContact, mergeContacts, updateContact } from './contacts.ts'

async function start() {
  const b = await aBusiness()
  return {
    ...b,
    create: (details: Partial<Parameters<typeof createContact>[2]> = {}) =>
      createContact(
        b.world,
        b.accountId,
        { phone: b.aPhone(), name: null, email: null, tags: [], fields: {}, ...details },
        b.actor,
      ),
    update: (contactId: string, change: Parameters<typeof updateContact>[3]) =>
      updateContact(b.world, b.accountId, contactId, change, b.actor),
    merge: (keepId: string, otherId: string) => mergeContacts(b.world, b.accountId, keepId, otherId, b.actor),
    erase: (contactId: string) => eraseContact(b.world, b.accountId, contactId, b.actor),
  }
}

const DANA = { name: 'Dana Whitfield', email: 'dana@example.com', tags: ['boiler'], fields: { zip: '60601', rooms: 4 } }

describe('a new contact', () => {
  test('is as it was given, and on the timeline', async () => {
    const b = await start()
    const phone = b.aPhone()
    const made = await b.create({ phone, ...DANA })
    assert.equal(made.outcome, 'ok')
    const now = b.world.now()
    assert.partialDeepStrictEqual(await b.contact(made.contactId), { phone, ...DANA, optedOut: false, createdAt: now })
    assert.partialDeepStrictEqual(await b.events(made.contactId), [{ type: 'contact.created', actor: b.actor }])
  })

  test('with somebody’s phone is refused with their id, and nothing happens', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone })
    const before = await b.events()
    assert.deepEqual(await b.create({ phone, name: 'Dana' }), { outcome: 'taken', contactId })
    assert.equal((await b.contact(contactId))!.name, null)
    assert.deepEqual(await b.events(), before)
  })

  test('with a caller’s phone is that caller', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aMissedCall(phone)
    assert.deepEqual(await b.create({ phone }), { outcome: 'taken', contactId })
  })

  test('may have the phone of another account’s contact', async () => {
    const b = await start()
    const phone = b.aPhone()
    await (await aBusiness()).aContact({ phone })
    assert.equal((await b.create({ phone })).outcome, 'ok')
  })

  test('with the phone of an opt-out is opted out', async () => {
    const b = await start()
    const phone = b.aPhone()
    await b.erase(await b.anOptOut(phone))
    const { contactId } = await b.create({ phone })
    assert.equal((await b.contact(contactId))!.optedOut, true)
  })
})

describe('a contact', () => {
  test('that is changed keeps what is not given', async () => {
    const b = await start()
    const contactId = await b.aContact(DANA)
    b.wait(5 * MINUTE)
    assert.deepEqual(await b.update(contactId, { name: 'Dana Reyes' }), { outcome: 'ok', contactId })
    const changed = { ...DANA, name: 'Dana Reyes', updatedAt: b.world.now() }
    assert.partialDeepStrictEqual(await b.contact(contactId), changed)
    const event = { type: 'contact.updated', actor: b.actor, data: { changed: ['name'] } }
    assert.partialDeepStrictEqual(await b.lastEvent(contactId), event)
  })

  test('loses its name and email when they are null', async () => {
    const b = await start()
    const contactId = await b.aContact(DANA)
    await b.update(contactId, { name: null, email: null })
    assert.partialDeepStrictEqual(await b.contact(contactId), { name: null, email: null, tags: DANA.tags })
  })

  test('has each tag once, in the order of their coming', async () => {
    const b = await start()
    const contactId = await b.aContact({ tags: ['boiler', 'vip'] })
    await b.update(contactId, { addTags: ['attic', 'boiler'], removeTags: ['vip', 'cellar'] })
    assert.deepEqual((await b.contact(contactId))!.tags, ['boiler', 'attic'])
  })

  test('gets fields one by one, and null takes one away', async () => {
    const b = await start()
    const contactId = await b.aContact(DANA)
    await b.update(contactId, { fields: { zip: null, floor: 2 } })
    assert.deepEqual((await b.contact(contactId))!.fields, { rooms: 4, floor: 2 })
  })

  test('gets another phone, of which nothing is known yet', async () => {
    const b = await start()
    const contactId = await b.aMissedCall()
    b.carrier.send = async () => ({ outcome: 'refused', trouble: LANDLINE })
    await b.deliver(contactId)
    assert.equal((await b.contact(contactId))!.lineType, 'landline')
    const phone = b.aPhone()
    await b.update(contactId, { phone })
    assert.partialDeepStrictEqual(await b.contact(contactId), { phone, lineType: null })
  })

  test('does not get another contact’s phone, nor anything else of that change', async () => {
    const b = await start()
    const phone = b.aPhone()
    const other = await b.aContact({ phone })
    const contactId = await b.aContact()
    assert.deepEqual(await b.update(contactId, { phone, name: 'Dana' }), { outcome: 'taken', contactId: other })
    assert.equal((await b.contact(contactId))!.name, null)
  })

  test('may be given the phone that it has', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone })
    assert.deepEqual(await b.update(contactId, { phone }), { outcome: 'ok', contactId })
  })

  test('that is not there, or is another account’s, is not changed', async () => {
    const b = await start()
    const other = await aBusiness()
    const theirs = await other.aContact(DANA)
    for (const id of [newId(), theirs]) assert.deepEqual(await b.update(id, { name: 'Mine' }), { outcome: 'none' })
    assert.equal((await other.contact(theirs))!.name, DANA.name)
  })
})

describe('two contacts that are merged', () => {
  test('are one: what the kept one does not know it learns', async () => {
    const b = await start()
    const phone = b.aPhone()
    const keep = await b.aContact({ phone, name: 'Dana', tags: ['cellar'], fields: { zip: '60601' } })
    const other = await b.aContact({ ...DANA, tags: ['attic', 'cellar'], fields: { zip: '60602', rooms: 4 } })
    assert.equal(await b.merge(keep, other), true)
    const { email } = DANA
    const fields = { zip: '60601', rooms: 4 }
    assert.partialDeepStrictEqual(await b.contact(keep), {
      phone,
      name: 'Dana',
      email,
      tags: ['cellar', 'attic'],
      fields,
    })
    assert.equal(await b.contact(other), undefined)
    assert.partialDeepStrictEqual(await b.lastEvent(keep), { type: 'contact.merged', data: { mergedId: other } })
  })

  test('have the calls, texts, notes and timeline of both', async () => {
    const b = await start()
    const [keep, other] = [await b.aMissedCall(), await b.aMissedCall()]
    await b.aNote(keep)
    await b.aNote(other)
    const eventsOfBoth = [...(await b.events(keep)), ...(await b.events(other))].length
    await b.merge(keep, other)
    assert.equal((await b.callsOf(keep)).length, 2)
    assert.equal((await b.notesOf(keep)).length, 2)
    assert.equal((await b.events(keep)).length, eventsOfBoth + 1)
    const { id } = await b.conversationOf(keep)
    assert.deepEqual(
      (await b.textsWith(keep)).map(({ kind, conversationId }) => [kind, conversationId === id]),
      [
        ['text_back', true],
        ['text_back', true],
      ],
    )
  })

  test('have the conversation of the one that had one', async () => {
    const b = await start()
    const [keep, other] = [await b.aContact(), await b.aTextFrom()]
    const { id } = await b.conversationOf(other)
    await b.merge(keep, other)
    assert.equal((await b.conversationOf(keep)).id, id)
  })

  test('wait since the first of both began to wait, and all that is unread is unread', async () => {
    const b = await start()
    const other = await b.aTextFrom()
    const since = b.world.now()
    b.wait(5 * MINUTE)
    const keep = await b.aTextFrom()
    await b.merge(keep, other)
    assert.partialDeepStrictEqual(await b.conversationOf(keep), { status: 'open', unread: 2, waitingSince: since })
  })

  test('are open and wait when one was closed and the other waits', async () => {
    const b = await start()
    const keep = await b.aClosedConversation()
    b.wait(5 * MINUTE)
    const other = await b.aTextFrom()
    await b.merge(keep, other)
    const waits = { status: 'open', unread: 1, waitingSince: b.world.now() }
    assert.partialDeepStrictEqual(await b.conversationOf(keep), waits)
  })

  test('are not snoozed when the other one waits', async () => {
    const b = await start()
    const keep = await b.aSnoozedConversation()
    await b.merge(keep, await b.aTextFrom())
    assert.equal((await b.conversationOf(keep)).snoozedUntil, null)
  })

  test('stay snoozed when nobody waits in the other one', async () => {
    const b = await start()
    const keep = await b.aSnoozedConversation()
    const { snoozedUntil } = await b.conversationOf(keep)
    await b.merge(keep, await b.aClosedConversation())
    assert.deepEqual((await b.conversationOf(keep)).snoozedUntil, snoozedUntil)
  })

  test('stay closed when both are', async () => {
    const b = await start()
    const keep = await b.aClosedConversation()
    await b.merge(keep, await b.aClosedConversation())
    assert.partialDeepStrictEqual(await b.conversationOf(keep), { status: 'closed', unread: 0, waitingSince: null })
  })

  test('show the newest text of both', async () => {
    const b = await start()
    const keep = await b.aTextFrom(b.aPhone(), 'The older one.')
    b.wait(5 * MINUTE)
    const other = await b.aTextFrom(b.aPhone(), 'The newer one.')
    await b.merge(keep, other)
    assert.equal((await b.conversationOf(keep)).lastMessagePreview, 'The newer one.')
  })

  test('have one open lead: the kept one’s, and the other’s is lost', async () => {
    const b = await start()
    const [keep, other] = [await b.aContact(), await b.aContact()]
    const [kept, lost] = [await b.anOpenLead(keep), await b.anOpenLead(other)]
    await b.merge(keep, other)
    const statuses = new Map((await b.leadsOf(keep)).map(({ id, status }) => [id, status]))
    assert.deepEqual([statuses.get(kept), statuses.get(lost)], ['open', 'lost'])
    assert.match((await b.lead(lost)).reason!, /merged/)
  })

  test('have the other’s open lead when the kept one’s are closed', async () => {
    const b = await start()
    const [keep, other] = [await b.aContact(), await b.aContact()]
    await b.aWonLead(keep)
    const open = await b.anOpenLead(other)
    await b.merge(keep, other)
    assert.partialDeepStrictEqual(await b.lead(open), { contactId: keep, status: 'open' })
  })

  test('must both be there, in this account', async () => {
    const b = await start()
    const [mine, theirs] = [await b.aContact(), await (await aBusiness()).aContact()]
    for (const other of [newId(), theirs])
      assert.deepEqual([await b.merge(mine, other), await b.merge(other, mine)], [false, false])
    assert.ok(await b.contact(mine))
  })
})

describe('a contact that is erased', () => {
  test('is gone, with its texts, leads, notes and timeline', async () => {
    const b = await start()
    const contactId = await b.aMissedCall()
    await b.aNote(contactId)
    assert.equal(await b.erase(contactId), true)
    assert.equal(await b.contact(contactId), undefined)
    const left = await Promise.all([b.textsWith, b.leadsOf, b.notesOf, b.callsOf].map((of) => of(contactId)))
    assert.deepEqual(left, [[], [], [], []])
    assert.partialDeepStrictEqual(await b.events(), [{ type: 'contact.erased', contactId: null, actor: b.actor }])
  })

  test('leaves its calls in the log without a phone', async () => {
    const b = await start()
    const contactId = await b.aMissedCall()
    const calls = (await b.callsOf(contactId)).map(({ id }) => id)
    await b.erase(contactId)
    assert.equal(calls.length, 1)
    assert.deepEqual(await b.callers(), [{ id: calls[0], from: 'erased' }])
  })

  test('leaves its opt-out in force', async () => {
    const b = await start()
    const phone = b.aPhone()
    await b.erase(await b.anOptOut(phone))
    const again = await b.aMissedCall(phone)
    assert.deepEqual(await b.textsWith(again), [])
  })

  test('is a stranger when it calls again', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ ...DANA, phone })
    await b.erase(contactId)
    const again = await b.aMissedCall(phone)
    assert.notEqual(again, contactId)
    assert.equal((await b.contact(again))!.name, null)
  })

  test('is erased once, and no other account’s is', async () => {
    const b = await start()
    const other = await aBusiness()
    const theirs = await other.aContact()
    const contactId = await b.aContact()
    assert.deepEqual([await b.erase(contactId), await b.erase(contactId), await b.erase(theirs)], [true, false, false])
    assert.ok(await other.contact(theirs))
  })
})

const LANDLINE = { kind: 'landline', code: '30006', sentence: 'It is a landline.', nextStep: 'Call them.' } as const
