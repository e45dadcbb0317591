import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { newId } from '../../domain/ids.ts'
import { MINUTE } from '../../domain/time.ts'
import { mergeContacts } from './mergeContacts.ts'

async function start() {
  const b = await aBusiness()
  return {
    ...b,
    merge: (keepId: string, otherId: string) => mergeContacts(b.world, b.accountId, keepId, otherId, b.actor),
  }
}

const DANA = { name: 'Dana Whitfield', email: 'dana@example.com', tags: ['boiler'], fields: { zip: '60601', rooms: 4 } }

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

  test('have the phones of both, those of the kept one first', async () => {
    const b = await start()
    const [first, second, third] = [b.aPhone(), b.aPhone(), b.aPhone()]
    const [keep, other] = [await b.aContact({ phone: first }), await b.aContactWith(second, third)]
    await b.merge(keep, other)
    assert.deepEqual(await b.phonesOf(keep), [first, second, third])
    assert.deepEqual((await b.lastEvent(keep))!.data, { mergedId: other, mergedPhone: second })
  })

  test('are one to who calls from either phone', async () => {
    const b = await start()
    const phone = b.aPhone()
    const [keep, other] = [await b.aContact(), await b.aContact({ phone })]
    await b.merge(keep, other)
    assert.equal(await b.aMissedCall(phone), keep)
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
