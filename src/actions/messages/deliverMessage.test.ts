import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness, NUMBER } from '../../../test/business/business.ts'
import type { ReceiptStatus, SendResult } from '../../channels/port.ts'
import { after, HOUR, MINUTE, SECOND } from '../../domain/time.ts'
import type { FailureKind } from '../../domain/words.ts'
import { addOptOut } from '../contacts/optOuts.ts'
import { deliverMessage } from './deliverMessage.ts'
import { recordReceipt } from './recordReceipt.ts'

/** The same code with a memory of its own: it knows of the texts of this process what is on disk. */
const anotherProcess = './deliverMessage.ts?in-another-process'
const elsewhere: typeof import('./deliverMessage.ts') = await import(anotherProcess)

const failure = (kind: FailureKind) => ({ code: '30006', kind, sentence: 'It was refused.', nextStep: 'Call them.' })

async function start() {
  const b = await aBusiness()
  const which = (messageId: string) => ({ accountId: b.accountId, messageId })
  return {
    ...b,
    deliver: (messageId: string) => deliverMessage(b.world, which(messageId)),
    deliverElsewhere: (messageId: string) => elsewhere.deliverMessage(b.world, which(messageId)),
    /** The texts that the carrier was asked to send. */
    sent: () =>
      b.asked.filter(({ what }) => what === 'send').map(({ about }) => (about[0] as { messageId: string }).messageId),
    answer(result: SendResult) {
      b.answers.send = async () => result
    },
    async aTextBack(phone?: string): Promise<string> {
      return (await b.textsWith(await b.aMissedCall(phone)))[0]!.id
    },
    jobOf: (messageId: string) => b.jobAt(`deliver ${messageId}`),
    reconcileJobOf: (messageId: string) => b.jobAt(`reconcile ${messageId}`),
    statusOf: async (messageId: string) => (await b.text(messageId)).status,
    /** The process dies while the carrier is asked. */
    async aLeavingText(): Promise<string> {
      const messageId = await this.aTextBack()
      b.answers.send = async () => Promise.reject(new Error('The process died.'))
      await assert.rejects(this.deliver(messageId), /died/)
      this.answer({ outcome: 'accepted', carrierId: 'another', segments: 1 })
      return messageId
    },
    /** The carrier took too long to answer. */
    async anUnknownText(): Promise<string> {
      const messageId = await this.aTextBack()
      this.answer({ outcome: 'unknown', why: 'it did not answer.' })
      await this.deliver(messageId)
      return messageId
    },
    receipt: (messageId: string, status: ReceiptStatus) =>
      recordReceipt(b.world, b.source, {
        type: 'message.receipt',
        messageId,
        carrierId: `of ${messageId}`,
        status,
        failure: status === 'failed' || status === 'undelivered' ? failure('unreachable') : null,
        at: b.world.now(),
      }),
  }
}

describe('a queued text', () => {
  test('is taken to the carrier, once, whole', async () => {
    const b = await start()
    const phone = b.aPhone()
    const messageId = await b.aTextBack(phone)
    await b.deliver(messageId)
    assert.partialDeepStrictEqual(b.asked, [{ what: 'send', about: [{ messageId, from: NUMBER, to: phone }] }])
    const text = await b.text(messageId)
    assert.partialDeepStrictEqual(text, { status: 'accepted', attempts: 1, attemptedAt: b.world.now(), failure: null })
    assert.ok(text.carrierMessageId)
  })

  test('asks the carrier once when it is delivered twice at once', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    await Promise.all([b.deliver(messageId), b.deliver(messageId)])
    assert.deepEqual(b.sent(), [messageId])
  })

  test('asks the carrier once when two processes deliver it at once', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    await Promise.all([b.deliver(messageId), b.deliverElsewhere(messageId)])
    assert.deepEqual([b.sent(), await b.statusOf(messageId)], [[messageId], 'accepted'])
  })

  test('of another account stays where it is', async () => {
    const [b, other] = [await start(), await start()]
    const theirs = await other.aTextBack()
    await b.deliver(theirs)
    assert.deepEqual([b.sent(), await other.statusOf(theirs)], [[], 'queued'])
  })

  test('leaves also when its number was deleted since', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    await b.withoutNumber(NUMBER)
    await b.deliver(messageId)
    assert.equal(await b.statusOf(messageId), 'accepted')
  })
})

