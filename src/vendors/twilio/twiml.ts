import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js'
import type { CallPlan } from '../../voice/port.ts'
import type { Hook, HookAnswer } from '../vendor.ts'
import { siblingHook } from './urls.ts'

/**
 * The plan as TwiML. The webhooks `voice` and `dial` always need TwiML: anything else is error 12100, and the caller
 * hears "we are sorry, an application error". The other webhooks need no body.
 */
export function twimlAnswer(hook: Hook, plan: CallPlan): HookAnswer {
  const [name] = hook.path
  if (name === 'voice' || name === 'dial') return xml(planAsTwiml(hook, plan))
  if (name === 'sms') return xml(new VoiceResponse())
  // The target's leg does not name the number that was called.
  if (plan.do === 'nothing' && plan.unheardOf) return { status: 503, contentType: 'text/plain', body: '' }
  return { status: 204, contentType: 'text/plain', body: '' }
}

function planAsTwiml(hook: Hook, plan: CallPlan): VoiceResponse {
  const response = new VoiceResponse()
  if (plan.do === 'ring') {
    // answerOnBridge works only when Dial is the first verb, so nothing is said before it.
    const dial = response.dial({
      timeout: plan.seconds,
      answerOnBridge: true,
      action: siblingHook(hook.url, 'dial'),
      method: 'POST',
      ...(E164.test(plan.callerId) && { callerId: plan.callerId }),
    })
    dial.number(
      {
        statusCallback: siblingHook(hook.url, 'target'),
        statusCallbackEvent: ['answered'],
        statusCallbackMethod: 'POST',
      },
      plan.target,
    )
  }
  if (plan.do === 'let_ring') {
    // Twilio has no way to leave a call ringing: without an answer it ends in an error, and <Reject> ends it at once.
    if (plan.greeting) response.say(sayable(plan.greeting))
    if (plan.guardSeconds > 0) response.pause({ length: plan.guardSeconds })
    response.hangup()
  }
  if (plan.do === 'goodbye') {
    if (plan.greeting) response.say(sayable(plan.greeting))
    response.hangup()
  }
  return response
}

/** Removes control characters and half emoji, which XML cannot hold and on which the SDK throws. */
function sayable(greeting: string): string {
  return greeting.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
}

// Twilio refuses a Dial whose callerId is 'anonymous' or the like; without one it shows the caller's own number.
const E164 = /^\+[1-9]\d{6,14}$/

function xml(response: VoiceResponse): HookAnswer {
  return { status: 200, contentType: 'text/xml; charset=utf-8', body: response.toString() }
}
