import type { FastifyInstance } from 'fastify'
import { type Call, callState, type Leg } from '../calls.ts'
import { valuesOf } from '../http.ts'
import { Input, Mistake } from '../input.ts'
import type { CarrierFace, Network } from '../network.ts'
import { type Phone, phoneKinds, reactions } from '../phones.ts'
import type { Face } from '../wire.ts'

/** A phone shows only its latest calls: a bench lets one ring ten thousand times. */
const latestCalls = 50

export function phoneRoutes(app: FastifyInstance, network: Network) {
  const show = ({ received: _, callIds, ...phone }: Phone) => ({
    ...phone,
    calls: callIds
      .slice(-latestCalls)
      .flatMap((id) => network.calls.find(id) ?? [])
      .map(callJson),
  })
  app.get('/phones', async () => network.phones.all().map(show))
  app.put('/phones/:number', async (request) => {
    const input = new Input(request.body)
    const phone = network.phones.get((request.params as { number: string }).number)
    network.phones.put(phone.number, {
      kind: input.oneOf('kind', phoneKinds, phone.kind),
      whenCalled: input.oneOf('whenCalled', reactions, phone.whenCalled),
      afterMs: input.number('afterMs', 0, 86_400_000, phone.afterMs),
    })
    return show(phone)
  })
  app.get('/phones/:number', async (request) => {
    const phone = network.phones.get((request.params as { number: string }).number)
    const { messages = '0', waitMs = '0' } = valuesOf(request.query)
    await waitFor(network, `phone ${phone.number}`, () => phone.received >= Number(messages), Number(waitMs))
    return show(phone)
  })
}

/** What the two ends of a call do: ring, answer, decline, press keys, hang up. */
export function callRoutes(app: FastifyInstance, network: Network, faces: Record<Face, CarrierFace>) {
  const { calls } = network

  app.post('/calls', async (request, reply) => {
    const input = new Input(request.body)
    const to = input.text('to')
    const face = faces[faceOf(network, to)]
    const call = face.placeCall({
      from: input.text('from'),
      to,
      stirVerstat: input.text('stirVerstat', null),
      callerName: input.text('callerName', null),
      forwardedFrom: input.text('forwardedFrom', null),
    })
    reply.code(201)
    return callJson(call)
  })

  app.get('/calls/:id', async (request) => {
    const call = callOf(request.params)
    const { state, waitMs = '0' } = valuesOf(request.query)
    if (state) await waitFor(network, `call ${call.id}`, () => callState(call) === state, Number(waitMs))
    return callJson(call)
  })

  const act = (action: string, how: (call: Call, input: Input) => void) => {
    app.post(`/calls/:id/${action}`, async (request) => {
      const call = callOf(request.params)
      how(call, new Input(request.body))
      return callJson(call)
    })
  }
  act('hangup', (call) => {
    const leg = call.legs.find((one) => one.role === 'caller' && one.state !== 'ended')
    if (!leg) throw new Mistake(400, `Call ${call.id} is over: nobody can hang it up any more.`)
    calls.note(call, `${leg.from} hangs up`)
    leg.on.hungUp?.()
  })
  act('answer', (call, input) => calls.answer(targetOf(call, input, 'ringing')))
  act('decline', (call, input) => calls.unreached(targetOf(call, input, 'ringing'), 'declined'))
  act('callee-hangup', (call, input) => {
    const leg = targetOf(call, input, 'in_progress')
    calls.note(call, `${leg.to} hangs up`)
    leg.on.hungUp?.()
  })
  act('digits', (call, input) => {
    const digits = input.text('digits')
    const phone = input.text('phone', null)
    const leg = call.legs.find(
      (one) => one.state === 'in_progress' && (phone ? one.to === phone : one.role === 'caller'),
    )
    if (!leg) throw new Mistake(400, 'Nobody is there to press keys: the call is not answered, or it is over.', 'phone')
    calls.note(call, `${phone ?? leg.from} presses ${digits}`)
    leg.on.digits?.(digits)
  })

  function callOf(params: unknown): Call {
    const { id } = params as { id: string }
    const call = calls.find(id)
    if (!call) throw new Mistake(404, `There is no call ${id}; POST /calls starts one.`, 'id')
    return call
  }
}

/** The leg of a rung phone; without `phone`, the only one. */
function targetOf(call: Call, input: Input, state: Leg['state']): Leg {
  const phone = input.text('phone', null)
  const legs = call.legs.filter((leg) => leg.role === 'target' && leg.state === state && (!phone || leg.to === phone))
  if (legs.length === 1) return legs[0]!
  const word = state === 'ringing' ? 'ringing' : 'on the line'
  if (legs.length > 1) throw new Mistake(400, `Several phones are ${word}: say which, as "phone".`, 'phone')
  throw new Mistake(400, `${phone ?? 'No phone'} is ${word} in call ${call.id}.`, 'phone')
}

export function messageRoutes(app: FastifyInstance, network: Network, faces: Record<Face, CarrierFace>) {
  app.post('/messages', async (request, reply) => {
    const input = new Input(request.body)
    const to = input.text('to')
    const face = faces[faceOf(network, to)]
    const text = face.takeText({
      from: input.text('from'),
      to,
      body: input.text('body', ''),
      media: input.texts('media'),
    })
    reply.code(201)
    return { id: text.id, carrier: text.carrier, from: text.from, to: text.to, body: text.body, at: text.createdAt }
  })

  app.get('/messages', async (request) => {
    const { from, to } = valuesOf(request.query)
    const { texts } = network
    const candidates = to ? texts.textsTo(to) : from ? texts.textsFrom(from) : texts.all()
    return candidates
      .filter((text) => text.direction === 'from_app' && (!from || text.from === from))
      .map(({ id, carrier, from, to, body, createdAt, status }) => ({
        id,
        carrier,
        from,
        to,
        body,
        at: createdAt,
        status,
      }))
  })
}

function faceOf(network: Network, number: string): Face {
  const owner = network.accounts.owner(number)
  if (owner) return owner.face
  throw new Mistake(404, `No carrier account has the number ${number}; add it with PUT /config.`, 'to')
}

function callJson(call: Call) {
  const { legs, ...rest } = call
  return {
    ...rest,
    state: callState(call),
    legs: legs.map(({ id, role, from, to, state, why, ending, startedAt, answeredAt, endedAt }) => {
      return { id, role, from, to, state, why, ending, startedAt, answeredAt, endedAt }
    }),
  }
}

/** Checks after every change of the subject. Resolves when the condition holds, or after `waitMs` real milliseconds. */
async function waitFor(network: Network, subject: string, holds: () => boolean, waitMs: number) {
  if (holds() || !(waitMs > 0)) return
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      network.changes.off(subject, look)
      resolve()
    }
    const look = () => {
      if (holds()) done()
    }
    const timer = setTimeout(done, waitMs)
    network.changes.on(subject, look)
  })
}