describe('a text that is marked as leaving', () => {
  test('for less than 15 s is left alone, and looked at again when they are over', async () => {
    const b = await start()
    const messageId = await b.aLeavingText()
    const { attemptedAt } = await b.text(messageId)
    b.wait(14 * SECOND)
    await b.deliverElsewhere(messageId)
    assert.deepEqual([b.sent(), await b.statusOf(messageId)], [[messageId], 'sending'])
    assert.deepEqual(await b.jobOf(messageId), after(attemptedAt!, 15 * SECOND))
  })

  test('for 15 s is unknown: the carrier is asked about it, and it is not sent again', async () => {
    const b = await start()
    const messageId = await b.aLeavingText()
    b.wait(15 * SECOND)
    await b.deliverElsewhere(messageId)
    assert.deepEqual([b.sent(), await b.statusOf(messageId)], [[messageId], 'unknown'])
    assert.deepEqual(await b.reconcileJobOf(messageId), after(b.world.now(), SECOND))
  })
})

describe('a text that left already is not sent again', () => {
  test('when it is accepted', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    await b.deliver(messageId)
    for (const deliver of [b.deliver, b.deliverElsewhere]) await deliver(messageId)
    assert.deepEqual([b.sent(), await b.statusOf(messageId)], [[messageId], 'accepted'])
  })

  test('when it is unknown', async () => {
    const b = await start()
    const messageId = await b.anUnknownText()
    await b.deliver(messageId)
    assert.deepEqual([b.sent(), await b.statusOf(messageId)], [[messageId], 'unknown'])
  })

  for (const status of ['accepted', 'sent', 'delivered', 'undelivered', 'failed'] as const)
    test(`when a receipt says that it is ${status}`, async () => {
      const b = await start()
      const messageId = await b.anUnknownText()
      await b.receipt(messageId, status)
      await b.deliver(messageId)
      assert.deepEqual([b.sent(), await b.statusOf(messageId)], [[messageId], status])
    })

  test('when it is refused', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    b.answer({ outcome: 'refused', failure: failure('blocked') })
    await b.deliver(messageId)
    await b.deliver(messageId)
    assert.deepEqual([b.sent(), await b.statusOf(messageId)], [[messageId], 'refused'])
  })

  test('when it came from them', async () => {
    const b = await start()
    const [text] = await b.textsWith(await b.aTextFrom())
    await b.deliver(text!.id)
    assert.deepEqual([b.sent(), await b.statusOf(text!.id)], [[], 'received'])
  })
})

describe('a carrier', () => {
  test('that refuses ends the text, on the timeline', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    b.answer({ outcome: 'refused', failure: failure('blocked') })
    await b.deliver(messageId)
    assert.partialDeepStrictEqual(await b.text(messageId), { status: 'refused', failure: { code: '30006' } })
    assert.equal((await b.lastEvent())!.type, 'message.refused')
  })

  test('that says that it is a landline spares the next call a text', async () => {
    const b = await start()
    const phone = b.aPhone()
    b.answer({ outcome: 'refused', failure: failure('landline') })
    await b.deliver(await b.aTextBack(phone))
    await b.aMissedCall(phone)
    assert.equal((await b.lastCallFrom(phone)).reason, 'landline')
  })

  test('that says that they opted out opts them out, and what else is queued is refused', async () => {
    const b = await start()
    const phone = b.aPhone()
    const [first, second] = [await b.aTextBack(phone), await b.aReply(await b.contactWith(phone))]
    b.answer({ outcome: 'refused', failure: failure('opted_out') })
    await b.deliver(first)
    assert.deepEqual([await b.statusOf(first), await b.statusOf(second)], ['refused', 'refused'])
    await b.aMissedCall(phone)
    assert.equal((await b.lastCallFrom(phone)).reason, 'opted_out')
  })

  test('that does not take it is asked again, after twice the time each time', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    b.answer({ outcome: 'not_processed', why: 'nobody is there', retryAfterMs: null })
    for (const wait of [1, 2, 4, 8, 16, 30, 30]) {
      await b.deliver(messageId)
      assert.equal(await b.statusOf(messageId), 'queued')
      assert.deepEqual(await b.jobOf(messageId), after(b.world.now(), wait * SECOND))
      b.wait(wait * SECOND)
    }
    b.answer({ outcome: 'accepted', carrierId: `of ${messageId}`, segments: 1 })
    await b.deliver(messageId)
    assert.partialDeepStrictEqual(await b.text(messageId), { status: 'accepted', attempts: 8 })
  })

  test('that says when to come again is asked then', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    b.answer({ outcome: 'not_processed', why: 'too many', retryAfterMs: 7 * SECOND })
    await b.deliver(messageId)
    assert.deepEqual(await b.jobOf(messageId), after(b.world.now(), 7 * SECOND))
  })

  test('that has not taken it for ten minutes is asked no more', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    b.answer({ outcome: 'not_processed', why: 'nobody is there', retryAfterMs: null })
    b.wait(10 * MINUTE)
    await b.deliver(messageId)
    assert.equal(await b.statusOf(messageId), 'queued')
    b.wait(SECOND)
    await b.deliver(messageId)
    assert.equal(await b.statusOf(messageId), 'failed')
    assert.equal((await b.lastEvent())!.type, 'message.failed')
  })

  test('that may have taken it is asked about it soon', async () => {
    const b = await start()
    const messageId = await b.anUnknownText()
    assert.equal(await b.statusOf(messageId), 'unknown')
    assert.deepEqual(await b.reconcileJobOf(messageId), after(b.world.now(), SECOND))
  })

  test('whose receipt is quicker than its answer has the last word', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    b.answers.send = async () => {
      await b.receipt(messageId, 'delivered')
      return { outcome: 'accepted', carrierId: `of ${messageId}`, segments: 1 }
    }
    await b.deliver(messageId)
    assert.equal(await b.statusOf(messageId), 'delivered')
  })
})

