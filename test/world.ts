import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { demoTelnyx, demoTwilio } from '../simulator/demo.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { provision } from '../src/actions/accounts/provision.ts'
import { makeApp } from '../src/app.ts'
import type { SignUpSetting } from '../src/domain/signUp.ts'
import type { Mail, Mailer } from '../src/mail.ts'
import { makeOutbound } from '../src/outbound/outbound.ts'
import { openDatabase } from '../src/store/db.ts'
import type { ConnectionConfig } from '../src/store/embedded.ts'
import { secretBox } from '../src/store/secrets.ts'
import { makeVendors } from '../src/vendors/vendors.ts'
import { testDatabase } from './postgres.ts'
import { settlingWithin } from './vendors.ts'

/**
 * One small business, Acme HVAC of Washington, with its own phone network: the main number at Twilio rings Mike, the
 * sales number at Telnyx gets missed calls only, and the workshop's PBX reports calls to its number by webhook.
 */
export const MAIN = demoTwilio.number
export const SALES = demoTelnyx.number
export const WORKSHOP = '+12025550102'
export const MIKE = '+12025550111'
const MIKES_SIGN_IN = { email: 'mike@acme.test', name: 'Mike', password: 'mikes-password', role: 'owner' }
export const CALLER = '+13125550143'
export const PBX_SECRET = 'a-secret-of-the-workshop'
export const KEY = 'tb_key_of_acme_for_tests'
export const SECRET_KEY = 'a key of thirty-two characters!!'
export const OTHER_KEY = 'tb_key_of_the_other_account'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely; a shape for each would say less
export type Json = any

export type World = Awaited<ReturnType<typeof startWorld>>

type Options = {
  /** More numbers of Acme, at their carrier and in the provisioning file: `carrier` is 'main' (Twilio) or 'alt' (Telnyx). */
  lines?: { number: string; carrier: 'main' | 'alt'; [setting: string]: unknown }[]
  /** Changes to the provisioning file before it is applied. */
  provision?: (file: Json) => void
  now?: () => Date
  /** Gets the mail instead of `mails`. */
  mail?: Mailer
  /** Who may sign up; everybody by default. */
  signUp?: SignUpSetting
  sessionDays?: number
  /** Gets the lines of the log. */
  log?: (line: Json) => void
  /** Mike can sign in. Without this nobody can: hashing a password takes half as long as the rest of the start. */
  mikeSignsIn?: boolean
  /**
   * How long after an attempt we believe a carrier's list that lacks a text; the real values are 30 s and more. It must
   * be longer than `answerWithinMs`: on a busy machine the text may arrive until then.
   */
  listSettlesAfterMs?: number
  /** The most time for a request to arrive. */
  arriveWithinMs?: number
  metricsToken?: string
  /** How long we wait for a silent carrier, and for a silent receiver of webhooks. */
  answerWithinMs?: number
  /** Puts something between the app and its database. */
  between?: (config: ConnectionConfig) => Promise<ConnectionConfig>
}

