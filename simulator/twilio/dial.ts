import { type EndedBy, type Leg, secondsBetween, type Unanswered } from '../calls.ts'
import { callParams, progressParams } from './params.ts'
import { type Host, resolveUrl, runScript, warn } from './script.ts'
import { makeSid } from './shapes.ts'
import type { Element } from './twiml.ts'
import { sendWebhook } from './webhooks.ts'

/** How a Dial ended, in the parameters of its action. */
export type DialResult = { bridged: boolean; params: Record<string, string> }

type Target = { number: string; noun: Element | null }

const statuses: Record<Unanswered, string> = {
  busy: 'busy',
  declined: 'busy',
  no_answer: 'no-answer',
  unreachable: 'failed',
  invalid: 'failed',
  canceled: 'canceled',
}

/** Rings the numbers of a Dial and waits until a bridge is over or nobody can answer any more. */
export async function dial(host: Host, verb: Element, base: string): Promise<DialResult> {
  const numbers = verb.children.filter((noun) => noun.name === 'Number')
  for (const noun of verb.children) {
    if (noun.name !== 'Number') warn(host, `Twilio warning 12200: <${noun.name}> is no noun of this network; skipped`)
  }
  // Twilio rings at most 10 numbers.
  const targets: Target[] = numbers.slice(0, 10).map((noun) => ({ number: noun.text, noun }))
  if (verb.text) targets.push({ number: verb.text, noun: null })
  const rounds = verb.attributes.sequential === 'true' ? targets.map((target) => [target]) : [targets]
  let result: DialResult = { bridged: false, params: { DialCallStatus: 'failed', DialBridged: 'false' } }
  for (const round of rounds) {
    if (round.length === 0) break
    result = await ringAll(host, verb, round, base)
    if (result.bridged || host.leg.over.signal.aborted) break
  }
  return result
}

function ringAll(host: Host, verb: Element, targets: Target[], base: string): Promise<DialResult> {
  const { network, leg: parent, account } = host
  const { calls } = network
  const timeoutMs = Number(verb.attributes.timeout ?? 30) * 1000
  const sequence = new Map<Leg, number>()

  return new Promise((resolve) => {
    let winner: Leg | null = null
    const legs = targets.map((target) => ({
      target,
      leg: calls.addLeg(parent.call, {
        id: makeSid('CA'),
        role: 'target',
        from: verb.attributes.callerId ?? parent.from,
        to: target.number,
      }),
    }))

    const notify = (leg: Leg, { noun }: Target, event: 'initiated' | 'ringing' | 'answered' | 'completed') => {
      const url = noun?.attributes.statusCallback
      const wanted = (noun?.attributes.statusCallbackEvent ?? 'completed').split(/\s+/)
      if (!url || !wanted.includes(event)) return
      const number = sequence.get(leg) ?? 0
      sequence.set(leg, number + 1)
      const params = { ...callParams(leg, account), ...progressParams(leg, number, network.clock.now()) }
      if (event === 'initiated') params.CallStatus = 'initiated'
      const method = noun?.attributes.statusCallbackMethod
      const hook = { key: parent.call.id, kind: 'notice' as const, url: resolveUrl(url, base), method }
      void sendWebhook(network, account, hook, params)
    }

    const finish = () => {
      parent.over.signal.removeEventListener('abort', callerLeft)
      const decisive = winner ?? decisiveLeg(legs.map(({ leg }) => leg))
      resolve({
        bridged: winner !== null,
        params: {
          DialCallSid: decisive.id,
          DialCallStatus: winner ? 'completed' : (decisive.ending ?? 'failed'),
          DialBridged: String(winner !== null),
          ...(decisive.ending === 'completed'
            ? { DialCallDuration: String(secondsBetween(decisive.ticks.answered, decisive.ticks.ended)) }
            : {}),
        },
      })
    }

    const end = (leg: Leg, target: Target, status: string, by: EndedBy) => {
      if (leg.state === 'ended') return
      calls.end(leg, status, by)
      notify(leg, target, 'completed')
      if (legs.every((other) => other.leg.state === 'ended')) finish()
    }

    const stop = (leg: Leg, target: Target, by: EndedBy) => {
      if (leg.state === 'ringing') calls.unreached(leg, 'canceled')
      else end(leg, target, 'completed', by)
    }

    const callerLeft = () => {
      for (const { leg, target } of legs) stop(leg, target, 'caller')
    }

    const bridge = (leg: Leg) => {
      if (winner || parent.over.signal.aborted) return
      winner = leg
      calls.markAnswered(parent)
      calls.note(parent.call, `${parent.from} and ${leg.to} are connected`)
      for (const other of legs) if (other.leg !== leg) stop(other.leg, other.target, 'app')
    }

    const answered = async (leg: Leg, target: Target) => {
      notify(leg, target, 'answered')
      const url = target.noun?.attributes.url
      if (!url) return bridge(leg)
      const screening = { ...host, leg, fallback: { url: undefined, method: undefined } }
      const page = { url: resolveUrl(url, base), method: target.noun?.attributes.method, params: {} }
      const ending = await runScript(screening, page)
      if (ending === 'finished' || ending === 'failed') bridge(leg)
      else end(leg, target, 'completed', 'app')
    }

    parent.over.signal.addEventListener('abort', callerLeft)
    for (const { leg, target } of legs) {
      notify(leg, target, 'initiated')
      calls.ring(leg, timeoutMs, {
        answered: () => void answered(leg, target),
        unanswered: (why) => end(leg, target, statuses[why], why === 'canceled' ? 'app' : 'callee'),
        hungUp: () => end(leg, target, 'completed', 'callee'),
      })
      notify(leg, target, 'ringing')
    }
  })
}

/** The leg that describes a Dial without a bridge: a phone that rang says more than one that failed. */
function decisiveLeg(legs: Leg[]): Leg {
  for (const ending of ['no-answer', 'busy', 'completed']) {
    const leg = legs.find((one) => one.ending === ending)
    if (leg) return leg
  }
  return legs.at(-1)!
}
