import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { newId } from '../../domain/ids.ts'
import { addNote, deleteNote } from './notes.ts'

describe('a note', () => {
  test('is kept with its author and its time', async () => {
    const b = await aBusiness()
    const contactId = await b.aContact()
    const note = await addNote(b.world, b.accountId, contactId, 'Has two dogs.', b.actor)
    assert.ok(note && 'id' in note)
    assert.partialDeepStrictEqual(note, { contactId, body: 'Has two dogs.', createdAt: b.world.now() })
    const kept = { id: note.id, body: 'Has two dogs.', author: b.actor, createdAt: b.world.now() }
    assert.deepEqual(await b.notesOf(contactId), [kept])
  })

  test('about nobody, or about another account’s contact, is none', async () => {
    const b = await aBusiness()
    const other = await aBusiness()
    const theirs = await other.aContact()
    for (const contactId of [newId(), theirs])
      assert.equal(await addNote(b.world, b.accountId, contactId, 'Has two dogs.', b.actor), null)
    assert.deepEqual(await other.notesOf(theirs), [])
  })

  test('is deleted alone, and that is on the timeline', async () => {
    const b = await aBusiness()
    const contactId = await b.aContact()
    const [gone, stays] = [await b.aNote(contactId), await b.aNote(contactId, 'Gate code 4711.')]
    assert.equal(await deleteNote(b.world, b.accountId, gone, b.actor), true)
    assert.deepEqual(
      (await b.notesOf(contactId)).map(({ id }) => id),
      [stays],
    )
    assert.partialDeepStrictEqual(await b.lastEvent(contactId), { type: 'note.deleted', actor: b.actor })
  })

  test('is deleted once', async () => {
    const b = await aBusiness()
    const note = await b.aNote(await b.aContact())
    assert.equal(await deleteNote(b.world, b.accountId, note, b.actor), true)
    const before = await b.events()
    assert.equal(await deleteNote(b.world, b.accountId, note, b.actor), false)
    assert.deepEqual(await b.events(), before)
  })

  test('of another account is not deleted', async () => {
    const b = await aBusiness()
    const other = await aBusiness()
    const contactId = await other.aContact()
    const note = await other.aNote(contactId)
    assert.equal(await deleteNote(b.world, b.accountId, note, b.actor), false)
    assert.equal((await other.notesOf(contactId)).length, 1)
  })
})
