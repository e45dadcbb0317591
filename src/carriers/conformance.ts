import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { Carrier, CarrierEvent, Connection, Hook, OutgoingText } from './carrier.ts'
import { type Door, openDoor } from './door.ts'

/**
 * What every carrier must do, on a network that really sends its hooks. A new carrier passes this before it is merged:
 * see docs/adding-a-carrier.md.
 */
export type Subject = {
  carrier: Carrier
  /** Fit to work: its `apiUrl` is the network's. */
  connection: Connection
  withoutSecret: Connection
  ours: string
  /** A request as the carrier would send and sign it at that time; made apart from the carrier's own code. */
  sign(path: string, body: string, at: Date): Hook
  /** A body that the carrier could send, and where. */
  sample: { path: string; body: string }
  /** Events that the carrier may send one day, or sends and we have no use for. */
  unheardOf: { path: string; body: string }[]
  /** Whether a signature covers its time. */
  timestamped: boolean
  /** Makes such a call to `ours` and resolves when it is over at the network. */
  call(from: string, how: Ending): Promise<void>
  /** Null for a carrier that only tells about calls. */
  network: Network | null
  stop(): Promise<void>
}

export type Ending = 'answered' | 'no_answer' | 'busy' | 'caller_gave_up'

export type Network = {
  wrongCredentials: Connection
  landline: string
  text(from: string, body: string): Promise<void>
  /** What happens to the next request to send. `cut`: the connection is dropped when the request is there. */
  next(fault: 'status429' | 'status500' | 'acceptThenTimeout' | 'cut'): Promise<void>
  /** How many requests to send the network has seen, and how many texts to this phone it has accepted. */
  sendRequests(): Promise<number>
  acceptedTexts(to: string): Promise<number>
  listsReadable(readable: boolean): Promise<void>
  /** Whether hooks get through to us. */
  hooksArrive(arrive: boolean): Promise<void>
}

export const TARGET = '+12025550111'

