import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Connection } from '../domain/connection.ts'
import { isReadable } from '../domain/words.ts'
import type { CallEvent, Voice } from './port.ts'

/** The vendor's phone network, which sends real webhooks. */
export type VoiceNetwork = {
  ours: string
  /** Makes a call to `ours` that rings `TARGET` and ends in this way; resolves when it is over at the network. */
  call(from: string, how: Ending): Promise<void>
  /** For `listCalls` and `findCall`: whether the vendor's lists can be read, and whether webhooks reach us. */
  listsReadable?(readable: boolean): Promise<void>
  webhooksArrive?(arrive: boolean): Promise<void>
}

export type Ending = 'answered' | 'no_answer' | 'busy' | 'caller_gave_up'

export type VoiceBench = {
  network: VoiceNetwork
  connection: Connection
  /** The events of the call that this caller made, in the order of arrival. */
  callFrom(from: string): CallEvent[]
  until<T>(what: string, find: () => T | null | undefined | false): Promise<T>
}

/** Tests that the events of a call, or `findCall`, say truly how it ended. What `voice` leaves out is not tested. */
export function voiceConformance(voice: Voice, bench: () => VoiceBench): void {
  const { findCall, listCalls } = voice

  describe('calls', () => {
    let it: VoiceBench
    before(() => {
      it = bench()
    })

    const eventsOf = async (from: string, how: Ending) => {
      await it.network.call(from, how)
      await it.until(`the end of the ${how} call`, () => it.callFrom(from).some((e) => e.type === 'call.ended'))
      return it.callFrom(from)
    }
    const lookedUp = async (events: CallEvent[]) => {
      const arrival = events.find((event) => event.type === 'call.arrived')!
      return findCall?.(it.connection, { callId: arrival.callId, legId: arrival.legId })
    }

    test('somebody picks up', async () => {
      const events = await eventsOf('+12025550120', 'answered')
      assert.partialDeepStrictEqual(events, [{ type: 'call.arrived', from: '+12025550120', to: it.network.ours }])
      assert.ok(events.some((event) => event.type === 'call.answered'))
      assert.deepEqual(provesMissed(events), [])
      if (findCall) assert.partialDeepStrictEqual(await lookedUp(events), { outcome: 'ended', answered: true })
    })

    const missed = { no_answer: '+12025550121', busy: '+12025550122', caller_gave_up: '+12025550123' } as const
    for (const how of ['no_answer', 'busy', 'caller_gave_up'] as const)
      test(`nobody picks up: ${how}`, async () => {
        const events = await eventsOf(missed[how], how)
        assert.ok(!events.some((event) => event.type === 'call.answered'))
        const whys = provesMissed(events)
        // Vendors differ on a caller who gives up: some report that, others only that nobody answered.
        const allowed = how === 'caller_gave_up' ? [how, 'no_answer'] : [how]
        assert.ok(
          whys.every((why) => why === null || allowed.includes(why)),
          JSON.stringify(events),
        )
        // Where no event proves it, the vendor can be lookedUp.
        if (!findCall) assert.ok(whys.length > 0)
        if (findCall) assert.partialDeepStrictEqual(await lookedUp(events), { outcome: 'ended', answered: false })
      })

    if (voice.reportsWholeCalls)
      test('a call that is reported whole has its start in its end event', async () => {
        const ends = (await eventsOf('+12025550125', 'no_answer')).filter((event) => event.type === 'call.ended')
        assert.equal(ends.length, 1)
        assert.ok(ends[0]?.startedAt)
      })

    if (listCalls)
      test('a call whose webhooks were lost is in the list', async () => {
        const since = new Date()
        const list = () => listCalls(it.connection, it.network.ours, since)
        await it.network.webhooksArrive!(false)
        const call = await it.network
          .call('+12025550124', 'caller_gave_up')
          .then(() =>
            eventually('the call in the list', async () => {
              const listed = await list()
              return listed.ok && listed.items.find((each) => each.from === '+12025550124' && each.endedAt)
            }),
          )
          .finally(() => it.network.webhooksArrive!(true))
        assert.equal(call.to, it.network.ours)
        if (call.answered === null) {
          assert.partialDeepStrictEqual(await findCall?.(it.connection, call), { answered: false })
        } else assert.equal(call.answered, false)

        const listed = await list()
        assert.ok(listed.ok && listed.items.every((each) => each.startedAt.getTime() > since.getTime() - 1000))
      })

    if (findCall)
      test('a call that the vendor does not know is unreadable', async () => {
        const unknown = await findCall(it.connection, { callId: 'CA0', legId: null })
        assert.equal(unknown.outcome, 'unreadable')
      })

    if (listCalls)
      test('a list that cannot be read is a failure', async () => {
        await it.network.listsReadable!(false)
        const listed = await listCalls(it.connection, it.network.ours, new Date()).finally(() =>
          it.network.listsReadable!(true),
        )
        assert.equal(listed.ok, false)
        assert.ok(isReadable(listed.failure), JSON.stringify(listed.failure))
      })
  })
}

function provesMissed(events: CallEvent[]): (string | null)[] {
  return events.flatMap((event) =>
    event.type === 'call.unanswered' || (event.type === 'call.ended' && event.answered === false) ? [event.why] : [],
  )
}

/** Asks until there is an answer: a vendor's list may lag. */
async function eventually<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = Date.now() + 5_000
  for (;;) {
    const found = await ask()
    if (found) return found
    assert.ok(Date.now() < deadline, `${what}: not within 5 s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
