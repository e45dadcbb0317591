import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { newId } from '../../domain/ids.ts'
import { after, DAY, HOUR, MINUTE } from '../../domain/time.ts'
import { changeConversation, wakeConversation } from './conversations.ts'

async function start() {
  const b = await aBusiness()
  return {
    ...b,
    async change(contactId: string, change: Parameters<typeof changeConversation>[3]) {
      const { id } = await b.conversationOf(contactId)
      return changeConversation(b.world, b.accountId, id, change, b.actor)
    },
    async wake(contactId: string, until: Date) {
      const { id: conversationId } = await b.conversationOf(contactId)
      await wakeConversation(b.world, { accountId: b.accountId, conversationId, until: until.toISOString() })
    },
    typesOf: async (contactId: string) => (await b.events(contactId)).map(({ type }) => type),
  }
}

type Started = Awaited<ReturnType<typeof start>>

/** Every state that a conversation can be in, by name. */
const STATES: [string, (b: Started, phone?: string) => Promise<string>][] = [
  ['in which somebody waits', (b, phone) => b.aTextFrom(phone)],
  ['of a missed call', (b, phone) => b.aMissedCall(phone)],
  ['that is answered', (b, phone) => b.anAnsweredConversation(phone)],
  ['that is snoozed', (b, phone) => b.aSnoozedConversation(phone)],
  ['that is closed', (b, phone) => b.aClosedConversation(phone)],
  ['with somebody who opted out', (b, phone) => b.anOptOut(phone)],
]

describe('closing a conversation', () => {
  for (const [what, make] of STATES)
    test(`${what} leaves it closed and read`, async () => {
      const b = await start()
      const contactId = await make(b)
      assert.equal(await b.change(contactId, { status: 'closed' }), 'ok')
      assert.partialDeepStrictEqual(await b.conversationOf(contactId), { status: 'closed', unread: 0 })
      assert.equal((await b.typesOf(contactId)).filter((type) => type === 'conversation.closed').length, 1)
    })
})

describe('reopening a conversation', () => {
  test('that is closed opens it, with nothing unread', async () => {
    const b = await start()
    const contactId = await b.aClosedConversation()
    assert.equal(await b.change(contactId, { status: 'open' }), 'ok')
    assert.partialDeepStrictEqual(await b.conversationOf(contactId), { status: 'open', unread: 0 })
    assert.equal((await b.lastEvent(contactId))!.type, 'conversation.opened')
  })

  test('that was closed by mistake: they wait again since they began to', async () => {
    const b = await start()
    const contactId = await b.aTextFrom()
    const { waitingSince } = await b.conversationOf(contactId)
    await b.change(contactId, { status: 'closed' })
    b.wait(5 * MINUTE)
    await b.change(contactId, { status: 'open' })
    assert.deepEqual((await b.conversationOf(contactId)).waitingSince, waitingSince)
  })

  for (const [what, make] of STATES.filter(([what]) => what !== 'that is closed'))
    test(`${what} changes nothing`, async () => {
      const b = await start()
      const contactId = await make(b)
      const before = [await b.conversationOf(contactId), await b.events()]
      assert.equal(await b.change(contactId, { status: 'open' }), 'ok')
      assert.deepEqual([await b.conversationOf(contactId), await b.events()], before)
    })
})

describe('assigning a conversation', () => {
  for (const [what, make] of STATES)
    test(`${what} changes nothing else`, async () => {
      const b = await start()
      const [contactId, assignedTo] = [await make(b), await b.aPerson()]
      const before = await b.conversationOf(contactId)
      assert.equal(await b.change(contactId, { assignedTo }), 'ok')
      assert.deepEqual(await b.conversationOf(contactId), { ...before, assignedTo })
      assert.partialDeepStrictEqual(await b.lastEvent(contactId), {
        type: 'conversation.assigned',
        data: { to: assignedTo },
      })
    })

  test('to whom it is assigned already is no event', async () => {
    const b = await start()
    const [contactId, assignedTo] = [await b.aTextFrom(), await b.aPerson()]
    await b.change(contactId, { assignedTo })
    const before = await b.events()
    assert.equal(await b.change(contactId, { assignedTo }), 'ok')
    assert.deepEqual(await b.events(), before)
  })

  test('to nobody takes it from who had it', async () => {
    const b = await start()
    const contactId = await b.aTextFrom()
    await b.change(contactId, { assignedTo: await b.aPerson() })
    assert.equal(await b.change(contactId, { assignedTo: null }), 'ok')
    assert.equal((await b.conversationOf(contactId)).assignedTo, null)
  })

  test('to somebody of another account, or to nobody known, changes nothing, not even the rest', async () => {
    const b = await start()
    const contactId = await b.aTextFrom()
    const before = await b.conversationOf(contactId)
    for (const assignedTo of [newId(), await (await aBusiness()).aPerson()])
      assert.equal(await b.change(contactId, { assignedTo, status: 'closed' }), 'no_person')
    assert.deepEqual(await b.conversationOf(contactId), before)
  })
})