describe('a queued text does not leave', () => {
  const stays = async (b: Awaited<ReturnType<typeof start>>, messageId: string, code: string) => {
    const asked = b.sent().length
    await b.deliver(messageId)
    assert.partialDeepStrictEqual(await b.text(messageId), { status: 'refused', failure: { code } })
    assert.equal(b.sent().length, asked)
  }

  test('when they opted out meanwhile; the answer to that does', async () => {
    const b = await start()
    const phone = b.aPhone()
    const messageId = await b.aTextBack(phone)
    const contactId = await b.anOptOut(phone)
    await stays(b, messageId, 'opted_out')
    await b.deliver((await b.textsWith(contactId)).find(({ kind }) => kind === 'confirmation')!.id)
    assert.equal(b.sent().length, 1)
  })

  test('when they opted out while the carrier did not take it', async () => {
    const b = await start()
    const phone = b.aPhone()
    const messageId = await b.aTextBack(phone)
    b.answers.send = async () => {
      await addOptOut(b.world, b.accountId, phone, null, b.actor)
      return { outcome: 'not_processed', why: 'nobody is there', retryAfterMs: null }
    }
    await b.deliver(messageId)
    await stays(b, messageId, 'opted_out')
  })

  test('while the business is being closed', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    await b.aClosingAccount()
    await stays(b, messageId, 'account_closing')
  })

  test('when it is a text-back that is late; what a person wrote is never late', async () => {
    const b = await start()
    const messageId = await b.aTextBack()
    const reply = await b.aReply(await b.aTextFrom())
    b.wait(15 * MINUTE + SECOND)
    await stays(b, messageId, 'late')
    b.wait(HOUR)
    await b.deliver(reply)
    assert.equal(await b.statusOf(reply), 'accepted')
  })
})

describe('texts of a number that sends one segment in ten seconds', () => {
  async function startSlowly() {
    const b = await start()
    await b.withNumber({ segmentsPerSecond: 0.1 })
    // One moment for all: a missed call takes time.
    const contacts = [await b.aTextFrom(), await b.aTextFrom(), await b.aTextFrom()]
    const texts: string[] = []
    for (const contactId of contacts) texts.push(await b.aReply(contactId))
    return { ...b, texts }
  }

  test('leave one after the other, each in its slot', async () => {
    const b = await startSlowly()
    const [first, second, third] = b.texts as [string, string, string]
    for (const text of b.texts) await b.deliver(text)
    assert.deepEqual(b.sent(), [first])
    const due = (seconds: number) => after(b.world.now(), (seconds - 0.5) * SECOND)
    assert.deepEqual([await b.jobOf(second), await b.jobOf(third)], [due(10), due(20)])
    b.wait(10 * SECOND)
    for (const text of b.texts) await b.deliver(text)
    assert.deepEqual(b.sent(), [first, second])
    b.wait(10 * SECOND)
    await b.deliver(third)
    assert.deepEqual(b.sent(), [first, second, third])
  })

  test('keep the slot that they have, however often they are looked at', async () => {
    const b = await startSlowly()
    const [first, second] = b.texts as [string, string]
    for (const text of [first, second, second, second]) await b.deliver(text)
    b.wait(5 * SECOND)
    await b.deliverElsewhere(second)
    assert.deepEqual(await b.jobOf(second), after(b.world.now(), 4.5 * SECOND))
  })

  test('that missed their slot take the next free one', async () => {
    const b = await startSlowly()
    const [first, second, third] = b.texts as [string, string, string]
    for (const text of [first, second]) await b.deliver(text)
    b.wait(30 * SECOND)
    await b.deliver(third)
    await b.deliver(second)
    assert.deepEqual(b.sent(), [first, third])
    assert.deepEqual(await b.jobOf(second), after(b.world.now(), 9.5 * SECOND))
  })
})
