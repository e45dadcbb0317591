import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { CHANNELS, type ChannelKind } from '../domain/channel.ts'
import type { Connection } from '../domain/connection.ts'
import { type Failure, type FailureKind, isReadable } from '../domain/words.ts'
import type { Channel, MessageEvent, OutgoingText } from './port.ts'

/** The network behind a channel. It sends real webhooks, and fails on demand. */
export type ChannelNetwork = {
  ours: string
  /** A new person's address: a different one for each number from 0 to 9. */
  somebody(n: number): string
  /** An address that cannot be reached, and the kind of the failure that the vendor reports for it. */
  deadEnd: { address: string; kind: FailureKind }
  /** Somebody writes to `ours`. */
  write(from: string, body: string): Promise<void>
  /** What happens to the next request to send. `cut`: the connection is dropped after the request has arrived. */
  next(fault: 'status429' | 'status500' | 'acceptThenTimeout' | 'cut'): Promise<void>
  /** How many requests to send the network has seen, and how many texts to this address it has accepted. */
  sendRequests(): Promise<number>
  acceptedTexts(to: string): Promise<number>
  listsReadable(readable: boolean): Promise<void>
  /** How late a text that is accepted from now on shows up in the lists; each has its own lag between these. */
  listsLag(ms: [number, number]): Promise<void>
  /** Whether webhooks reach us. */
  webhooksArrive(arrive: boolean): Promise<void>
}

export type ChannelBench = {
  network: ChannelNetwork
  connection: Connection
  /** The same connection with credentials that the vendor refuses. */
  wrongCredentials: Connection
  hooksUrl: string
  /** The events of messages, in the order of arrival. */
  messages: () => MessageEvent[]
  until<T>(what: string, find: () => T | null | undefined | false): Promise<T>
}

