import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import type { FoundSent } from '../../channels/port.ts'
import { after, before, MINUTE, SECOND } from '../../domain/time.ts'
import { asAccount } from '../../store/db.ts'
import { deliverMessage } from './deliverMessage.ts'
import { reconcileMessage } from './reconcileMessage.ts'

/** A text-back whose sending has an unknown outcome, and what the carrier's list then tells. */
async function anUnknownText() {
  const b = await aBusiness()
  const contactId = await b.aMissedCall()
  const [text] = await b.textsWith(contactId)
  const which = { accountId: b.accountId, messageId: text!.id }
  b.answers.send = async () => ({ outcome: 'unknown', why: 'It did not answer.' })
  await deliverMessage(b.world, which)
  const attemptedAt = b.world.now()
  return {
    ...b,
    attemptedAt,
    async look(told: FoundSent): Promise<string> {
      b.answers.findSent = async () => told
      await reconcileMessage(b.world, which)
      return (await b.textsWith(contactId)).find(({ id }) => id === which.messageId)!.status
    },
    /** What a person reads below it. */
    async sentence(): Promise<string> {
      const row = await asAccount(b.world.db, b.accountId, (tx) =>
        tx.selectFrom('messages').select('failure').where('id', '=', which.messageId).executeTakeFirstOrThrow(),
      )
      return (row.failure as { sentence: string }).sentence
    },
  }
}

const absent = (shownUntil: Date | null): FoundSent => ({ outcome: 'absent', shownUntil })

describe('a text whose outcome is unknown', () => {
  test('is not sent again because a list lacks it, however long ago it was', async () => {
    const b = await anUnknownText()
    for (const minutes of [0, 1, 5, 8]) {
      b.wait(minutes * MINUTE)
      assert.equal(await b.look(absent(null)), 'unknown')
      assert.equal(await b.look(absent(before(b.attemptedAt, SECOND))), 'unknown')
    }
  })

  test('is sent again when the list shows what is newer, and lacks it', async () => {
    const b = await anUnknownText()
    b.wait(MINUTE)
    assert.equal(await b.look(absent(after(b.attemptedAt, 30 * SECOND))), 'queued')
  })

  test('is not sent again by a list that shows what may be it', async () => {
    const b = await anUnknownText()
    b.wait(MINUTE)
    const text = { carrierId: b.aCarrierId(), status: 'delivered', failure: null, at: b.attemptedAt } as const
    const shownUntil = after(b.attemptedAt, 30 * SECOND)
    assert.equal(await b.look({ outcome: 'found', texts: [text], shownUntil }), 'delivered')
  })

  test('is asked about until it would be late, and is then a person’s', async () => {
    const b = await anUnknownText()
    b.wait(14 * MINUTE)
    assert.equal(await b.look(absent(null)), 'unknown')
    assert.match(await b.sentence(), /can't tell yet/)
    b.wait(MINUTE)
    assert.equal(await b.look(absent(null)), 'unknown')
    assert.match(await b.sentence(), /^Nobody can tell .*which proves nothing: a list may lag\.$/)
    assert.equal((await b.lastEvent())!.type, 'message.unknown')
  })
})
