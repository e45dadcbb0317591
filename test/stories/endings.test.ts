import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { signedHooks } from '../signed.ts'
import { MAIN, MIKE, SALES, startWorld, until, type World } from '../world.ts'

const MAIN_CFNA = '+12025550103'
const SALES_FORWARD = '+12025550104'
/** A ring time of 20 s passes in a fifth of a second. */
const FAST = 100

type Ending = {
  name: string
  line: string
  /** What the phone does that the number forwards to. */
  mike?: 'ring' | 'busy' | 'decline' | 'unreachable'
  speed?: number
  gaveUp?: 'canceled' | 'no-action' | 'no-answer'
  /** What people do after the call was placed; without this the call ends by itself. */
  act?: (world: World, callId: string) => Promise<unknown>
  outcome: 'missed' | 'answered'
  why?: string | null
}

const mikeRings = (world: World, id: string) =>
  until(async () => {
    const { legs } = await world.network('GET', `/calls/${id}`)
    return legs.some((leg: { role: string; state: string }) => leg.role === 'target' && leg.state === 'ringing')
  }, "Mike's phone ringing")
const mikeAnswers = async (world: World, id: string) => {
  await mikeRings(world, id)
  await world.network('POST', `/calls/${id}/answer`, { phone: MIKE })
  await world.network('GET', `/calls/${id}?state=in_progress&waitMs=5000`)
}
const hangsUp = (world: World, id: string) => world.network('POST', `/calls/${id}/hangup`, {})

const forward = (at: string, line: string): Ending[] => [
  {
    name: `${at}, Mike answers and the caller hangs up`,
    line,
    outcome: 'answered',
    act: async (world, id) => {
      await mikeAnswers(world, id)
      await hangsUp(world, id)
    },
  },
  {
    name: `${at}, Mike answers and hangs up himself`,
    line,
    outcome: 'answered',
    act: async (world, id) => {
      await mikeAnswers(world, id)
      await world.network('POST', `/calls/${id}/callee-hangup`, { phone: MIKE })
    },
  },
  { name: `${at}, Mike is busy`, line, mike: 'busy', speed: FAST, outcome: 'missed', why: 'busy' },
  { name: `${at}, Mike declines`, line, mike: 'decline', speed: FAST, outcome: 'missed', why: 'busy' },
  { name: `${at}, Mike cannot be reached`, line, mike: 'unreachable', speed: FAST, outcome: 'missed', why: 'failed' },
  { name: `${at}, nobody answers for the ring time`, line, speed: FAST, outcome: 'missed', why: 'no_answer' },
]

const callerGivesUp = (at: string, line: string, gaveUp?: Ending['gaveUp'], why = 'caller_gave_up'): Ending => ({
  name: `${at}, the caller gives up while it rings${gaveUp ? ` (${gaveUp})` : ''}`,
  line,
  gaveUp,
  outcome: 'missed',
  why,
  act: async (world, id) => {
    await mikeRings(world, id)
    await hangsUp(world, id)
  },
})

const endings: Ending[] = [
  ...forward('Twilio rings Mike', MAIN),
  callerGivesUp('Twilio rings Mike', MAIN, 'canceled'),
  // Neither a Dial action nor a clear status comes: Twilio is asked, and has a leg that nobody answered.
  callerGivesUp('Twilio rings Mike', MAIN, 'no-action'),
  callerGivesUp('Twilio rings Mike', MAIN, 'no-answer', 'no_answer'),
  ...forward('Telnyx rings Mike', SALES_FORWARD),
  callerGivesUp('Telnyx rings Mike', SALES_FORWARD),
  {
    name: 'a line of missed calls at Twilio, the caller hears the greeting to its end',
    line: MAIN_CFNA,
    speed: FAST,
    outcome: 'missed',
    why: 'no_answer',
  },
  {
    name: 'a line of missed calls at Twilio, the caller hangs up in the greeting',
    line: MAIN_CFNA,
    outcome: 'missed',
    why: 'no_answer',
    act: async (world, id) => {
      await world.network('GET', `/calls/${id}?state=in_progress&waitMs=5000`)
      await hangsUp(world, id)
    },
  },
  {
    name: 'a line of missed calls at Telnyx, the caller rings on and hangs up',
    line: SALES,
    outcome: 'missed',
    why: 'caller_gave_up',
    act: hangsUp,
  },
]

