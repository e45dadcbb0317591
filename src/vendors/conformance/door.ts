import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CallPlan, Carrier, CarrierEvent, Connection, Hook } from '../carrier.ts'

/**
 * The smallest app that a carrier can talk to, for the conformance suite: it proves, reads and answers every hook, rings
 * the target for a call that arrives and says goodbye when nobody takes it.
 */
export async function openDoor(target: string) {
  const events: CarrierEvent[] = []
  const hooks: Hook[] = []
  const refused: string[] = []
  const waiting = new Set<() => void>()
  let who: { carrier: Carrier; connection: Connection } | null = null

  const server = createServer(async (request, response) => {
    const answer = await handle(request)
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
    for (const look of waiting) look()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function handle(request: IncomingMessage) {
    const hook = await hookFrom(request, url)
    const { carrier, connection } = who!
    const proof = carrier.verify(hook, connection)
    const read = carrier.parse(hook, connection)
    if (!proof.ok || !read.ok) {
      refused.push(`${hook.path.join('/')}: ${proof.ok ? JSON.stringify(read) : proof.why}`)
      return { status: 403, contentType: 'text/plain', body: '' }
    }
    hooks.push(hook)
    events.push(...read.events)
    return carrier.answer(hook, connection, planFor(read.events))
  }

  function planFor(told: CarrierEvent[]): CallPlan {
    const arrival = told.find((event) => event.type === 'call.arrived')
    const over = told.some((event) => event.type === 'call.ended')
    if (arrival && !over)
      return {
        do: 'ring',
        legId: arrival.legId,
        target,
        seconds: 20,
        callerId: arrival.from,
        callId: arrival.callId,
      }
    const unanswered = told.find((event) => event.type === 'call.unanswered')
    if (!unanswered) return { do: 'nothing' }
    const legId = arrivalOf(unanswered.callId)?.legId ?? null
    return { do: 'goodbye', legId, greeting: 'Sorry, we will text you.', callId: unanswered.callId }
  }

  function arrivalOf(callId: string) {
    return events.find((event) => event.type === 'call.arrived' && event.callId === callId) as
      | Extract<CarrierEvent, { type: 'call.arrived' }>
      | undefined
  }

  return {
    url,
    hooks,
    /** Why hooks were turned away; a conforming carrier leaves this empty. */
    refused,
    open(carrier: Carrier, connection: Connection) {
      who = { carrier, connection }
      return `${url}/hooks/${connection.kind}/${connection.accountId}/${connection.id}`
    },
    /** The events of the call that this caller made, in the order of arrival. */
    callFrom(from: string): CarrierEvent[] {
      const arrival = events.find((event) => event.type === 'call.arrived' && event.from === from)
      const callId = arrival && 'callId' in arrival ? arrival.callId : null
      return events.filter((event) => 'callId' in event && event.callId === callId)
    },
    texts: () => events.filter((event) => event.type === 'message.received'),
    receipts: (messageId: string) =>
      events.filter((event) => event.type === 'message.receipt').filter((event) => event.messageId === messageId),
    /** Waits for the first value that is there; looks after every hook. */
    async until<T>(what: string, find: () => T | null | undefined | false): Promise<T> {
      const deadline = Date.now() + 10_000
      for (;;) {
        const found = find()
        if (found) return found
        const left = deadline - Date.now()
        if (left <= 0) throw new Error(`${what}: not within 10 s. Turned away: ${refused.join('; ') || 'none'}`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(wake, left)
          waiting.add(wake)
          function wake() {
            clearTimeout(timer)
            waiting.delete(wake)
            resolve()
          }
        })
      }
    },
    close() {
      server.closeAllConnections()
      return new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

export type Door = Awaited<ReturnType<typeof openDoor>>

async function hookFrom(request: IncomingMessage, publicUrl: string): Promise<Hook> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return {
    url: publicUrl + request.url,
    path: new URL(request.url!, publicUrl).pathname.split('/').slice(5),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
    receivedAt: new Date(),
  }
}
