import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness, NUMBER } from '../../../test/business/business.ts'
import { newId } from '../../domain/ids.ts'
import { HOUR, MINUTE } from '../../domain/time.ts'
import { sendMessage, type WrittenMessage } from './sendMessage.ts'

const BODY = 'We come at four.'
const SECOND_NUMBER = '+12025550101'

async function start() {
  const b = await aBusiness()
  return {
    ...b,
    send: (written: Partial<WrittenMessage>) => sendMessage(b.world, b.accountId, { body: BODY, ...written }, b.actor),
    idOf: async (contactId: string) => (await b.conversationOf(contactId)).id,
    bodiesTo: async (contactId: string) =>
      (await b.textsWith(contactId)).filter(({ kind }) => kind === 'reply').map(({ body }) => body),
  }
}

type Started = Awaited<ReturnType<typeof start>>

describe('a text to a phone', () => {
  test('that nobody has makes a contact with a conversation in which nobody waits, and no lead', async () => {
    const b = await start()
    const to = b.aPhone()
    const sent = await b.send({ to })
    assert.ok(sent.outcome === 'queued')
    assert.partialDeepStrictEqual(await b.text(sent.messageId), {
      status: 'queued',
      fromAddress: NUMBER,
      toAddress: to,
    })
    const contactId = await b.contactWith(to)
    const idle = { status: 'open', unread: 0, waitingSince: null, lastMessagePreview: BODY }
    assert.partialDeepStrictEqual(await b.conversationOf(contactId), idle)
    assert.deepEqual(await b.leadsOf(contactId), [])
    const types = (await b.events(contactId)).map(({ type, actor }) => [type, actor])
    assert.deepEqual(types, [
      ['contact.created', b.actor],
      ['message.queued', b.actor],
    ])
  })

  test('of a contact without a conversation begins one', async () => {
    const b = await start()
    const to = b.aPhone()
    const contactId = await b.aContact({ phone: to })
    assert.equal((await b.send({ to })).outcome, 'queued')
    assert.equal((await b.conversationOf(contactId)).lastMessagePreview, BODY)
  })

  test('of a contact with a conversation goes into that one', async () => {
    const b = await start()
    const to = b.aPhone()
    const contactId = await b.aTextFrom(to)
    assert.equal((await b.send({ to })).outcome, 'queued')
    assert.deepEqual(
      (await b.textsWith(contactId)).map(({ conversationId }) => conversationId),
      [await b.idOf(contactId), await b.idOf(contactId)],
    )
  })

  test('that nobody has makes one contact, however many write at the same moment', async () => {
    const b = await start()
    const to = b.aPhone()
    const sent = await Promise.all(['One', 'Two', 'Three'].map((body) => b.send({ to, body })))
    assert.deepEqual(
      sent.map(({ outcome }) => outcome),
      ['queued', 'queued', 'queued'],
    )
    assert.deepEqual((await b.bodiesTo(await b.contactWith(to))).sort(), ['One', 'Three', 'Two'])
  })
})

describe('a text into a conversation', () => {
  const STATES: [string, (b: Started) => Promise<string>][] = [
    ['in which somebody waits', (b) => b.aTextFrom()],
    ['of a missed call', (b) => b.aMissedCall()],
    ['that is answered', (b) => b.anAnsweredConversation()],
    ['that is snoozed', (b) => b.aSnoozedConversation()],
    ['that is closed', (b) => b.aClosedConversation()],
  ]
  for (const [what, make] of STATES)
    test(`${what} ends the wait and leaves the rest`, async () => {
      const b = await start()
      const contactId = await make(b)
      const before = await b.conversationOf(contactId)
      b.wait(5 * MINUTE)
      assert.equal((await b.send({ conversationId: before.id })).outcome, 'queued')
      const now = { ...before, waitingSince: null, lastMessagePreview: BODY }
      assert.deepEqual(await b.conversationOf(contactId), now)
    })

  test('goes to the phone that they used last', async () => {
    const b = await start()
    const [first, second] = [b.aPhone(), b.aPhone()]
    const contactId = await b.aContactWith(first, second)
    await b.aTextFrom(second)
    const sent = await b.send({ conversationId: await b.idOf(contactId) })
    assert.ok(sent.outcome === 'queued')
    assert.equal((await b.text(sent.messageId)).toAddress, second)
  })

  test('leaves from another number of ours when the one that they used is deleted', async () => {
    const b = await start()
    const contactId = await b.aTextFrom()
    await b.aNumber(SECOND_NUMBER)
    await b.withoutNumber(NUMBER)
    const sent = await b.send({ conversationId: await b.idOf(contactId) })
    assert.ok(sent.outcome === 'queued')
    assert.equal((await b.text(sent.messageId)).fromAddress, SECOND_NUMBER)
  })

  test('loses its typographic quotes when it costs less without', async () => {
    const b = await start()
    const contactId = await b.aTextFrom()
    await b.send({ conversationId: await b.idOf(contactId), body: 'We’re on our way…' })
    assert.deepEqual(await b.bodiesTo(contactId), ["We're on our way..."])
  })
})

