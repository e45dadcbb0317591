import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startInside } from '../bars/inside.ts'
import { placeCalls } from '../bars/load.ts'
import { type Network, startNetwork, within } from '../bars/network.ts'
import { healthz, launchTextback, startTextback } from '../bars/process.ts'
import { freePort } from '../world.ts'
import { type Audit, audit, type Settling, settling, unsettledBy, unsettledRows } from './audit.ts'
import { startServer } from './server.ts'

export type Outcome = Audit & Settling & { times: number }

/** `times`: how often the fault comes at most; `seconds`: how long at most. */
export type Size = { times: number; seconds: number; everyMs: number }

export type Fault = {
  name: string
  /** Of the long form. */
  size: Size
  /** Of the form in bin/test. */
  short: Size
  /** Seconds within which everything is settled after the last of them. */
  settlesWithinS: number
  run(t: TestContext, size: Size, random: () => number): Promise<Outcome>
}

/** After so long a fault counts as not settled. */
const MOST_S = 120

type Lab = Awaited<ReturnType<typeof openLab>>

/** A phone network, a PostgreSQL and a business; no app yet. */
async function openLab(t: TestContext) {
  const network = await startNetwork(t)
  const server = await startServer(t, network.folder)
  const port = await freePort()
  const settings = { port, provision: network.provision, databaseUrl: server.url, dataDir: network.folder }
  return { t, network, server, settings, unsettled: unsettledRows(server.query) }
}

/** Does `strike` again and again under load, and then looks at what became of the calls. */
async function underLoad(
  { t, network, unsettled }: Pick<Lab, 't' | 'network' | 'unsettled'>,
  size: Size,
  random: () => number,
  strike: () => Promise<unknown>,
  last: () => Promise<Parameters<typeof audit>[1]>,
): Promise<Outcome> {
  const load = placeCalls(t, network, { everyMs: size.everyMs, random })
  // The network keeps its last 5,000 exchanges, and an absent database makes many.
  const reading = setInterval(() => network.wire().catch(() => {}), 1_000)
  const until = performance.now() + size.seconds * 1_000
  let times = 0
  while (times < size.times && performance.now() < until) {
    await sleep(300 + random() * 1_200)
    await strike()
    times++
  }
  load.stop()
  const api = await last()
  const settled = await settling(unsettled, { most: MOST_S })
  const calls = await load.placed
  clearInterval(reading)
  return { ...(await audit(network, api, calls)), ...settled, times }
}

/** The app runs through it all, under bin/start: also should it end by itself. */
async function appLives(lab: Lab) {
  const textback = await startTextback(lab.t, { ...lab.settings, supervised: true })
  await lab.network.untilConfigured(textback.api)
  const ready = async () => {
    await within(60, 'a healthy app', async () => (await healthz(textback.url)) === 200)
    if (textback.output().includes('Textback ended by itself'))
      throw new Error(`Textback ended by itself:\n${textback.output()}`)
    return textback.api
  }
  return { textback, ready }
}

/** The last start is in this process, where lists settle sooner: a real one may lag by minutes. */
async function lastStart({ t, settings }: Lab) {
  return (await startInside(t, settings)).api
}

const databaseFault = (
  name: string,
  size: Size,
  short: Size,
  strike: (lab: Lab, random: () => number) => Promise<unknown>,
) =>
  ({
    name,
    size,
    short,
    settlesWithinS: 20,
    async run(t, size, random) {
      const lab = await openLab(t)
      const { ready } = await appLives(lab)
      return underLoad(lab, size, random, () => strike(lab, random), ready)
    },
  }) satisfies Fault

