import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { signedHooks } from '../signed.ts'
import { type Json, MAIN, MIKE, SALES, startWorld, type World } from '../world.ts'

const SALES_FORWARD = '+12025550104'
/** A ring time of 20 s passes in a fifth of a second. */
const FAST = 100

type Way = {
  name: string
  mike?: 'ring' | 'busy' | 'unreachable'
  speed?: number
  act?: (world: World, callId: string) => Promise<unknown>
  /** Why nobody picked up; null when Mike did. */
  why: string | null
}

const ways: Way[] = [
  { name: 'nobody answers for the ring time', speed: FAST, why: 'no_answer' },
  { name: 'it is busy', mike: 'busy', speed: FAST, why: 'busy' },
  { name: 'it cannot be reached', mike: 'unreachable', speed: FAST, why: 'failed' },
  {
    name: 'the caller gives up',
    act: (world, id) => world.network('POST', `/calls/${id}/hangup`, {}),
    why: 'caller_gave_up',
  },
  {
    name: 'Mike answers, and they hang up',
    async act(world, id) {
      await world.network('POST', `/calls/${id}/answer`, { phone: MIKE })
      await world.network('GET', `/calls/${id}?state=in_progress&waitMs=5000`)
      await world.network('POST', `/calls/${id}/hangup`, {})
    },
    why: null,
  },
]

test('the phone that a call rang is a leg of it, and says what happened', async (t) => {
  const world = await startWorld(t, { lines: [{ number: SALES_FORWARD, carrier: 'alt', forwardTo: [MIKE] }] })
  const { network, api } = world
  const hooks = signedHooks(world)
  let last = 0
  const caller = () => {
    last += 1
    return `+131255501${String(last).padStart(2, '0')}`
  }
  const legsOf = async (from: string): Promise<Json[]> => {
    const [{ id }] = await world.callsFrom(from)
    return (await api('GET', `/calls/${id}`)).legs
  }

  for (const [carrier, line] of [
    ['Twilio', MAIN],
    ['Telnyx', SALES_FORWARD],
  ] as const)
    for (const way of ways)
      await t.test(`at ${carrier}: ${way.name}`, async () => {
        const from = caller()
        await network('PUT', `/phones/${encodeURIComponent(MIKE)}`, { whenCalled: way.mike ?? 'ring' })
        await network('PUT', '/clock', { speed: way.speed ?? 1 })
        if (way.act) {
          const id = await world.ringing(from, line, MIKE)
          const [call] = (await api('GET', `/calls?from=${encodeURIComponent(from)}`)).data
          const [leg] = (await api('GET', `/calls/${call.id}`)).legs
          assert.partialDeepStrictEqual(leg, { to: MIKE, state: 'ringing', why: null, answeredAt: null, endedAt: null })
          await way.act(world, id)
        } else await network('POST', '/calls', { from, to: line })
        const legs = await legsOf(from)
        assert.equal(legs.length, 1)
        const [{ rangAt, answeredAt, endedAt, ...leg }] = legs
        assert.deepEqual(leg, { to: MIKE, state: 'ended', why: way.why })
        assert.equal(answeredAt !== null, way.why === null)
        assert.ok(rangAt <= (answeredAt ?? endedAt) && (answeredAt ?? endedAt) <= endedAt, JSON.stringify(legs))

        const sent = await hooks.sentAbout(from)
        for (const webhook of [...sent, ...sent.toReversed()]) assert.ok((await hooks.again(webhook)) < 300)
        assert.deepEqual(await legsOf(from), legs, 'its webhooks came again, and say something else')
      })

  await t.test('webhooks in another order give the same result', async () => {
    const orders = [
      [['voice', 'completed', 'dialAnswered', 'target'], null],
      [['voice', 'completed', 'target', 'dialAnswered'], null],
      [['voice', 'voice', 'target', 'target', 'completed', 'voice'], null],
      [['voice', 'completed', 'dialInVain'], 'no_answer'],
      [['voice', 'dialInVain', 'dialInVain', 'voice', 'completed'], 'no_answer'],
    ] as const
    for (const [order, why] of orders) {
      const from = caller()
      const CallSid = `CA${randomUUID().replaceAll('-', '')}`
      const call = { CallSid, From: from, To: MAIN, Direction: 'inbound' }
      const dial = { ...call, CallStatus: 'in-progress' }
      const say = {
        voice: () => hooks.twilio('voice', { ...call, CallStatus: 'ringing' }),
        target: () =>
          hooks.twilio('target', {
            CallSid: 'CA00000000000000000000000000000001',
            ParentCallSid: CallSid,
            CallStatus: 'in-progress',
          }),
        dialAnswered: () => hooks.twilio('dial', { ...dial, DialCallStatus: 'completed', DialBridged: 'true' }),
        dialInVain: () => hooks.twilio('dial', { ...dial, DialCallStatus: 'no-answer' }),
        completed: () => hooks.twilio('status', { ...call, CallStatus: 'completed', CallDuration: '42' }),
      }
      for (const name of order) assert.ok((await say[name]()).status < 300, `${name} was refused`)
      const legs = await legsOf(from)
      assert.partialDeepStrictEqual(legs, [{ to: MIKE, state: 'ended', why }], order.join(', '))
      assert.equal(legs[0].answeredAt !== null, why === null, order.join(', '))
      assert.ok(legs[0].endedAt)
    }
  })

  await t.test('a number that gets only missed calls rings nobody, and the log itself has no legs', async () => {
    const from = caller()
    await world.missedCall(from, SALES)
    assert.deepEqual(await legsOf(from), [])
    const { data } = await api('GET', '/calls')
    assert.ok(data.every((call: Json) => call.legs === undefined))
  })
})
