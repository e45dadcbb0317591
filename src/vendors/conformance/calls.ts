import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { CarrierEvent } from '../carrier.ts'
import type { Bench, Ending, Has, Subject } from '../conformance.ts'
import type { Door } from './door.ts'
import { withoutHooks, withoutLists } from './without.ts'
import { readable } from './words.ts'

/** What happened to a call is told truly, by its events or when asked. */
export function tellsCalls(has: Has, bench: () => Bench): void {
  const networkTest: (name: string, run: () => void | Promise<void>) => void = has.network ? test : () => {}
  describe('calls', () => {
    let it: Subject
    let door: Door
    before(() => {
      ;({ it, door } = bench())
    })

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

    networkTest('a call that we did not hear of is in the list', async () => {
      const since = new Date()
      const list = () => it.carrier.listCalls(it.connection, it.ours, since)
      const call = await withoutHooks(it.network!, async () => {
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

    test('a call that the carrier does not know, and a list that cannot be read, are said to be so', async () => {
      const unknown = await it.carrier.findCall(it.connection, { callId: 'CA0', legId: null })
      assert.equal(unknown.outcome, 'unreadable')
      if (!it.network) return
      const listed = await withoutLists(it.network, () => it.carrier.listCalls(it.connection, it.ours, new Date()))
      assert.equal(listed.ok, false)
      readable(listed.failure)
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
}

function provesMissed(events: CarrierEvent[]): (string | null)[] {
  return events.flatMap((event) =>
    event.type === 'call.unanswered' || (event.type === 'call.ended' && event.answered === false) ? [event.why] : [],
  )
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