describe('snoozing a conversation', () => {
  for (const [what, make] of STATES)
    test(`${what} leaves who waits and what is unread, and plans to wake it`, async () => {
      const b = await start()
      const contactId = await make(b)
      const before = await b.conversationOf(contactId)
      const snoozedUntil = after(b.world.now(), DAY)
      assert.equal(await b.change(contactId, { snoozedUntil }), 'ok')
      assert.deepEqual(await b.conversationOf(contactId), { ...before, snoozedUntil })
      assert.deepEqual(await b.jobAt(`wake ${before.id}`), snoozedUntil)
      assert.equal((await b.lastEvent(contactId))!.type, 'conversation.snoozed')
    })

  test('ends by hand, and the planned waking does nothing then', async () => {
    const b = await start()
    const contactId = await b.aSnoozedConversation()
    const { snoozedUntil } = await b.conversationOf(contactId)
    assert.equal(await b.change(contactId, { snoozedUntil: null, unread: 0 }), 'ok')
    const before = [await b.conversationOf(contactId), await b.events()]
    await b.wake(contactId, snoozedUntil!)
    assert.deepEqual([await b.conversationOf(contactId), await b.events()], before)
  })
})

describe('waking a conversation', () => {
  test('that is snoozed makes one that was read unread', async () => {
    const b = await start()
    const contactId = await b.aSnoozedConversation()
    await b.change(contactId, { unread: 0 })
    await b.wake(contactId, after(b.world.now(), HOUR))
    assert.partialDeepStrictEqual(await b.conversationOf(contactId), { status: 'open', snoozedUntil: null, unread: 1 })
    assert.partialDeepStrictEqual(await b.lastEvent(contactId), { type: 'conversation.woken', actor: 'textback' })
  })

  test('that was snoozed again does nothing', async () => {
    const b = await start()
    const contactId = await b.aSnoozedConversation()
    const [first, second] = [after(b.world.now(), HOUR), after(b.world.now(), DAY)]
    await b.change(contactId, { snoozedUntil: second })
    await b.wake(contactId, first)
    assert.deepEqual((await b.conversationOf(contactId)).snoozedUntil, second)
  })

  test('that was closed meanwhile does nothing', async () => {
    const b = await start()
    const contactId = await b.aSnoozedConversation()
    await b.change(contactId, { status: 'closed' })
    const before = await b.events()
    await b.wake(contactId, after(b.world.now(), HOUR))
    assert.partialDeepStrictEqual(await b.conversationOf(contactId), { status: 'closed', unread: 0 })
    assert.deepEqual(await b.events(), before)
  })
})

describe('marking a conversation', () => {
  for (const [what, make] of STATES)
    for (const unread of [0, 1] as const)
      test(`${what} as ${unread ? 'unread' : 'read'} changes nothing else`, async () => {
        const b = await start()
        const contactId = await make(b)
        const before = [{ ...(await b.conversationOf(contactId)), unread }, await b.events()]
        assert.equal(await b.change(contactId, { unread }), 'ok')
        assert.deepEqual([await b.conversationOf(contactId), await b.events()], before)
      })
})

/** Since when they wait after they wrote or called: since now, or longer already. */
const WAITS_LONGER = ['in which somebody waits', 'of a missed call', 'that is snoozed']

describe('a text into a conversation', () => {
  for (const [what, make] of STATES)
    test(`${what} opens and wakes it, and they wait`, async () => {
      const b = await start()
      const phone = b.aPhone()
      const contactId = await make(b, phone)
      const { unread, waitingSince: before } = await b.conversationOf(contactId)
      b.wait(5 * MINUTE)
      await b.aTextFrom(phone, 'Are you there?')
      const waitingSince = WAITS_LONGER.includes(what) ? before : b.world.now()
      const now = { status: 'open', snoozedUntil: null, unread: unread + 1, lastMessagePreview: 'Are you there?' }
      assert.partialDeepStrictEqual(await b.conversationOf(contactId), { ...now, waitingSince })
    })
})

describe('a missed call into a conversation', () => {
  for (const [what, make] of STATES)
    test(`${what} opens and wakes it, and they wait`, async () => {
      const b = await start()
      const phone = b.aPhone()
      const contactId = await make(b, phone)
      const { unread, waitingSince: before } = await b.conversationOf(contactId)
      b.wait(5 * MINUTE)
      await b.aMissedCall(phone)
      const waitingSince = WAITS_LONGER.includes(what) ? before : b.world.now()
      // Only a call without a text is unread: there is nothing else to see of it.
      const now = { status: 'open', snoozedUntil: null, unread: unread + (what.endsWith('opted out') ? 1 : 0) }
      assert.partialDeepStrictEqual(await b.conversationOf(contactId), { ...now, waitingSince })
    })
})

test('no change reaches a conversation of another account', async () => {
  const [b, other] = [await start(), await start()]
  const contactId = await other.aTextFrom()
  const { id } = await other.conversationOf(contactId)
  for (const conversationId of [id, newId()])
    assert.equal(await changeConversation(b.world, b.accountId, conversationId, { status: 'closed' }, b.actor), 'none')
  assert.equal((await other.conversationOf(contactId)).status, 'open')
})
