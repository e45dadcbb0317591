import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { ConfigInput } from './config.ts'
import { startSimulator } from './simulator.ts'

/** A webhook that the fake app received. */
export type Received = {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
  form: Record<string, string>
}

export type Answer = { status?: number; type?: string; body?: string } | 'never' | 'cut'

export const businessSid = 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const authToken = 'a-token-of-the-test'
export const apiKey = 'KEY_of_the_test'
export const business = '+12025550110'
export const telnyxBusiness = '+12025550111'
export const caller = '+12025550143'
export const plumber = '+12025550150'

const config: ConfigInput = {
  twilio: [{ accountSid: businessSid, authToken, numbers: [{ number: business, label: 'Acme' }] }],
  telnyx: [{ apiKey, numbers: [{ number: telnyxBusiness, label: 'Acme' }] }],
}

/** What a server answered. */
// biome-ignore lint/suspicious/noExplicitAny: a shape for every answer would be longer than the tests
type Json = any

/** A simulator at 100 times the speed, and a fake app that records webhooks and answers with `answer`. */
export async function startWorld(t: TestContext, answer: (received: Received) => Answer = () => ({})) {
  const simulator = await startSimulator({ config })
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const app = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const form = Object.fromEntries(new URLSearchParams(body))
    const webhook = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, form }
    received.push(webhook)
    for (const look of waiting) look()
    const chosen = answer(webhook)
    if (chosen === 'never') return
    if (chosen === 'cut') return void request.socket.destroy()
    response.writeHead(chosen.status ?? 200, { 'content-type': chosen.type ?? 'text/xml' }).end(chosen.body ?? '')
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  const appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  t.after(async () => {
    await simulator.stop()
    app.closeAllConnections()
    await new Promise((resolve) => app.close(resolve))
  })

  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(simulator.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return { status: response.status, json: (await response.json()) as Json }
  }

  /** The nth (from 1) webhook that matches, once it has come. */
  const webhook = (matches: (one: Received) => boolean, nth = 1): Promise<Received> =>
    new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        waiting.delete(look)
        reject(new Error(`No such webhook within 5 s; there were: ${received.map((one) => one.path).join(' ')}`))
      }, 5000)
      const look = () => {
        const found = received.filter(matches)[nth - 1]
        if (!found) return
        clearTimeout(deadline)
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })

  await control('PUT', '/clock', { speed: 100 })
  return { simulator, appUrl, received, control, webhook }
}

export type World = Awaited<ReturnType<typeof startWorld>>

export async function twilio(world: World, method: string, path: string, form: Record<string, string> = {}) {
  const response = await fetch(`${world.simulator.twilioUrl}/2010-04-01/Accounts/${businessSid}/${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${businessSid}:${authToken}`).toString('base64')}` },
    ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
  })
  return { status: response.status, json: (await response.json()) as Json }
}

export async function telnyx(world: World, method: string, path: string, body?: unknown) {
  const response = await fetch(`${world.simulator.telnyxUrl}/v2/${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: (await response.json()) as Json }
}

/** Checks until the condition holds; throws after 5 s. */
export async function until(holds: () => Promise<boolean>) {
  const deadline = performance.now() + 5000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not become true within 5 s')
  }
}
