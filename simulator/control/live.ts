import type { FastifyInstance } from 'fastify'
import { type Call, callState } from '../calls.ts'
import type { Network } from '../network.ts'
import type { Phone } from '../phones.ts'
import type { Text } from '../texts.ts'
import type { WireEntry } from '../wire.ts'

/** `GET /live`: server-sent events `wire`, `call`, `phone` and `text`, as things happen. */
export function liveRoute(app: FastifyInstance, network: Network) {
  app.get('/live', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    reply.raw.write(': ready\n\n')
    const say = (event: string, data: unknown) => reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    const listeners = {
      wire: (entry: WireEntry) => say('wire', entry),
      call: (call: Call) => say('call', { id: call.id, state: callState(call), last: call.timeline.at(-1) ?? null }),
      phone: (phone: Phone) => say('phone', { number: phone.number, messages: phone.messages.length }),
      text: (text: Text) => say('text', { id: text.id, from: text.from, to: text.to, status: text.status }),
    }
    for (const [event, listener] of Object.entries(listeners)) network.changes.on(event, listener)
    reply.raw.on('close', () => {
      for (const [event, listener] of Object.entries(listeners)) network.changes.off(event, listener)
    })
  })
}
