import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Connection } from '../domain/connection.ts'
import { isReadable } from '../domain/words.ts'
import type { CallEvent, Voice } from './port.ts'

/** The vendor's phone network, which really sends its webhooks. */
export type VoiceNetwork = {
  ours: string
  /** Makes such a call to `ours`, which rings `TARGET`, and resolves when it is over at the network. */
  call(from: string, how: Ending): Promise<void>
  /** For `listCalls` and `findCall`: whether the vendor's lists can be read, and whether hooks get through to us. */
  listsReadable?(readable: boolean): Promise<void>
  hooksArrive?(arrive: boolean): Promise<void>
}

export type Ending = 'answered' | 'no_answer' | 'busy' | 'caller_gave_up'

export type VoiceBench = {
  network: VoiceNetwork
  connection: Connection
  /** The events of the call that this caller made, in the order of arrival. */
  callFrom(from: string): CallEvent[]
  until<T>(what: string, find: () => T | null | undefined | false): Promise<T>
}

/** What happened to a call is told truly, by its events or when asked. What `voice` lacks is not asked. */
export function voiceConformance(voice: Voice, bench: () => VoiceBench): void {
  const { findCall, listCalls } = voice

  describe('calls', () => {
    let it: VoiceBench
    before(() => {
      it = bench()
    })

    const story = async (from: string, how: Ending) => {
      await it.network.call(from, how)
      await it.until(`the end of the ${how} call`, () => it.callFrom(from).some((e) => e.type === 'call.ended'))
      return it.callFrom(from)
    }
    const asked = async (events: CallEvent[]) => {
      const arrival = events.find((event) => event.type === 'call.arrived')!
      return findCall?.(it.connection, { callId: arrival.callId, legId: arrival.legId })
    }

    test('somebody picks up', async () => {
      const events = await story('+12025550120', 'answered')
      assert.partialDeepStrictEqual(events, [{ type: 'call.arrived', from: '+12025550120', to: it.network.ours }])
      assert.ok(events.some((event) => event.type === 'call.answered'))
      assert.deepEqual(provesMissed(events), [])
      if (findCall) assert.partialDeepStrictEqual(await asked(events), { outcome: 'ended', answered: true })
    })

    const missed = { no_answer: '+12025550121', busy: '+12025550122', caller_gave_up: '+12025550123' } as const
    for (const how of ['no_answer', 'busy', 'caller_gave_up'] as const)
      test(`nobody picks up: ${how}`, async () => {
        const events = await story(missed[how], how)
        assert.ok(!events.some((event) => event.type === 'call.answered'))
        const whys = provesMissed(events)
        // Vendors differ on a caller who gives up: some tell it apart, some say only that nobody answered.
        const honest = how === 'caller_gave_up' ? [how, 'no_answer'] : [how]
        assert.ok(
          whys.every((why) => why === null || honest.includes(why)),
          JSON.stringify(events),
        )
        // Where no event proves it, the vendor can be asked.
        if (!findCall) assert.ok(whys.length > 0)
        if (findCall) assert.partialDeepStrictEqual(await asked(events), { outcome: 'ended', answered: false })
      })

    if (voice.reportsWholeCalls)
      test('a call that is reported whole has its start in its end', async () => {
        const ends = (await story('+12025550125', 'no_answer')).filter((event) => event.type === 'call.ended')
        assert.equal(ends.length, 1)
        assert.ok(ends[0]?.startedAt)
      })

    if (listCalls)
      test('a call that we did not hear of is in the list', async () => {
        const since = new Date()
        const list = () => listCalls(it.connection, it.network.ours, since)
        await it.network.hooksArrive!(false)
        const call = await it.network
          .call('+12025550124', 'caller_gave_up')
          .then(() =>
            eventually('the call in the list', async () => {
              const listed = await list()
              return listed.ok && listed.items.find((each) => each.from === '+12025550124' && each.endedAt)
            }),
          )
          .finally(() => it.network.hooksArrive!(true))
        assert.equal(call.to, it.network.ours)
        if (call.answered === null) {
          assert.partialDeepStrictEqual(await findCall?.(it.connection, call), { answered: false })
        } else assert.equal(call.answered, false)

        const listed = await list()
        assert.ok(listed.ok && listed.items.every((each) => each.startedAt.getTime() > since.getTime() - 1000))
      })

    if (findCall)
      test('a call that the vendor does not know is said to be so', async () => {
        const unknown = await findCall(it.connection, { callId: 'CA0', legId: null })
        assert.equal(unknown.outcome, 'unreadable')
      })

    if (listCalls)
      test('a list that cannot be read is said to be so', async () => {
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

/** A vendor's list may lag behind: asks again until the answer is there. */
async function eventually<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = Date.now() + 5_000
  for (;;) {
    const found = await ask()
    if (found) return found
    assert.ok(Date.now() < deadline, `${what}: not within 5 s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
