import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuOf } from './cpu.ts'
import { type Counters, counters, perCall } from './database.ts'
import { type Rival, startBare, startTextback, type Textback } from './rivals.ts'
import type { Ask, FromLoad, Outcome } from './scene.ts'

/**
 * npm run bench: how soon a text leaves, how many calls a second can be taken, beside a script that remembers nothing,
 * and what limits it. Prints; asserts nothing; docs/bench.md tells how to read it.
 */

const { values: flags } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, rounds: { type: 'string', default: '2' } },
})
const SECONDS = Number(flags.seconds)
const ROUNDS = Number(flags.rounds)
const STEADY_CALLS_A_SECOND = 50
const CALLS_AT_ONCE = [32, 64]

type Measured = Outcome & {
  rival: Rival['name']
  /** Shares of one core, 0 to 1 and above: JavaScript and the rest of the rival, PostgreSQL, the load. */
  cpu: { main: number; rest: number; postgres: number; load: number }
  database: Counters | null
}

const say = (line = '') => process.stdout.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), 'textback-bench-'))
// As root, PostgreSQL runs as another user, who must get through; otherwise its files would land outside this folder.
chmodSync(folder, 0o711)
const load = fork(new URL('load.ts', import.meta.url), { execArgv: [] })
const stops: (() => Promise<unknown>)[] = []
async function stop() {
  for (const each of stops.splice(0).reverse()) await each()
  load.kill()
  rmSync(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop().then(() => process.exit(1)))

async function measure(rival: Rival, textback: Textback, ask: Ask): Promise<Measured> {
  const done = heard('done')
  load.send(ask)
  const look = async () => ({
    at: performance.now(),
    rival: cpuOf(rival.pid),
    postgres: cpuOf(textback.postmaster, { children: true }).all,
    load: cpuOf(load.pid!).all,
    database: await counters(textback.database),
  })
  await heard('measuring')
  const before = await look()
  await heard('measured')
  const after = await look()
  const seconds = (after.at - before.at) / 1000
  const main = (after.rival.main - before.rival.main) / seconds
  const { outcome } = (await done) as Extract<FromLoad, { say: 'done' }>
  return {
    ...outcome,
    rival: rival.name,
    cpu: {
      main,
      rest: (after.rival.all - before.rival.all) / seconds - main,
      postgres: (after.postgres - before.postgres) / seconds,
      load: (after.load - before.load) / seconds,
    },
    database: rival === textback ? after.database.since(before.database) : null,
  }
}

async function heard(what: FromLoad['say']): Promise<FromLoad> {
  for (;;) {
    const [news] = (await once(load, 'message')) as [FromLoad]
    if (news.say === what) return news
  }
}

const perSecond = (m: Measured) => m.calls / m.seconds

const percent = (share: number) => `${Math.round(share * 100)} %`

const milliseconds = (share: number, m: Measured) => `${((share * m.seconds * 1000) / m.calls).toFixed(2)} ms`

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function latency({ latencies }: Measured): string {
  const at = (p: number) =>
    `${(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))] ?? NaN).toFixed(1)} ms`
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`
}

function hiccups({ hiccups: { refused, textless, doubled } }: Measured): string {
  if (refused + textless + doubled === 0) return ''
  return `; ${refused} webhooks refused, ${textless} calls without a text, ${doubled} texts too many`
}

function shares({ cpu, rival }: Measured): string {
  const postgres = rival === 'textback' ? `, PostgreSQL ${percent(cpu.postgres)}` : ''
  return `of a core: JavaScript ${percent(cpu.main)}, other threads ${percent(cpu.rest)}${postgres}, load ${percent(cpu.load)}`
}

/** A guess by numbers: what is nearly used up is the limit. */
function limit({ cpu }: Measured): string {
  const cores = availableParallelism()
  const all = cpu.main + cpu.rest + cpu.postgres + cpu.load
  if (all > 0.9 * cores) return `The limit: the machine. ${percent(all)} of ${cores} cores is in use (load included).`
  if (cpu.main > 0.9) return `The limit: the app's one JavaScript thread, ${percent(cpu.main)} busy.`
  return `The limit: waiting (for the disk, or for locks). ${percent(all)} of ${cores} cores is in use.`
}

try {
  const ready = (await heard('ready')) as Extract<FromLoad, { say: 'ready' }>
  const bare = await startBare(ready.carrierUrl)
  stops.push(bare.stop)
  const textback = await startTextback(ready.carrierUrl, folder)
  stops.push(textback.stop)
  const { rows } = await textback.database.query(`select version(), current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as commit`)
  say(`${rows[0].version.split(' on ')[0]}, fsync ${rows[0].fsync}, synchronous_commit ${rows[0].commit}.`)
  say(`Node ${process.version}, ${availableParallelism()} cores for everything: rival, PostgreSQL and load.`)

  say(`\nFrom the hang-up to the text at the carrier, at ${STEADY_CALLS_A_SECOND} calls/s for ${SECONDS} s`)
  for (const rival of [bare, textback]) {
    const hooks = rival.hooks
    const ask: Ask = { do: 'steady', hooks, callsPerSecond: STEADY_CALLS_A_SECOND, warmUpSeconds: 4, seconds: SECONDS }
    const m = await measure(rival, textback, ask)
    say(`  ${rival.name.padEnd(9)} ${latency(m)}   ${m.calls} calls${hiccups(m)}`)
    say(`            ${shares(m)}`)
  }

  say(`\nThe most calls a second, all of them durable, no rate limit; ${ROUNDS} rounds of ${SECONDS / 2} s each`)
  const all: Measured[] = []
  for (const callsAtOnce of CALLS_AT_ONCE) {
    const both = { bare: [] as Measured[], textback: [] as Measured[] }
    for (let round = 0; round < ROUNDS; round++)
      for (const rival of [bare, textback]) {
        const ask: Ask = { do: 'full', hooks: rival.hooks, callsAtOnce, warmUpSeconds: 3, seconds: SECONDS / 2 }
        const m = await measure(rival, textback, ask)
        both[rival.name].push(m)
        say(
          `  ${callsAtOnce} at once  ${rival.name.padEnd(9)} ${perSecond(m).toFixed(0).padStart(5)} calls/s   ${latency(m)}${hiccups(m)}`,
        )
        say(`                      ${shares(m)}`)
      }
    const [theirs, ours] = [median(both.bare.map(perSecond)), median(both.textback.map(perSecond))]
    say(
      `  ${callsAtOnce} at once  median    bare ${theirs.toFixed(0)}, textback ${ours.toFixed(0)} calls/s: ratio ${(ours / theirs).toFixed(2)}`,
    )
    all.push(...both.textback)
  }

  const last = all.at(-1)!
  say('\nWhat a call costs Textback (of the last round)')
  say(
    `  CPU: ${milliseconds(last.cpu.main + last.cpu.rest, last)} app, ${milliseconds(last.cpu.postgres, last)} PostgreSQL, ${milliseconds(last.cpu.load, last)} load, per call`,
  )
  for (const line of perCall(last.database!, last.calls)) say(`  ${line}`)
  say(`  ${limit(last)}`)
  const kept = await textback.database.query(
    'select status, count(*)::int as n from messages group by 1 order by 2 desc',
  )
  say(`\nIn the database at the end: ${kept.rows.map(({ status, n }) => `${n} texts ${status}`).join(', ')}.`)
} finally {
  await stop()
}
