import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MessageEvent } from '../channels/port.ts'
import type { Connection } from '../domain/connection.ts'
import type { CallEvent, CallPlan } from '../voice/port.ts'
import type { Hook, HookAnswer, Vendor, VendorEvent } from './vendor.ts'

/**
 * A minimal app for the conformance suite: it verifies, parses and answers every webhook, rings the target for a call
 * that arrives, and says goodbye when nobody answers.
 */
export async function openDoor({ kind, webhooks }: Vendor, target: string) {
  const events: VendorEvent[] = []
  const hooks: Hook[] = []
  const refused: string[] = []
  const waiting = new Set<() => void>()
  let connection: Connection

  const server = createServer(async (request, response) => {
    const answer = await handle(request)
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
    for (const look of waiting) look()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function handle(request: IncomingMessage): Promise<HookAnswer> {
    const hook = await hookFrom(request, url)
    const proof = webhooks.verify(hook, connection)
    const read = webhooks.parse(hook, connection)
    if (!proof.ok || !read.ok) {
      refused.push(`${hook.path.join('/')}: ${proof.ok ? JSON.stringify(read) : proof.why}`)
      return { status: 403, contentType: 'text/plain', body: '' }
    }
    hooks.push(hook)
    events.push(...read.events)
    return (await webhooks.answer?.(hook, connection, planFor(read.events))) ?? EMPTY
  }

  function planFor(latest: VendorEvent[]): CallPlan {
    const arrival = latest.find((event) => event.type === 'call.arrived')
    const over = latest.some((event) => event.type === 'call.ended')
    if (arrival && !over)
      return {
        do: 'ring',
        legId: arrival.legId,
        target,
        seconds: 20,
        callerId: arrival.from,
        callId: arrival.callId,
      }
    const unanswered = latest.find((event) => event.type === 'call.unanswered')
    if (!unanswered) return { do: 'nothing' }
    const legId = arrivalOf(unanswered.callId)?.legId ?? null
    return { do: 'goodbye', legId, greeting: 'Sorry, we will text you.', callId: unanswered.callId }
  }

  function arrivalOf(callId: string) {
    return events.find((event) => event.type === 'call.arrived' && event.callId === callId) as
      | Extract<VendorEvent, { type: 'call.arrived' }>
      | undefined
  }

  return {
    hooksUrl: `${url}/hooks/${kind}/acme/${kind}`,
    hooks,
    /** Why webhooks were refused; a conforming vendor leaves this empty. */
    refused,
    /** Sets the connection to which all webhooks belong from now on. */
    open(its: Connection) {
      connection = its
    },
    /** The events of the call that this caller made, in the order of arrival. */
    callFrom(from: string): CallEvent[] {
      const calls = events.filter((event): event is CallEvent => 'callId' in event)
      const arrival = calls.find((event) => event.type === 'call.arrived' && event.from === from)
      return calls.filter((event) => event.callId === arrival?.callId)
    },
    messages: () => events.filter((event): event is MessageEvent => !('callId' in event)),
    /** Waits until `find` returns a value; asks it after every webhook. */
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

const EMPTY: HookAnswer = { status: 200, contentType: 'text/plain', body: '' }

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