export const faults: Fault[] = [
  databaseFault(
    'PostgreSQL killed',
    { times: 100, seconds: 230, everyMs: 40 },
    { times: 5, seconds: 20, everyMs: 40 },
    ({ server }, random) => server.kill(random() * 800),
  ),
  databaseFault(
    'PostgreSQL frozen for 0.5 to 3.5 s',
    { times: 100, seconds: 310, everyMs: 40 },
    { times: 4, seconds: 20, everyMs: 40 },
    ({ server }, random) => server.freeze(500 + random() * 3_000),
  ),
  databaseFault(
    'PostgreSQL stopped for 2 to 20 s',
    { times: 3, seconds: 60, everyMs: 100 },
    { times: 1, seconds: 10, everyMs: 100 },
    ({ server }, random) => server.stop(2_000 + random() * 18_000),
  ),
  {
    name: 'the app killed',
    size: { times: 25, seconds: 80, everyMs: 40 },
    short: { times: 2, seconds: 10, everyMs: 60 },
    settlesWithinS: 20,
    async run(t, size, random) {
      const lab = await openLab(t)
      let textback = await startTextback(t, lab.settings)
      await lab.network.untilConfigured(textback.api)
      const strike = async () => {
        await textback.kill()
        textback = await startTextback(t, lab.settings)
      }
      return underLoad(lab, size, random, strike, async () => {
        await textback.kill()
        return lastStart(lab)
      })
    },
  },
  {
    name: 'the app and PostgreSQL killed',
    size: { times: 15, seconds: 60, everyMs: 40 },
    short: { times: 1, seconds: 10, everyMs: 60 },
    settlesWithinS: 20,
    async run(t, size, random) {
      const lab = await openLab(t)
      let textback = await startTextback(t, lab.settings)
      await lab.network.untilConfigured(textback.api)
      const strike = async () => {
        await Promise.all([textback.kill(), lab.server.kill(random() * 500)])
        textback = await startTextback(t, lab.settings)
      }
      return underLoad(lab, size, random, strike, async () => {
        await textback.kill()
        return lastStart(lab)
      })
    },
  },
  {
    name: 'two processes, one of them killed',
    size: { times: 15, seconds: 60, everyMs: 40 },
    short: { times: 1, seconds: 10, everyMs: 60 },
    settlesWithinS: 20,
    async run(t, size, random) {
      const lab = await openLab(t)
      const survivor = await startInside(t, { ...lab.settings, port: await freePort() })
      // Started last, so the carriers' webhooks come to this one.
      let victim = await startTextback(t, lab.settings)
      await lab.network.untilConfigured(victim.api)
      const strike = async () => {
        await victim.kill()
        victim = await startTextback(t, lab.settings)
      }
      return underLoad(lab, size, random, strike, async () => {
        await victim.kill()
        return survivor.api
      })
    },
  },
  {
    name: 'bin/start, the app and its own PostgreSQL killed as a group',
    size: { times: 10, seconds: 60, everyMs: 100 },
    short: { times: 1, seconds: 10, everyMs: 100 },
    settlesWithinS: 90,
    async run(t, size, random) {
      const network = await startNetwork(t)
      const dataDir = `${network.folder}/data`
      const settings = { port: await freePort(), provision: network.provision, dataDir, supervised: true }
      const start = async () => {
        const textback = launchTextback(t, settings)
        await textback.untilReady()
        return textback
      }
      let textback = await start()
      await network.untilConfigured(textback.api)
      const strike = async () => {
        await textback.killAll()
        textback = await start()
      }
      const unsettled = unsettledBy(() => textback.api)
      return underLoad({ t, network, unsettled }, size, random, strike, async () => {
        await within(60, 'a healthy app', async () => (await healthz(textback.url)) === 200)
        return textback.api
      })
    },
  },
  {
    name: 'a hostile carrier: repeats, other orders, 429, 500, sends without an answer',
    size: { times: 1_500, seconds: 60, everyMs: 40 },
    short: { times: 100, seconds: 8, everyMs: 40 },
    settlesWithinS: 60,
    async run(t, size, random) {
      const lab = await openLab(t)
      const times = { answerWithinMs: 1_000, listSettlesAfterMs: 2_500 }
      const { api } = await startInside(t, { ...lab.settings, ...times })
      await lab.network.untilConfigured(api)
      const rates = { duplicate: 0.1, reorder: 0.2, status429: 0.05, status500: 0.05, acceptThenTimeout: 0.05 }
      await lab.network.ask('PUT', '/faults', { seed: Math.floor(random() * 1_000), ...rates, delayMs: [0, 4_000] })
      const load = placeCalls(t, lab.network, { count: size.times, everyMs: size.everyMs, random })
      const enough = setTimeout(load.stop, size.seconds * 1_000)
      const calls = await load.placed
      clearTimeout(enough)
      const settled = await settling(lab.unsettled, { most: MOST_S })
      return { ...(await audit(lab.network, api, calls)), ...settled, times: await sendFaults(lab.network) }
    },
  },
]

/** How many sends the carrier has refused, broken or left without an answer. */
async function sendFaults(network: Network): Promise<number> {
  const sends = (await network.wire()).filter(
    ({ method, url, direction }) => direction === 'to_carrier' && method === 'POST' && /messages/i.test(url),
  )
  return sends.filter(({ status }) => status === null || status >= 400).length
}