describe('a text is wrong', () => {
  const wrong = async (b: Started, written: Partial<WrittenMessage>, field: string, message: RegExp) => {
    const before = await b.events()
    const sent = await b.send(written)
    assert.ok(sent.outcome === 'wrong', `It is ${sent.outcome}`)
    assert.equal(sent.field, field)
    assert.match(sent.message, message)
    assert.deepEqual(await b.events(), before)
  }

  test('in a conversation that is not there, or is another account’s', async () => {
    const [b, other] = [await start(), await start()]
    const theirs = await other.idOf(await other.aTextFrom())
    for (const conversationId of [newId(), theirs]) await wrong(b, { conversationId }, 'conversationId', /names no/)
  })

  test('from a number that is not the account’s, or is deleted', async () => {
    const b = await start()
    await b.aNumber(SECOND_NUMBER)
    await b.withoutNumber(SECOND_NUMBER)
    for (const from of [b.aPhone(), SECOND_NUMBER]) await wrong(b, { to: b.aPhone(), from }, 'from', /not a number of/)
  })

  test('from an account that has no number any more', async () => {
    const b = await start()
    const conversationId = await b.idOf(await b.aTextFrom())
    await b.withoutNumber(NUMBER)
    await wrong(b, { conversationId }, 'from', /has no number/)
    await wrong(b, { to: b.aPhone() }, 'from', /has no number/)
  })

  test('to one of our own numbers', async () => {
    await wrong(await start(), { to: NUMBER }, 'to', /one of your own numbers/)
  })
})

describe('a text is refused', () => {
  const refused = async (b: Started, written: Partial<WrittenMessage>, reason: string) => {
    const before = await b.events()
    assert.partialDeepStrictEqual(await b.send(written), { outcome: 'refused', reason })
    assert.deepEqual(await b.events(), before)
  }

  test('when they opted out, until they opt in', async () => {
    const b = await start()
    const phone = b.aPhone()
    const conversationId = await b.idOf(await b.anOptOut(phone))
    await refused(b, { conversationId }, 'opted_out')
    await refused(b, { to: phone }, 'opted_out')
    await b.aTextFrom(phone, 'START')
    assert.equal((await b.send({ conversationId })).outcome, 'queued')
  })

  test('while the business is being closed', async () => {
    const b = await start()
    await b.aClosingAccount()
    await refused(b, { to: b.aPhone() }, 'account_closing')
  })

  test('when all texts of the day are used, until the next day', async () => {
    const b = await start()
    await b.withSettings({ dailyCap: 1 })
    const to = b.aPhone()
    await b.send({ to })
    await refused(b, { to }, 'daily_cap')
    b.wait(24 * HOUR)
    assert.equal((await b.send({ to })).outcome, 'queued')
  })

  test('beyond the daily cap, exactly, when several are written at the same moment', async () => {
    const b = await start()
    await b.withSettings({ dailyCap: 3 })
    const sent = await Promise.all(Array.from({ length: 8 }, () => b.send({ to: b.aPhone() })))
    assert.equal(sent.filter(({ outcome }) => outcome === 'queued').length, 3)
  })

  for (const [what, to] of [
    ['in another country', '+442079460018'],
    ['toll-free', '+18005550199'],
    ['a short code', '12345'],
  ] as const)
    test(`when the phone is ${what}`, async () => {
      await refused(await start(), { to }, 'untextable')
    })
})

describe('a text with an Idempotency-Key', () => {
  test('is the same text when it is sent again', async () => {
    const b = await start()
    const written = { to: b.aPhone(), idempotencyKey: 'a key' }
    const first = await b.send(written)
    assert.ok(first.outcome === 'queued')
    assert.deepEqual(await b.send(written), { outcome: 'repeated', messageId: first.messageId })
    assert.equal((await b.bodiesTo(await b.contactWith(written.to))).length, 1)
  })

  test('is one text, however often it is sent at the same moment', async () => {
    const b = await start()
    const written = { to: b.aPhone(), idempotencyKey: 'a key' }
    const sent = await Promise.all([1, 2, 3].map(() => b.send(written)))
    assert.deepEqual(sent.map(({ outcome }) => outcome).sort(), ['queued', 'repeated', 'repeated'])
  })

  test('is the same text also when they opted out since, or used another phone', async () => {
    const b = await start()
    const [first, second] = [b.aPhone(), b.aPhone()]
    const contactId = await b.aContactWith(first, second)
    await b.aTextFrom(first)
    const written = { conversationId: await b.idOf(contactId), idempotencyKey: 'a key' }
    await b.send(written)
    await b.aTextFrom(second, 'STOP')
    assert.equal((await b.send(written)).outcome, 'repeated')
  })

  test('of another text, or another recipient, is wrong', async () => {
    const b = await start()
    const written = { to: b.aPhone(), idempotencyKey: 'a key' }
    await b.send(written)
    for (const other of [{ body: 'We come at five.' }, { to: b.aPhone() }])
      assert.partialDeepStrictEqual(await b.send({ ...written, ...other }), {
        outcome: 'wrong',
        field: 'Idempotency-Key',
      })
  })

  test('to two recipients at the same moment goes to one, and is wrong for the other', async () => {
    const b = await start()
    const sent = await Promise.all([1, 2].map(() => b.send({ to: b.aPhone(), idempotencyKey: 'a key' })))
    assert.deepEqual(sent.map(({ outcome }) => outcome).sort(), ['queued', 'wrong'])
  })

  test('is free to be used in another account', async () => {
    const [b, other] = [await start(), await start()]
    await b.send({ to: b.aPhone(), idempotencyKey: 'a key' })
    assert.equal((await other.send({ to: other.aPhone(), idempotencyKey: 'a key' })).outcome, 'queued')
  })
})
