import { createHash } from 'node:crypto'
import type Telnyx from 'telnyx'
import type { Connection } from '../../domain/connection.ts'
import type { CallPlan } from '../../voice/port.ts'
import { jsonOf } from '../failures.ts'
import { type Http, Refusal } from '../http.ts'
import type { Hook, HookAnswer } from '../vendor.ts'
import { causeOf, telnyxClient } from './client.ts'
import { readEvent, type TelnyxEvent, textAt } from './event.ts'
import { goodbyeState, legState, TARGET_STATE } from './state.ts'

/** Telnyx waits 2 s for the answer to a webhook; half a second of that is for the database and the network. */
const COMMAND_WITHIN_MS = 1_500
const VOICE = 'AWS.Polly.Joanna'
const LONGEST_SPEECH = 3_000

/** Sends the command for the plan, or the next one of a goodbye that an earlier event began. */
export async function carryOut(http: Http, hook: Hook, connection: Connection, plan: CallPlan): Promise<HookAnswer> {
  if (plan.do === 'nothing' && plan.unheardOf) return UNHEARD_OF
  const read = readEvent(jsonOf(hook.body.toString('utf8')))
  const command = (read.ok ? nextOfGoodbye(read.event) : null) ?? commandOf(plan)
  if (!command) return DONE
  try {
    await command(telnyxClient(http, connection, COMMAND_WITHIN_MS))
    return DONE
  } catch (error) {
    const cause = causeOf(error)
    // 404 and 422: the call is over or in another state, so sending the event again changes nothing.
    if (cause instanceof Refusal && (cause.status === 404 || cause.status === 422)) return DONE
    return { status: 503, contentType: 'text/plain', body: 'The command to the call failed; bring the event again.' }
  }
}

const DONE: HookAnswer = { status: 200, contentType: 'text/plain', body: '' }

const UNHEARD_OF: HookAnswer = {
  status: 503,
  contentType: 'text/plain',
  body: 'The arrival of this call has not been stored yet; bring the event again.',
}

type Command = (client: Telnyx) => Promise<unknown>

function commandOf(plan: CallPlan): Command | null {
  if (plan.do === 'ring') {
    const { legId, target, seconds, callerId, callId } = plan
    if (!legId) return null
    const ring = (client: Telnyx, showing: string | null) =>
      client.calls.actions.transfer(legId, {
        to: target,
        timeout_secs: Math.max(5, Math.min(Math.round(seconds), 600)),
        target_leg_client_state: TARGET_STATE,
        command_id: once(callId, showing ? 'ring' : 'ring as us'),
        // Without it Telnyx shows the number that was called. 'anonymous' and the like are no caller id.
        ...(showing && { from: showing }),
      })
    const showing = /^\+[1-9]\d{6,14}$/.test(callerId) ? callerId : null
    return (client) =>
      ring(client, showing).catch((error) => {
        // An account that may not show other people's numbers rings with our number instead.
        const cause = causeOf(error)
        if (showing && cause instanceof Refusal && cause.status === 422) return ring(client, null)
        throw error
      })
  }
  if (plan.do === 'goodbye') {
    const { legId, greeting, callId } = plan
    if (!legId) return null
    if (greeting === '') return (client) => client.calls.actions.hangup(legId, { command_id: once(callId, 'hangup') })
    return (client) =>
      client.calls.actions.answer(legId, {
        client_state: goodbyeState(greeting.slice(0, LONGEST_SPEECH)),
        command_id: once(callId, 'answer'),
      })
  }
  // let_ring: a parked leg that nobody answers keeps ringing by itself, and the caller pays nothing.
  return null
}

/** The next command to a leg that we answered to say goodbye: speak once it is open, then hang up. */
function nextOfGoodbye({ type, payload }: TelnyxEvent): Command | null {
  const state = legState(payload.client_state)
  const legId = textAt(payload, 'call_control_id')
  const callId = textAt(payload, 'call_session_id')
  if (state.leg !== 'goodbye' || legId === '') return null
  if (type === 'call.answered')
    return (client) =>
      client.calls.actions.speak(legId, {
        payload: state.greeting,
        voice: VOICE,
        client_state: goodbyeState(state.greeting),
        command_id: once(callId, 'speak'),
      })
  if (type === 'call.speak.ended')
    return (client) => client.calls.actions.hangup(legId, { command_id: once(callId, 'hangup') })
  return null
}

/** The same command of the same call has the same id, so that a repeated event does not do it twice (60 s at Telnyx). */
function once(callId: string, what: string): string {
  const hex = createHash('sha256').update(`${callId} ${what}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
