import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { eraseContact } from './eraseContact.ts'

async function start() {
  const b = await aBusiness()
  return { ...b, erase: (contactId: string) => eraseContact(b.world, b.accountId, contactId, b.actor) }
}

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

  test('gives its phones free', async () => {
    const b = await start()
    const [first, second] = [b.aPhone(), b.aPhone()]
    await b.erase(await b.aContactWith(first, second))
    assert.deepEqual(await b.phonesOf(await b.aContactWith(second, first)), [second, first])
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
    const contactId = await b.aContact({ name: 'Dana', phone })
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
