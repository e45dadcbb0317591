import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { demoTelnyx, demoTwilio } from '../../simulator/demo.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import type { WireEntry } from '../../simulator/wire.ts'
import { type Json, KEY, MAIN, MIKE, PBX_SECRET, SALES, until, WORKSHOP } from '../world.ts'

/** Acme's third number, at Telnyx, which rings Mike. */
export const SERVICE = '+12025550103'

/** `npm run soak:bars` runs the same bars for longer. */
export const soak = process.env.SOAK === '1'

export type Network = Awaited<ReturnType<typeof startNetwork>>

/** Starts a simulated phone network and writes the provisioning file of a business on it. It starts no app. */
export async function startNetwork(t: TestContext, changes: { account?: Json; segmentsPerSecond?: number } = {}) {
  const simulator = await startSimulator({
    config: {
      twilio: [
        {
          ...demoTwilio,
          numbers: [
            { number: MAIN, label: 'Main line' },
            { number: WORKSHOP, label: 'Workshop' },
          ],
        },
      ],
      telnyx: [
        {
          ...demoTelnyx,
          numbers: [
            { number: SALES, label: 'Sales' },
            { number: SERVICE, label: 'Service' },
          ],
        },
      ],
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'textback-bars-'))
  // As root, PostgreSQL runs as another user, who must be able to enter a data folder in here.
  await chmod(folder, 0o711)
  atEnd(t, async () => {
    await simulator.stop()
    await rm(folder, { recursive: true })
  })
  const provision = join(folder, 'provisioning.json')
  await writeFile(provision, JSON.stringify(business(simulator, changes)))

  async function ask<T = Json>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(simulator.url + path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (!answer.ok)
      throw new Error(`The simulator answered ${method} ${path} with ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }

  const seen: WireEntry[] = []
  return {
    /** The simulator's control API. */
    ask,
    folder,
    /** The provisioning file's path. */
    provision,
    /** Every exchange between app and carriers so far. The simulator keeps 5,000, so a long test reads in between. */
    async wire(): Promise<WireEntry[]> {
      seen.push(...(await ask<WireEntry[]>('GET', `/wire?after=${seen.at(-1)?.seq ?? 0}`)))
      return seen
    },
    /** Every text that a carrier accepted from the app. */
    texts: () => ask<{ from: string; to: string; body: string; at: string }[]>('GET', '/messages'),
    /** Waits until the app has set its webhooks at the carriers. */
    untilConfigured: (api: Api) =>
      until(async () => {
        const { data } = await api('GET', '/numbers')
        const failed = data.find(({ configuredAt, configured }: Json) => configuredAt && !configured.ok)
        if (failed) throw new Error(`${failed.number} could not be configured: ${JSON.stringify(failed.configured)}`)
        return data.every(({ configuredAt }: Json) => configuredAt)
      }, 'a configuration of every number'),
  }
}

const closers = new WeakMap<TestContext, (() => unknown)[]>()

/** Like `t.after`, but the last one runs first, and all run even when one fails. */
export function atEnd(t: TestContext, close: () => unknown): void {
  const known = closers.get(t)
  if (known) return void known.unshift(close)
  const all = [close]
  closers.set(t, all)
  t.after(async () => {
    const faults: unknown[] = []
    for (const close of all) {
      try {
        await close()
      } catch (fault) {
        faults.push(fault)
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, 'Cleaning up failed')
  })
}

export type Api = <T = Json>(method: string, path: string, body?: object) => Promise<T>

/** Textback's API at this address as the owner; throws on an answer that is not 2xx. */
export const apiAt =
  (url: string): Api =>
  async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return text ? JSON.parse(text) : null
  }

/** Every page of a list of the API. */
export async function all(api: Api, path: string): Promise<Json[]> {
  const found: Json[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { data: Json[]; nextCursor: string | null } = await api(
      'GET',
      `${path}?limit=200${cursor && `&cursor=${cursor}`}`,
    )
    found.push(...page.data)
    cursor = page.nextCursor
  }
  return found
}

function business(
  simulator: { twilioUrl: string; telnyxUrl: string },
  { account = {}, segmentsPerSecond = 0 }: { account?: Json; segmentsPerSecond?: number },
) {
  const common = { segmentsPerSecond, minRingSeconds: 0 }
  const { accountSid, authToken } = demoTwilio
  const { apiKey, publicKey } = demoTelnyx
  return {
    accounts: [
      {
        id: 'acme',
        name: 'Acme HVAC',
        dailyCap: 1_000_000,
        apiKeys: [{ name: 'bars', key: KEY }],
        carriers: [
          { id: 'main', kind: 'twilio', accountSid, authToken, apiUrl: simulator.twilioUrl },
          { id: 'alt', kind: 'telnyx', apiKey, publicKey, apiUrl: simulator.telnyxUrl },
          { id: 'pbx', kind: 'generic', secret: PBX_SECRET },
        ],
        numbers: [
          { ...common, number: MAIN, label: 'Main line', carrier: 'main', forwardTo: [MIKE] },
          { ...common, number: SALES, label: 'Sales', carrier: 'alt', mode: 'cfna' },
          { ...common, number: SERVICE, label: 'Service', carrier: 'alt', forwardTo: [MIKE] },
          { ...common, number: WORKSHOP, label: 'Workshop', carrier: 'pbx', textsThrough: 'main', mode: 'cfna' },
        ],
        ...account,
      },
    ],
  }
}

/** Asks until the answer is truthy, for so many seconds. */
export async function within<T>(seconds: number, what: string, ask: () => Promise<T | null | undefined | false>) {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const found = await ask()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`Within ${seconds} s there was not ${what}`)
    await sleep(25)
  }
}