test('every way that a call ends: no text when somebody talked, one text when nobody did', async (t) => {
  const world = await startWorld(t, {
    lines: [
      { number: MAIN_CFNA, carrier: 'main', mode: 'cfna' },
      { number: SALES_FORWARD, carrier: 'alt', forwardTo: [MIKE] },
    ],
  })
  for (const [i, ending] of endings.entries())
    await t.test(ending.name, () => endsOnce(world, `+131255501${String(i).padStart(2, '0')}`, ending))
})

async function endsOnce(world: World, caller: string, ending: Ending): Promise<void> {
  await world.network('PUT', `/phones/${encodeURIComponent(MIKE)}`, { whenCalled: ending.mike ?? 'ring' })
  await world.network('PUT', '/settings', { twilioCallerGivesUp: ending.gaveUp ?? 'canceled' })
  await world.network('PUT', '/clock', { speed: ending.speed ?? 1 })
  const { id } = await world.network('POST', '/calls', { from: caller, to: ending.line })
  await ending.act?.(world, id)
  const { state } = await world.network('GET', `/calls/${id}?state=ended&waitMs=10000`)
  assert.equal(state, 'ended')

  const [call] = await world.callsFrom(caller)
  assert.equal(call.outcome, ending.outcome)
  assert.equal(call.decision.reason, ending.outcome === 'answered' ? 'answered' : 'missed_call')
  if (ending.why) assert.equal(call.why, ending.why)
  const texts = ending.outcome === 'answered' ? 0 : 1
  if (texts === 1) await world.textsOn(caller)
  await everyWebhookAgain(world, caller)

  const calls = await world.callsFrom(caller)
  assert.deepEqual(
    calls.map((c) => [c.outcome, c.decision, c.messageId]),
    [[call.outcome, call.decision, call.messageId]],
    'its webhooks came again, and the decision is another',
  )
  const { data: messages } = await world.api('GET', `/messages?contactId=${call.contactId}`)
  assert.equal(messages.length, texts, 'texts in the books')
  assert.equal((await world.textsSentTo(caller)).length, texts, 'texts at the carrier')
}

/** In their order, and reversed. */
async function everyWebhookAgain(world: World, caller: string): Promise<void> {
  const hooks = signedHooks(world)
  const sent = await hooks.sentAbout(caller)
  assert.ok(sent.length >= 2, 'the call had webhooks')
  for (const webhook of [...sent, ...sent.toReversed()])
    assert.ok((await hooks.again(webhook)) < 300, `${webhook.url} came again and was refused`)
}

test('with every webhook delivered twice at once there is one text', async (t: TestContext) => {
  const world = await startWorld(t, { lines: [{ number: SALES_FORWARD, carrier: 'alt', forwardTo: [MIKE] }] })
  await world.network('PUT', '/faults', { duplicate: 1 })
  await world.network('PUT', `/phones/${encodeURIComponent(MIKE)}`, { whenCalled: 'busy' })
  await world.network('PUT', '/clock', { speed: FAST })
  for (const [i, line] of [MAIN, SALES_FORWARD].entries()) {
    const caller = `+1312555015${i}`
    const { id } = await world.network('POST', '/calls', { from: caller, to: line })
    await world.network('GET', `/calls/${id}?state=ended&waitMs=10000`)
    await world.textsOn(caller)
    assert.equal((await world.callsFrom(caller)).length, 1)
    assert.equal((await world.textsSentTo(caller)).length, 1)
  }
})
