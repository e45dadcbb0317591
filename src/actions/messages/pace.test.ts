import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { after, HOUR, MINUTE, SECOND } from '../../domain/time.ts'
import { eraseContact } from '../contacts/eraseContact.ts'
import { addOptOut } from '../contacts/optOuts.ts'
import { deliverMessage } from './deliverMessage.ts'
import { sendMessage } from './sendMessage.ts'
import { wakeNumbers } from './wakeNumbers.ts'

/** A number that sends one segment in ten seconds, with so many texts to leave from it. */
async function aSlowNumber(count: number) {
  const b = await aBusiness()
  await b.withNumber({ segmentsPerSecond: 0.1 })
  const phones = Array.from({ length: count }, () => b.aPhone())
  // One moment for all: a missed call takes time.
  const texts: { id: string; phone: string; contactId: string }[] = []
  for (const phone of phones) {
    const contactId = await b.aTextFrom(phone)
    texts.push({ id: await b.aReply(contactId), phone, contactId })
  }
  const deliver = (messageId: string) => deliverMessage(b.world, { accountId: b.accountId, messageId })
  const dueAt = (messageId: string) => b.jobAt(`deliver ${messageId}`)
  return {
    ...b,
    texts,
    deliver,
    dueAt,
    async deliverAll() {
      for (const { id } of texts) await deliver(id)
    },
    sent: () =>
      b.asked.filter(({ what }) => what === 'send').map(({ about }) => (about[0] as { messageId: string }).messageId),
    stop: (phone: string) => addOptOut(b.world, b.accountId, phone, null, b.actor),
    aReplyMore: async () => b.aReply(await b.aTextFrom()),
    /** In how many seconds the worker takes the text, by its job. */
    async seconds(messageId: string): Promise<number> {
      const due = await dueAt(messageId)
      assert.ok(due, 'the text has no job')
      return (due.getTime() - b.world.now().getTime()) / SECOND
    },
    /** Does what is due, second after second, until nothing waits; gives the seconds that took. */
    async untilAllLeft(): Promise<number> {
      for (let seconds = 0; ; seconds += 1) {
        for (const { id } of texts) {
          const due = await dueAt(id)
          if (due && due <= b.world.now() && (await b.text(id)).status === 'queued') await deliver(id)
        }
        const waiting = await Promise.all(texts.map(async ({ id }) => (await b.text(id)).status === 'queued'))
        if (!waiting.includes(true)) return seconds
        assert.ok(seconds < 1_000, 'some text never leaves')
        b.wait(SECOND)
      }
    },
  }
}

describe('a clock that jumps back an hour', () => {
  test('makes a new text wait for the one before it, and not for the hour', async () => {
    const b = await aSlowNumber(1)
    await b.deliverAll()
    b.wait(-HOUR)
    const text = await b.aReplyMore()
    await b.deliver(text)
    assert.ok((await b.seconds(text)) <= 10)
    b.wait(10 * SECOND)
    await b.deliver(text)
    assert.deepEqual(b.sent(), [b.texts[0]!.id, text])
  })

  test('makes no text wait when none left for longer than the pace', async () => {
    const b = await aSlowNumber(1)
    await b.deliverAll()
    b.wait(MINUTE)
    b.wait(-30 * SECOND)
    const text = await b.aReplyMore()
    await b.deliver(text)
    assert.deepEqual(b.sent(), [b.texts[0]!.id, text])
  })

  test('moves those that wait already, one after the other', async () => {
    const b = await aSlowNumber(4)
    await b.deliverAll()
    b.wait(-HOUR)
    // The worker's clock may have jumped too, so that their jobs are due in an hour; a new text brings them on.
    const text = await b.aReplyMore()
    await b.deliver(text)
    assert.ok((await b.seconds(b.texts[1]!.id)) <= 10)
    b.texts.push({ id: text, phone: '', contactId: '' })
    const took = await b.untilAllLeft()
    assert.ok(took >= 39 && took <= 50, `${took} s for four texts`)
    assert.deepEqual(b.sent(), [...b.texts.map(({ id }) => id)])
  })
})

test('after a clock that jumped back, those that wait are brought on although nothing leaves', async () => {
  const b = await aSlowNumber(3)
  await b.deliverAll()
  b.wait(-HOUR)
  await wakeNumbers(b.world)
  assert.ok((await b.seconds(b.texts[1]!.id)) <= 10)
  const took = await b.untilAllLeft()
  assert.ok(took >= 19 && took <= 30, `${took} s for two texts`)
})

describe('a text that does not leave gives its slot back', () => {
  test('when they say STOP: who comes after it moves up', async () => {
    const b = await aSlowNumber(3)
    await b.deliverAll()
    const [, second, third] = b.texts
    await b.stop(second!.phone)
    assert.deepEqual(await b.dueAt(third!.id), after(b.world.now(), 9.5 * SECOND))
    b.wait(10 * SECOND)
    await b.deliver(third!.id)
    assert.deepEqual(b.sent(), [b.texts[0]!.id, third!.id])
  })

  test('so that half of the texts need half of the time', async () => {
    const b = await aSlowNumber(12)
    await b.deliverAll()
    for (const [n, { phone }] of b.texts.entries()) if (n % 2 === 1 || n === 6) await b.stop(phone)
    // Five are left: 0, 2, 4, 8 and 10. The first has left.
    const took = await b.untilAllLeft()
    assert.ok(took >= 40 && took <= 45, `${took} s for four texts`)
    assert.equal(b.sent().length, 5)
  })

  test('so that a new text does not queue behind nobody', async () => {
    const b = await aSlowNumber(5)
    await b.deliverAll()
    for (const { phone } of b.texts.slice(1)) await b.stop(phone)
    b.wait(10 * SECOND)
    const text = await b.aReplyMore()
    await b.deliver(text)
    assert.deepEqual(b.sent(), [b.texts[0]!.id, text])
  })

  test('when its person is forgotten', async () => {
    const b = await aSlowNumber(3)
    await b.deliverAll()
    const [, second, third] = b.texts
    await eraseContact(b.world, b.accountId, second!.contactId, b.actor)
    assert.deepEqual(await b.dueAt(third!.id), after(b.world.now(), 9.5 * SECOND))
  })

  test('when it is too late for it', async () => {
    const b = await aSlowNumber(0)
    await b.withSettings({ lateAfterMinutes: 1 })
    const [second] = await b.textsWith(await b.aMissedCall())
    const [third] = await b.textsWith(await b.aMissedCall())
    // 6 segments: the number is busy for a minute.
    const long = await sendMessage(b.world, b.accountId, { to: b.aPhone(), body: 'x'.repeat(900) }, b.actor)
    assert.equal(long.outcome, 'queued')
    for (const id of [long.messageId, second!.id, third!.id]) await b.deliver(id)
    assert.deepEqual([await b.seconds(second!.id), await b.seconds(third!.id)], [59.5, 69.5])
    b.wait(50 * SECOND)
    // A STOP or a person may look at it before its slot.
    await b.deliver(second!.id)
    assert.equal((await b.text(second!.id)).status, 'refused')
    assert.equal(await b.seconds(third!.id), 9.5)
  })
})