/** Starts all of Textback on a new database and a new phone network, and stops it with the test. */
export async function startWorld(t: TestContext, options: Options = {}) {
  const [database, simulator, port] = await Promise.all([testDatabase(), startSimulator(), freePort()])
  const url = `http://127.0.0.1:${port}`
  const folder = await mkdtemp(join(tmpdir(), 'textback-world-'))
  // Ended in the opposite order. Registered first, so that a failure below leaves nothing running.
  const ends = [() => rm(folder, { recursive: true }), () => database.drop(), () => simulator.stop()]
  const stop = async () => {
    for (let end = ends.pop(); end; end = ends.pop()) await end()
  }
  t.after(stop)
  const lines = options.lines ?? []
  const file = acme(simulator)
  if (options.mikeSignsIn) file.accounts[0].users.push({ ...MIKES_SIGN_IN })
  file.accounts[0].numbers.push(...lines.map((line) => ({ segmentsPerSecond: 0, minRingSeconds: 0, ...line })))
  options.provision?.(file)
  const path = join(folder, 'provisioning.json')
  await writeFile(path, JSON.stringify(file))
  const at = (carrier: string) => lines.filter((line) => line.carrier === carrier).map(({ number }) => ({ number }))
  const { accountSid, authToken } = demoTwilio
  const { apiKey, privateKeySeed } = demoTelnyx
  await call(simulator.url, 'PUT', '/config', {
    twilio: [{ accountSid, authToken, numbers: [{ number: WORKSHOP }, ...at('main')] }],
    telnyx: [{ apiKey, privateKeySeed, numbers: at('alt') }],
  })

  const { vendors, close: closeVendors } = makeVendors({ answerWithinMs: options.answerWithinMs ?? 1_000 })
  ends.push(closeVendors)
  const mails: Mail[] = []
  const keep: Mailer = { send: async (mail) => void mails.push(mail) }
  const listSettlesAfterMs = options.listSettlesAfterMs ?? 1_500
  const app = await makeApp({
    db: await openDatabase((await options.between?.(database.config)) ?? database.config, 8),
    vendors: settlingWithin(listSettlesAfterMs, vendors),
    log: logger(options.log),
    now: options.now,
    arriveWithinMs: options.arriveWithinMs,
    metricsToken: options.metricsToken,
    mail: options.mail ?? keep,
    signUp: options.signUp ?? 'open',
    sessionDays: options.sessionDays,
    outbound: makeOutbound({ allowLoopback: true, answerWithinMs: options.answerWithinMs ?? 1_000 }),
    publicUrl: url,
    secretKey: SECRET_KEY,
    provision: path,
    allowApiUrl: true,
    simulatorUrl: simulator.url,
  })
  ends.push(() => app.stop())
  await app.start({ host: '127.0.0.1', port })

  const network = <T = Json>(method: string, path: string, body?: object) => call<T>(simulator.url, method, path, body)
  const api = <T = Json>(method: string, path: string, body?: object, key = KEY) =>
    call<T>(`${url}/api/v1`, method, path, body, { authorization: `Bearer ${key}` })
  await untilConfigured(api)

  return {
    app,
    url,
    simulator,
    database,
    /** The mail that was sent, oldest first. */
    mails,
    /** The simulator's own API: phones, calls, faults, clock, wire. Throws on an answer that is not 2xx. */
    network,
    /** Textback's API as the owner. Throws on an answer that is not 2xx, with the problem as its message. */
    api,
    /** The plain answer, for requests that should be refused. */
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const answer = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${KEY}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, headers: answer.headers, body: parse(text) }
    },
    /** Somebody calls, it rings, and they give up. Returns the call as the network saw it. */
    async missedCall(from: string, to: string): Promise<Json> {
      const { id } = await network('POST', '/calls', { from, to })
      await until(async () => {
        const { timeline } = await network('GET', `/calls/${id}`)
        return timeline.length > 1 || to === SALES
      })
      return network('POST', `/calls/${id}/hangup`, {})
    },
    /** Somebody calls, and the phone that the number forwards to rings. Returns the call's id on the network. */
    async ringing(from: string, to: string, target: string): Promise<string> {
      const { id } = await network('POST', '/calls', { from, to })
      await until(async () => {
        const { legs } = await network('GET', `/calls/${id}`)
        return legs.some((leg: Json) => leg.to === target && leg.state === 'ringing')
      }, `ringing at ${target}`)
      return id
    },
    /** The texts on a phone, once there are at least so many; throws after 10 s. */
    async textsOn(phone: string, atLeast = 1): Promise<Json[]> {
      const { messages } = await network('GET', `/phones/${encodeURIComponent(phone)}?messages=${atLeast}&waitMs=10000`)
      const texts = messages.filter((m: Json) => m.direction === 'received')
      if (texts.length < atLeast) throw new Error(`${phone} has ${texts.length} texts, not ${atLeast}`)
      return texts
    },
    /** The newest call of the caller, once it is decided. */
    decided(from: string): Promise<Json> {
      return until(async () => {
        const { data } = await api('GET', '/calls?limit=200')
        return data.find((c: Json) => c.from === from && c.decision) ?? null
      })
    },
    /** The caller's calls, newest first, once there are so many and all are decided. */
    callsFrom(from: string, count = 1): Promise<Json[]> {
      return until(async () => {
        const { data } = await api('GET', '/calls?limit=200')
        const calls = data.filter((c: Json) => c.from === from)
        return calls.length >= count && calls.every((c: Json) => c.decision) ? calls : null
      }, `${count} decided calls from ${from}`)
    },
    /** Applies the provisioning file again, changed, as the next start would. Rejects with a ProvisionFault. */
    async provision(change: (file: Json) => void = () => {}) {
      change(file)
      await writeFile(path, JSON.stringify(file))
      return provision(app.world, secretBox(SECRET_KEY), path)
    },
    /** The texts that the network accepted from us for a phone, delivered or not. */
    async textsSentTo(phone: string): Promise<Json[]> {
      return network('GET', `/messages?to=${encodeURIComponent(phone)}`)
    },
    stop,
  }
}

