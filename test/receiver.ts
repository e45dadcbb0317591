import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { type Json, until } from './world.ts'

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

export type Received = { headers: IncomingHttpHeaders; raw: string; body: Json }

/** A status, or no answer. */
type Answer = number | 'nothing'

/** A program that receives webhooks: it keeps them, and answers what the test says, by default 200. */
export async function startReceiver(t: TestContext) {
  const received: Received[] = []
  let open = 0
  let mostAtOnce = 0
  let answer: Answer | ((one: Received) => Answer) = 200
  const server = createServer(async (request, reply) => {
    mostAtOnce = Math.max(mostAtOnce, ++open)
    reply.on('close', () => open--)
    let raw = ''
    for await (const chunk of request.setEncoding('utf8')) raw += chunk
    const one = { headers: request.headers, raw, body: JSON.parse(raw) }
    received.push(one)
    const status = typeof answer === 'function' ? answer(one) : answer
    if (status === 'nothing') return
    reply.writeHead(status, { location: '/elsewhere' }).end(status === 200 ? 'thank you' : 'not now')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    /** The most requests that were open at the same time. */
    mostAtOnce: () => mostAtOnce,
    answer(next: typeof answer) {
      answer = next
    },
    /** The webhooks of one type, or of all, once there are so many. */
    async untilReceived(count: number, type?: string): Promise<Received[]> {
      const those = () => received.filter(({ body }) => !type || body.type === type)
      return until(async () => those().length >= count && those(), `${count} of ${type ?? 'anything'} at the receiver`)
    },
  }
}

/** Verifies a webhook with the package of the standard's authors. Throws when it is not signed with this secret. */
export function verify(secret: string, { raw, headers }: Received): unknown {
  return new Webhook(secret).verify(raw, headers as Record<string, string>)
}
