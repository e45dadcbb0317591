import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { OutgoingText } from '../carrier.ts'
import type { Bench, Has, Subject } from '../conformance.ts'
import type { Door } from './door.ts'
import { withoutHooks, withoutLists } from './without.ts'
import { readable } from './words.ts'

/** A send says only what it proves; a text that went out unknown to us can be found again. */
export function sendsTexts(has: Has, bench: () => Bench): void {
  const networkTest: (name: string, run: () => void | Promise<void>) => void = has.network ? test : () => {}
  describe('texts', () => {
    let it: Subject
    let door: Door
    let hooksUrl: string
    before(() => {
      ;({ it, door, hooksUrl } = bench())
    })

    const text = (messageId: string, to: string, body = `Sorry we missed you (${messageId})`): OutgoingText => ({
      messageId,
      from: it.ours,
      to,
      body,
      callbackUrl: `${hooksUrl}/receipt/${messageId}`,
      validSeconds: 600,
    })
    const send = (messageId: string, to: string) => it.carrier.send(it.connection, text(messageId, to))
    const sought = (messageId: string, to: string, attemptedAt: Date) =>
      it.carrier.findSent(it.connection, { ...text(messageId, to), attemptedAt })
    const network = () => it.network!

    if (!has.network)
      test('a carrier without texts refuses and says what to do', async () => {
        const sent = await send('none', '+12025550130')
        assert.equal(sent.outcome, 'refused')
        readable(sent.failure)
      })

    networkTest('accepted; the receipt names our message and theirs', async () => {
      const sent = await send('fine', '+12025550130')
      assert.equal(sent.outcome, 'accepted')
      const delivered = await door.until('the receipt', () =>
        door.receipts('fine').find((receipt) => receipt.status === 'delivered'),
      )
      assert.equal(delivered.carrierId, sent.carrierId)
      assert.equal(delivered.failure, null)
    })

    networkTest('a landline: told at once or by the receipt, in words', async () => {
      const net = network()
      const sent = await send('landline', net.landline)
      const failure =
        sent.outcome === 'refused'
          ? sent.failure
          : await door.until('the receipt', () => door.receipts('landline').find((one) => one.failure)?.failure)
      assert.equal(failure.kind, 'landline')
      readable(failure)
    })

    networkTest('a text comes in; after STOP the carrier refuses, after START no longer', async () => {
      const net = network()
      const person = '+12025550131'
      await net.text(person, 'STOP')
      const stop = await door.until('the STOP', () => door.texts().find((one) => one.from === person))
      assert.partialDeepStrictEqual(stop, { to: it.ours, body: 'STOP' })
      const sent = await send('stopped', person)
      assert.equal(sent.outcome, 'refused')
      assert.equal(sent.failure.kind, 'opted_out')
      readable(sent.failure)
      await net.text(person, 'START')
      assert.equal((await send('started', person)).outcome, 'accepted')
    })

    networkTest('each outcome says only what it proves, with one request per send', async () => {
      const net = network()
      const person = '+12025550132'
      const cases = [
        { fault: 'status429', outcome: 'not_processed' },
        { fault: 'status500', outcome: 'unknown' },
        { fault: 'cut', outcome: 'unknown' },
        { fault: 'acceptThenTimeout', outcome: 'unknown' },
      ] as const
      for (const { fault, outcome } of cases) {
        await net.next(fault)
        const seen = await net.sendRequests()
        const sent = await send(`fault-${fault}`, person)
        assert.equal(sent.outcome, outcome, `${fault}: ${JSON.stringify(sent)}`)
        assert.match(sent.why, /^[A-Z0-9].*\.$/)
        assert.equal(await net.sendRequests(), seen + 1, fault)
      }
      const nowhere = { ...it.connection, apiUrl: 'http://127.0.0.1:1' }
      const sent = await it.carrier.send(nowhere, text('nowhere', person))
      assert.equal(sent.outcome, 'not_processed')
      for (const connection of [net.wrongCredentials, { ...it.connection, credentials: {} }]) {
        const refused = await it.carrier.send(connection, text('stranger', person))
        assert.equal(refused.outcome, 'refused')
        assert.equal(refused.failure.kind, 'credentials')
      }
    })

    networkTest('a text that was accepted without our knowing is found, once', async () => {
      const net = network()
      const person = '+12025550133'
      const attemptedAt = new Date()
      await net.next('acceptThenTimeout')
      assert.equal((await send('lost', person)).outcome, 'unknown')
      const receipt = await door.until('the receipt', () => door.receipts('lost').at(-1))
      const found = await sought('lost', person, attemptedAt)
      assert.equal(found.outcome, 'found')
      assert.deepEqual(
        found.texts.map((one) => one.carrierId),
        [receipt.carrierId],
      )
      assert.equal(await net.acceptedTexts(person), 1)
    })

    networkTest('... also when no receipt came through', async () => {
      const net = network()
      const person = '+12025550134'
      const attemptedAt = new Date()
      const found = await withoutHooks(net, async () => {
        await net.next('acceptThenTimeout')
        assert.equal((await send('deaf', person)).outcome, 'unknown')
        return sought('deaf', person, attemptedAt)
      })
      assert.equal(found.outcome, 'found')
      assert.equal(found.texts.length, 1)
    })

    networkTest('... and is not taken for another one', async () => {
      const person = '+12025550136'
      const attemptedAt = new Date()
      const other = await send('other', person)
      assert.equal(other.outcome, 'accepted')
      await door.until('the receipt', () => door.receipts('other').at(-1))
      const found = await sought('another', person, attemptedAt)
      // A list without the texts' words may offer it: the outbox knows whose it is. Anything else would be wrong.
      if (found.outcome !== 'absent') {
        assert.equal(found.outcome, 'found')
        assert.deepEqual(
          found.texts.map((one) => one.carrierId),
          [other.carrierId],
        )
      }
    })

    networkTest('a text that never left is absent; a list that cannot be read says so', async () => {
      const net = network()
      const person = '+12025550135'
      assert.deepEqual(await sought('never', person, new Date()), { outcome: 'absent' })
      const unreadable = await withoutLists(net, () => sought('never', person, new Date()))
      assert.equal(unreadable.outcome, 'unreadable')
      assert.match(unreadable.why, /^[A-Z0-9].*\.$/)
      const nowhere = { ...it.connection, apiUrl: 'http://127.0.0.1:1' }
      const offline = await it.carrier.findSent(nowhere, { ...text('never', person), attemptedAt: new Date() })
      assert.equal(offline.outcome, 'unreadable')
    })
  })
}
