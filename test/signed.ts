import { createHmac, createPrivateKey, randomUUID, sign } from 'node:crypto'
import { demoTelnyx, demoTwilio } from '../simulator/demo.ts'
import { type Json, PBX_SECRET, type World } from './world.ts'

/**
 * Sends webhooks with the carriers' signatures, so that a test can reorder, repeat or break them. The simulator sends
 * all others.
 */
export function signedHooks(world: Pick<World, 'url' | 'network'>) {
  const post = async (path: string, contentType: string, body: string, headers: Record<string, string>) => {
    const answer = await fetch(`${world.url}/hooks/${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType, ...headers },
      body,
    })
    const text = await answer.text()
    return { status: answer.status, text, body: asJson(text) }
  }
  return {
    post,
    twilio(path: string, fields: Record<string, string> | string) {
      const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()
      const at = `twilio/acme/main/${path}`
      const headers = { 'x-twilio-signature': twilioSignature(`${world.url}/hooks/${at}`, body) }
      return post(at, 'application/x-www-form-urlencoded', body, headers)
    },
    telnyx(path: string, content: Json) {
      const body = typeof content === 'string' ? content : JSON.stringify(content)
      return post(`telnyx/acme/alt/${path}`, 'application/json', body, telnyxHeaders(body))
    },
    generic(content: Json, path = 'calls') {
      const body = typeof content === 'string' ? content : JSON.stringify(content)
      return post(`generic/acme/pbx/${path}`, 'application/json', body, pbxHeaders(body))
    },
    /** The webhooks that the network has sent about a phone so far. */
    async sentAbout(phone: string): Promise<Json[]> {
      const wire: Json[] = await world.network('GET', '/wire')
      return wire.filter((one) => one.direction === 'to_app' && decodeURIComponent(one.body).includes(phone))
    },
    /** Sends the same bytes once more. */
    async again({ url, headers, body }: Json): Promise<number> {
      const { 'content-length': _, host: __, ...rest } = headers
      return (await fetch(url, { method: 'POST', headers: rest, body })).status
    },
  }
}

/** A Telnyx event about one leg of a call, in its envelope. */
export function telnyxEvent(type: string, payload: Json) {
  return {
    data: { event_type: type, id: randomUUID(), occurred_at: new Date().toISOString(), payload, record_type: 'event' },
  }
}

export function twilioSignature(url: string, body: string): string {
  const fields = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1))
  const text = url + fields.map(([name, value]) => name + value).join('')
  return createHmac('sha1', demoTwilio.authToken).update(text).digest('base64')
}

// An Ed25519 key from its 32-byte seed, as DER: a fixed head and the seed.
const telnyxKey = createPrivateKey({
  key: Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.from(demoTelnyx.privateKeySeed, 'base64'),
  ]),
  format: 'der',
  type: 'pkcs8',
})

const unixSeconds = () => String(Math.floor(Date.now() / 1000))

function telnyxHeaders(body: string) {
  const timestamp = unixSeconds()
  const signature = sign(null, Buffer.from(`${timestamp}|${body}`), telnyxKey).toString('base64')
  return { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature }
}

export function pbxHeaders(body: string) {
  const timestamp = unixSeconds()
  const signature = createHmac('sha256', PBX_SECRET).update(`${timestamp}.${body}`).digest('hex')
  return { 'x-textback-timestamp': timestamp, 'x-textback-signature': signature }
}

function asJson(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