function logger(take: Options['log']) {
  if (!take) return pino({ level: process.env.TEST_LOG ?? 'silent' })
  return pino({ level: 'info' }, { write: (line) => take(JSON.parse(line)) })
}

function acme(simulator: Simulator): Json {
  return {
    accounts: [
      {
        id: 'acme',
        name: 'Acme HVAC',
        timezone: 'America/New_York',
        country: 'US',
        users: [],
        apiKeys: [{ name: 'tests', key: KEY }],
        carriers: [
          {
            id: 'main',
            kind: 'twilio',
            accountSid: demoTwilio.accountSid,
            authToken: demoTwilio.authToken,
            apiUrl: simulator.twilioUrl,
          },
          {
            id: 'alt',
            kind: 'telnyx',
            apiKey: demoTelnyx.apiKey,
            publicKey: demoTelnyx.publicKey,
            apiUrl: simulator.telnyxUrl,
          },
          { id: 'pbx', kind: 'generic', secret: PBX_SECRET },
        ],
        numbers: [
          { number: MAIN, label: 'Main line', carrier: 'main', forwardTo: [MIKE], segmentsPerSecond: 0 },
          { number: SALES, label: 'Sales', carrier: 'alt', mode: 'cfna', minRingSeconds: 0, segmentsPerSecond: 0 },
          {
            number: WORKSHOP,
            label: 'Workshop',
            carrier: 'pbx',
            textsThrough: 'main',
            mode: 'cfna',
            minRingSeconds: 0,
            segmentsPerSecond: 0,
          },
        ],
      },
      { id: 'other', name: 'Other Plumbing', apiKeys: [{ name: 'tests', key: OTHER_KEY }] },
    ],
  }
}

/** Asks until the answer is truthy, for up to 30 s: a busy machine must not fail a test. */
export async function until<T>(
  ask: () => Promise<T | null | undefined | false>,
  what = 'what was waited for',
): Promise<T> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const found = await ask()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`Within 30 s there was not ${what}`)
    await new Promise((done) => setTimeout(done, 10))
  }
}

/**
 * A port for a server whose address must be known before it listens. It is below the ports that the system assigns,
 * which another program could get in the meantime.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((answer) => {
      server.once('error', () => answer(false))
      server.listen(port, '127.0.0.1', () => answer(true))
    })
    if (!isFree) continue
    await new Promise((done) => server.close(done))
    return port
  }
}

async function untilConfigured(api: (method: string, path: string) => Promise<Json>) {
  await until(async () => {
    const { data } = await api('GET', '/numbers')
    return data.every((number: Json) => number.configuredAt)
  }, 'a configuration of every number')
}

async function call<T = Json>(
  base: string,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<T> {
  const answer = await fetch(base + path, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
  return parse(text) as T
}

function parse(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