/** Tests that a send claims only what it proves, and that a text whose answer was lost is found again. */
export function channelConformance(kind: ChannelKind, channel: Channel, bench: () => ChannelBench): void {
  describe(`the channel ${kind}`, () => {
    let it: ChannelBench
    before(() => {
      it = bench()
    })

    // The channels of a vendor share one webhook address, so each message id names its channel.
    const idOf = (name: string) => `${kind}-${name}`
    const text = (name: string, to: string): OutgoingText => ({
      messageId: idOf(name),
      from: it.network.ours,
      to,
      body: `Sorry we missed you (${name})`,
      callbackUrl: `${it.hooksUrl}/receipt/${idOf(name)}`,
      validSeconds: 600,
    })
    const send = (name: string, to: string) => channel.send(it.connection, text(name, to))
    const find = (name: string, to: string, attemptedAt: Date) =>
      channel.findSent(it.connection, { ...text(name, to), attemptedAt, askedAt: new Date() })
    const receipts = (name: string) =>
      it
        .messages()
        .filter((event) => event.type === 'message.receipt')
        .filter((event) => event.messageId === idOf(name))
    const received = (from: string) =>
      it
        .messages()
        .filter((event) => event.type === 'message.received')
        .find((event) => event.from === from)

    test('addresses are written as they are stored', () => {
      for (const address of [
        it.network.ours,
        it.network.somebody(0),
        it.network.somebody(9),
        it.network.deadEnd.address,
      ])
        assert.equal(CHANNELS[kind].readAddress(address), address)
    })

    test('accepted; the receipt names our message and theirs', async () => {
      const sent = await send('fine', it.network.somebody(0))
      assert.equal(sent.outcome, 'accepted')
      const delivered = await it.until('the receipt', () =>
        receipts('fine').find((receipt) => receipt.status === 'delivered'),
      )
      assert.equal(delivered.carrierId, sent.carrierId)
      assert.equal(delivered.failure, null)
    })

    test('an address that cannot be reached: the refusal or the receipt says so in words', async () => {
      const { address, kind } = it.network.deadEnd
      const sent = await send('dead-end', address)
      const failure =
        sent.outcome === 'refused'
          ? sent.failure
          : await it.until('the receipt', () => receipts('dead-end').find((one) => one.failure)?.failure)
      assert.equal(failure.kind, kind)
      readable(failure)
    })

    test('a text comes in', async () => {
      const person = it.network.somebody(1)
      await it.network.write(person, 'STOP')
      const stop = await it.until('the STOP', () => received(person))
      assert.partialDeepStrictEqual(stop, { channel: kind, to: it.network.ours, body: 'STOP' })
    })

    if (channel.answersItself('STOP'))
      test('after STOP the vendor refuses, after START no longer', async () => {
        const person = it.network.somebody(1)
        const sent = await send('stopped', person)
        assert.equal(sent.outcome, 'refused')
        assert.equal(sent.failure.kind, 'opted_out')
        readable(sent.failure)
        await it.network.write(person, 'START')
        assert.equal((await send('started', person)).outcome, 'accepted')
      })

    test('we answer what people write in their own words', () => {
      for (const body of ['please stop texting me', 'Hello, my furnace stopped', ''])
        assert.equal(channel.answersItself(body), false, body)
    })

    test('each outcome says only what it proves, with one request per send', async () => {
      const { network } = it
      const person = network.somebody(2)
      const cases = [
        { fault: 'status429', outcome: 'not_processed' },
        { fault: 'status500', outcome: 'unknown' },
        { fault: 'cut', outcome: 'unknown' },
        { fault: 'acceptThenTimeout', outcome: 'unknown' },
      ] as const
      for (const { fault, outcome } of cases) {
        await network.next(fault)
        const seen = await network.sendRequests()
        const sent = await send(`fault-${fault}`, person)
        assert.equal(sent.outcome, outcome, `${fault}: ${JSON.stringify(sent)}`)
        assert.match(sent.why, /^[A-Z0-9].*\.$/)
        assert.equal(await network.sendRequests(), seen + 1, fault)
      }
      const nowhere = { ...it.connection, apiUrl: 'http://127.0.0.1:1' }
      const sent = await channel.send(nowhere, text('nowhere', person))
      assert.equal(sent.outcome, 'not_processed')
      for (const connection of [it.wrongCredentials, { ...it.connection, credentials: {} }]) {
        const refused = await channel.send(connection, text('stranger', person))
        assert.equal(refused.outcome, 'refused')
        assert.equal(refused.failure.kind, 'credentials')
      }
    })

    test('an accepted text whose answer was lost is found, once', async () => {
      const person = it.network.somebody(3)
      const attemptedAt = new Date()
      await it.network.next('acceptThenTimeout')
      assert.equal((await send('lost', person)).outcome, 'unknown')
      const receipt = await it.until('the receipt', () => receipts('lost').at(-1))
      const found = await find('lost', person, attemptedAt)
      assert.equal(found.outcome, 'found')
      assert.deepEqual(
        found.texts.map((one) => one.carrierId),
        [receipt.carrierId],
      )
      assert.equal(await it.network.acceptedTexts(person), 1)
    })

    test('... also when no receipt came through', async () => {
      const person = it.network.somebody(4)
      const attemptedAt = new Date()
      const loseAnswer = async () => {
        await it.network.next('acceptThenTimeout')
        assert.equal((await send('no-webhook', person)).outcome, 'unknown')
        return find('no-webhook', person, attemptedAt)
      }
      await it.network.webhooksArrive(false)
      const found = await loseAnswer().finally(() => it.network.webhooksArrive(true))
      assert.equal(found.outcome, 'found')
      assert.equal(found.texts.length, 1)
    })

    test('... and is not taken for another one', async () => {
      const person = it.network.somebody(6)
      const attemptedAt = new Date()
      const other = await send('other', person)
      assert.equal(other.outcome, 'accepted')
      await it.until('the receipt', () => receipts('other').at(-1))
      const found = await find('another', person, attemptedAt)
      // A list without bodies may return the other text, and the outbox sees that it belongs to another message.
      if (found.outcome !== 'absent') {
        assert.equal(found.outcome, 'found')
        assert.deepEqual(
          found.texts.map((one) => one.carrierId),
          [other.carrierId],
        )
      }
    })

    test('a list that lags proves nothing of a text that it lacks, until it has come past the attempt', async () => {
      const [person, another] = [it.network.somebody(7), it.network.somebody(8)]
      const attemptedAt = new Date()
      await it.network.listsLag([700, 1_000])
      await it.network.next('acceptThenTimeout')
      assert.equal((await send('lagging', person)).outcome, 'unknown')
      // Newer than the attempt, and accepted for sure.
      assert.equal((await send('newer', another)).outcome, 'accepted')
      const look = async () => {
        const seen = await find('lagging', person, attemptedAt)
        // Absent with proof would send it a second time.
        if (seen.outcome === 'absent')
          assert.equal(seen.shownUntil, null, 'the list is behind, and says that it is not')
        return seen.outcome === 'found' && seen
      }
      let found = await look()
      const deadline = Date.now() + 5_000
      while (!found && Date.now() < deadline) {
        await new Promise((done) => setTimeout(done, 50))
        found = await look()
      }
      await it.network.listsLag([0, 0])
      assert.ok(found, 'it shows up in the end')
    })

    test('... and then either says how far it has come, or never does', async () => {
      const [person, another] = [it.network.somebody(9), it.network.somebody(8)]
      // Vendors may give whole seconds.
      const attemptedAt = new Date(Date.now() - 1_000)
      assert.equal((await send('later', another)).outcome, 'accepted')
      await it.until('the receipt', () => receipts('later').find(({ status }) => status === 'delivered'))
      const seen = await find('nothing', person, attemptedAt)
      assert.equal(seen.outcome, 'absent')
      if (channel.listSettlesAfterMs === null) return assert.equal(seen.shownUntil, null)
      assert.ok(seen.shownUntil && seen.shownUntil >= attemptedAt, String(seen.shownUntil))
    })

    test('a text that never left is absent; a list that cannot be read says so', async () => {
      const person = it.network.somebody(5)
      assert.deepEqual(await find('never', person, new Date()), { outcome: 'absent', shownUntil: null })
      await it.network.listsReadable(false)
      const unreadable = await find('never', person, new Date()).finally(() => it.network.listsReadable(true))
      assert.equal(unreadable.outcome, 'unreadable')
      assert.match(unreadable.why, /^[A-Z0-9].*\.$/)
      const nowhere = { ...it.connection, apiUrl: 'http://127.0.0.1:1' }
      const offline = await channel.findSent(nowhere, {
        ...text('never', person),
        attemptedAt: new Date(),
        askedAt: new Date(),
      })
      assert.equal(offline.outcome, 'unreadable')
    })
  })
}

function readable(failure: Failure): void {
  assert.ok(isReadable(failure), JSON.stringify(failure))
}