/** Registers the suite with node:test. `setup` starts what the carrier talks to. */
export function carrierConformance(name: string, setup: () => Promise<Subject>): void {
  let it: Subject
  let door: Door
  let hooksUrl: string

  describe(`carrier ${name}`, () => {
    before(async () => {
      door = await openDoor(TARGET)
      it = await setup()
      hooksUrl = door.open(it.carrier, it.connection)
    })
    after(async () => {
      await it.stop()
      await door.close()
    })

    describe('proof of origin', () => {
      const verified = (change: (hook: Hook) => Hook = (hook) => hook, connection = it.connection) => {
        const at = new Date()
        const hook = it.sign(it.sample.path, it.sample.body, at)
        return it.carrier.verify(change({ ...hook, receivedAt: at }), connection)
      }
      const later = (hook: Hook, seconds: number) => ({
        ...hook,
        receivedAt: new Date(hook.receivedAt.getTime() + seconds * 1000),
      })

      test('what the carrier signed is let in', () => assert.deepEqual(verified(), { ok: true }))

      test('a changed body, another signature and none are not', () => {
        const refused = [
          verified((hook) => ({ ...hook, body: Buffer.concat([hook.body, Buffer.from('&x=1')]) })),
          verified((hook) => ({ ...hook, body: Buffer.alloc(0) })),
          verified((hook) => ({ ...hook, headers: it.sign('other', '{}', hook.receivedAt).headers })),
          verified((hook) => ({ ...hook, headers: {} })),
        ]
        for (const result of refused) {
          assert.equal(result.ok, false)
          assert.match(result.why, /^[A-Z].*\.$/)
        }
      })

      test('a connection without a secret lets nothing in', () =>
        assert.equal(verified(undefined, it.withoutSecret).ok, false))

      test('a recorded request cannot be played again later', (t) => {
        if (!it.timestamped) return t.skip('its signatures have no time in them')
        assert.equal(verified((hook) => later(hook, 299)).ok, true)
        assert.equal(verified((hook) => later(hook, 302)).ok, false)
        assert.equal(verified((hook) => later(hook, -302)).ok, false)
      })
    })

    describe('setting up', () => {
      test('our number is pointed at us, step by step, as often as one likes', async () => {
        for (const _ of [1, 2]) {
          const { ok, steps } = await it.carrier.configureNumber(it.connection, it.ours, hooksUrl)
          assert.deepEqual(
            steps.filter((step) => step.trouble),
            [],
          )
          assert.equal(ok, true)
          assert.ok(steps.some((step) => step.value.startsWith(hooksUrl)))
        }
      })

      test("a number of somebody else's is not", async (t) => {
        if (!it.network) return t.skip('it has no numbers')
        const { ok, steps } = await it.carrier.configureNumber(it.connection, '+12025550198', hooksUrl)
        assert.equal(ok, false)
        readable(steps.find((step) => step.trouble)?.trouble)
      })

      test('the numbers are listed; with the wrong credentials it says so', async (t) => {
        const listed = await it.carrier.listNumbers(it.connection)
        assert.equal(listed.ok, true)
        if (!it.network) return t.skip('it has no numbers')
        assert.partialDeepStrictEqual(
          listed.items.filter((each) => each.number === it.ours),
          [{ number: it.ours, canCall: true, canText: true }],
        )
        const refused = await it.carrier.listNumbers(it.network.wrongCredentials)
        assert.equal(refused.ok, false)
        readable(refused.trouble)
        const nobody = { ...it.connection, credentials: {} }
        assert.equal((await it.carrier.configureNumber(nobody, it.ours, hooksUrl)).ok, false)
      })

      test('what kind of line a number is', async (t) => {
        if (!it.network) return t.skip('it cannot look numbers up')
        const found = await it.carrier.findLineType(it.connection, it.network.landline)
        assert.deepEqual(found, { ok: true, lineType: 'landline' })
        const mobile = await it.carrier.findLineType(it.connection, '+12025550130')
        assert.deepEqual(mobile, { ok: true, lineType: 'mobile' })
        const refused = await it.carrier.findLineType(it.network.wrongCredentials, '+12025550130')
        assert.equal(refused.ok, false)
        readable(refused.trouble)
      })
    })

    describe('calls', () => {
      const story = async (from: string, how: Ending) => {
        await it.call(from, how)
        await door.until(`the end of the ${how} call`, () => door.callFrom(from).some((e) => e.type === 'call.ended'))
        return door.callFrom(from)
      }
      const known = async (events: CarrierEvent[]) => {
        const arrival = events.find((event) => event.type === 'call.arrived')!
        return it.carrier.findCall(it.connection, { callId: arrival.callId, legId: arrival.legId })
      }

      test('somebody picks up', async () => {
        const events = await story('+12025550120', 'answered')
        assert.partialDeepStrictEqual(events, [{ type: 'call.arrived', from: '+12025550120', to: it.ours }])
        assert.ok(events.some((event) => event.type === 'call.answered'))
        assert.deepEqual(provesMissed(events), [])
        if (it.network) assert.partialDeepStrictEqual(await known(events), { outcome: 'ended', answered: true })
      })

      const missed = { no_answer: '+12025550121', busy: '+12025550122', caller_gave_up: '+12025550123' } as const
      for (const how of ['no_answer', 'busy', 'caller_gave_up'] as const)
        test(`nobody picks up: ${how}`, async () => {
          const events = await story(missed[how], how)
          assert.ok(!events.some((event) => event.type === 'call.answered'))
          const whys = provesMissed(events)
          // Carriers differ on a caller who gives up: some tell it apart, some say only that nobody answered.
          const honest = how === 'caller_gave_up' ? [how, 'no_answer'] : [how]
          assert.ok(
            whys.every((why) => why === null || honest.includes(why)),
            JSON.stringify(events),
          )
          // Where no event proves it, the carrier can be asked.
          if (!it.network) assert.ok(whys.length > 0)
          if (it.network) assert.partialDeepStrictEqual(await known(events), { outcome: 'ended', answered: false })
        })

      test('a call that we did not hear of is in the list', async (t) => {
        if (!it.network) return t.skip('it has no list')
        const since = new Date()
        const list = () => it.carrier.listCalls(it.connection, it.ours, since)
        const call = await withoutHooks(it.network, async () => {
          await it.call('+12025550124', 'caller_gave_up')
          return eventually('the call in the list', async () => {
            const listed = await list()
            return listed.ok && listed.items.find((each) => each.from === '+12025550124' && each.endedAt)
          })
        })
        assert.equal(call.to, it.ours)
        if (call.answered === null) {
          assert.partialDeepStrictEqual(await it.carrier.findCall(it.connection, call), { answered: false })
        } else assert.equal(call.answered, false)

        const listed = await list()
        assert.ok(listed.ok && listed.items.every((each) => each.startedAt.getTime() > since.getTime() - 1000))
      })

      test('a call that the carrier does not know, and a list that cannot be read, are said to be so', async (t) => {
        const unknown = await it.carrier.findCall(it.connection, { callId: 'CA0', legId: null })
        assert.equal(unknown.outcome, 'unreadable')
        if (!it.network) return t.skip('it has no list')
        const listed = await withoutLists(it.network, () => it.carrier.listCalls(it.connection, it.ours, new Date()))
        assert.equal(listed.ok, false)
        readable(listed.trouble)
      })

      test('the same hook twice says the same twice', () => {
        for (const hook of door.hooks)
          assert.deepEqual(it.carrier.parse(hook, it.connection), it.carrier.parse(hook, it.connection))
      })

      test('what we have no use for is no event', () => {
        for (const { path, body } of it.unheardOf)
          assert.deepEqual(it.carrier.parse(it.sign(path, body, new Date()), it.connection), { ok: true, events: [] })
      })
    })

    describe('texts', () => {
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
      const network = (t: TestContext) => {
        if (!it.network) t.skip('it has no texts')
        return it.network
      }

      test('a carrier without texts refuses and says what to do', async (t) => {
        if (it.network) return t.skip('it has texts')
        const sent = await send('none', '+12025550130')
        assert.equal(sent.outcome, 'refused')
        readable(sent.trouble)
      })

      test('accepted; the receipt names our message and theirs', async (t) => {
        if (!network(t)) return
        const sent = await send('fine', '+12025550130')
        assert.equal(sent.outcome, 'accepted')
        const delivered = await door.until('the receipt', () =>
          door.receipts('fine').find((receipt) => receipt.status === 'delivered'),
        )
        assert.equal(delivered.carrierId, sent.carrierId)
        assert.equal(delivered.trouble, null)
      })

      test('a landline: told at once or by the receipt, in words', async (t) => {
        const net = network(t)
        if (!net) return
        const sent = await send('landline', net.landline)
        const trouble =
          sent.outcome === 'refused'
            ? sent.trouble
            : await door.until('the receipt', () => door.receipts('landline').find((one) => one.trouble)?.trouble)
        assert.equal(trouble.kind, 'landline')
        readable(trouble)
      })

      test('a text comes in; after STOP the carrier refuses, after START no longer', async (t) => {
        const net = network(t)
        if (!net) return
        const person = '+12025550131'
        await net.text(person, 'STOP')
        const stop = await door.until('the STOP', () => door.texts().find((one) => one.from === person))
        assert.partialDeepStrictEqual(stop, { to: it.ours, body: 'STOP' })
        const sent = await send('stopped', person)
        assert.equal(sent.outcome, 'refused')
        assert.equal(sent.trouble.kind, 'opted_out')
        readable(sent.trouble)
        await net.text(person, 'START')
        assert.equal((await send('started', person)).outcome, 'accepted')
      })

      test('each outcome says only what it proves, with one request per send', async (t) => {
        const net = network(t)
        if (!net) return
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
          assert.equal(refused.trouble.kind, 'credentials')
        }
      })

      test('a text that was accepted without our knowing is found, once', async (t) => {
        const net = network(t)
        if (!net) return
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

      test('... also when no receipt came through', async (t) => {
        const net = network(t)
        if (!net) return
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

      test('... and is not taken for another one', async (t) => {
        if (!network(t)) return
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

      test('a text that never left is absent; a list that cannot be read says so', async (t) => {
        const net = network(t)
        if (!net) return
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

    test('no hook of the carrier was turned away', () => assert.deepEqual(door.refused, []))
  })
}

function provesMissed(events: CarrierEvent[]): (string | null)[] {
  return events.flatMap((event) =>
    event.type === 'call.unanswered' || (event.type === 'call.ended' && event.answered === false) ? [event.why] : [],
  )
}

async function withoutHooks<T>(network: Network, act: () => Promise<T>): Promise<T> {
  await network.hooksArrive(false)
  return act().finally(() => network.hooksArrive(true))
}

async function withoutLists<T>(network: Network, act: () => Promise<T>): Promise<T> {
  await network.listsReadable(false)
  return act().finally(() => network.listsReadable(true))
}

/** A carrier's list may lag behind: asks again until the answer is there. */
async function eventually<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = Date.now() + 5_000
  for (;;) {
    const found = await ask()
    if (found) return found
    assert.ok(Date.now() < deadline, `${what}: not within 5 s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Words for a person: what happened, and what to do. */
function readable(trouble: { sentence: string; nextStep: string } | null | undefined): void {
  assert.ok(trouble, 'no trouble was told')
  assert.match(trouble.sentence, /^[A-Z0-9].*\.$/)
  assert.match(trouble.nextStep, /^[A-Z].*\.$/)
}
