import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { newId } from '../../domain/ids.ts'
import { MINUTE } from '../../domain/time.ts'
import { createContact, updateContact } from './contacts.ts'
import { eraseContact } from './eraseContact.ts'

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
    assert.deepEqual(await b.create({ phone, name: 'Dana' }), { outcome: 'taken', contactId, field: 'phone' })
    assert.equal((await b.contact(contactId))!.name, null)
    assert.deepEqual(await b.events(), before)
  })

  test('with a caller’s phone is that caller', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aMissedCall(phone)
    assert.deepEqual(await b.create({ phone }), { outcome: 'taken', contactId, field: 'phone' })
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
    const made = await b.create({ phone })
    assert.ok(made.outcome === 'ok')
    assert.equal((await b.contact(made.contactId))!.optedOut, true)
  })
})

describe('a contact', () => {
  test('that is changed keeps what is not given', async () => {
    const b = await start()
    const contactId = await b.aContact(DANA)
    b.wait(5 * MINUTE)
    assert.deepEqual(await b.update(contactId, { name: 'Dana Reyes' }), { outcome: 'ok' })
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
    b.answers.send = async () => ({ outcome: 'refused', failure: LANDLINE })
    await b.deliver(contactId)
    assert.equal((await b.contact(contactId))!.addresses[0]!.lineType, 'landline')
    const phone = b.aPhone()
    await b.update(contactId, { phone })
    assert.partialDeepStrictEqual(await b.contact(contactId), {
      phone,
      addresses: [{ address: phone, lineType: null }],
    })
  })

  test('does not get another contact’s phone, nor anything else of that change', async () => {
    const b = await start()
    const phone = b.aPhone()
    const other = await b.aContact({ phone })
    const contactId = await b.aContact()
    assert.deepEqual(await b.update(contactId, { phone, name: 'Dana' }), {
      outcome: 'taken',
      contactId: other,
      field: 'phone',
    })
    assert.equal((await b.contact(contactId))!.name, null)
  })

  test('may be given the phone that it has', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone })
    assert.deepEqual(await b.update(contactId, { phone }), { outcome: 'ok' })
  })

  test('has several phones: one more comes behind those that it has', async () => {
    const b = await start()
    const [first, second] = [b.aPhone(), b.aPhone()]
    const contactId = await b.aContact({ phone: first })
    assert.deepEqual(await b.update(contactId, { addAddresses: [{ address: second, label: 'Office' }] }), {
      outcome: 'ok',
    })
    assert.deepEqual(await b.phonesOf(contactId), [first, second])
    assert.equal((await b.contact(contactId))!.phone, first)
    assert.equal(await b.contactWith(second), contactId)
  })

  test('with several phones changes the first: the others stay', async () => {
    const b = await start()
    const [first, second, third] = [b.aPhone(), b.aPhone(), b.aPhone()]
    const contactId = await b.aContactWith(first, second)
    await b.update(contactId, { phone: third })
    assert.deepEqual(await b.phonesOf(contactId), [third, second])
    await b.update(contactId, { phone: second })
    assert.deepEqual(await b.phonesOf(contactId), [second, third])
  })

  test('loses a phone, and the next one is the first', async () => {
    const b = await start()
    const [first, second] = [b.aPhone(), b.aPhone()]
    const contactId = await b.aContactWith(first, second)
    assert.deepEqual(await b.update(contactId, { removeAddresses: [first] }), { outcome: 'ok' })
    assert.deepEqual(await b.phonesOf(contactId), [second])
    assert.equal((await b.create({ phone: first })).outcome, 'ok')
  })

  test('keeps its last phone, and all else of that change is refused', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone })
    const change = { removeAddresses: [phone], name: 'Dana' }
    assert.deepEqual(await b.update(contactId, change), { outcome: 'last_phone' })
    assert.partialDeepStrictEqual(await b.contact(contactId), { phone, name: null })
  })

  test('does not get a phone more that is another contact’s', async () => {
    const b = await start()
    const phone = b.aPhone()
    const other = await b.aContact({ phone })
    const contactId = await b.aContact()
    const taken = { outcome: 'taken', contactId: other, field: 'addAddresses[0].address' }
    assert.deepEqual(await b.update(contactId, { addAddresses: [{ address: phone, label: '' }] }), taken)
    assert.equal((await b.phonesOf(contactId)).length, 1)
  })

  test('that is not there, or is another account’s, is not changed', async () => {
    const b = await start()
    const other = await aBusiness()
    const theirs = await other.aContact(DANA)
    for (const id of [newId(), theirs]) assert.deepEqual(await b.update(id, { name: 'Mine' }), { outcome: 'none' })
    assert.equal((await other.contact(theirs))!.name, DANA.name)
  })
})

const LANDLINE = { kind: 'landline', code: '30006', sentence: 'It is a landline.', nextStep: 'Call them.' } as const
