import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { perCall } from './database.ts'
import { type Measured, measure, startLoad } from './measure.ts'
import { startBare, startTextback } from './rivals.ts'
import { cpuPerCall, hiccups, latency, limit, median, perSecond, shares } from './words.ts'

/**
 * npm run bench: how soon a text leaves, how many calls a second are possible, beside a script that stores nothing, and
 * what the limit is. It prints and asserts nothing; docs/bench.md explains how to read it.
 */

const { values: flags } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, rounds: { type: 'string', default: '2' } },
})
const SECONDS = Number(flags.seconds)
const ROUNDS = Number(flags.rounds)
const STEADY_CALLS_A_SECOND = 50
const CALLS_AT_ONCE = [32, 64, 128, 256]

const say = (line: string) => process.stdout.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), 'textback-bench-'))
// As root, PostgreSQL runs as another user, who must be able to enter; otherwise its files would land elsewhere.
chmodSync(folder, 0o711)
const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
async function stop() {
  for (const each of stops.splice(0).reverse()) await each()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop().then(() => process.exit(1)))

try {
  const load = await startLoad()
  stops.push(load.stop)
  const bare = await startBare(load.carrierUrl)
  stops.push(bare.stop)
  const textback = await startTextback(load.carrierUrl, folder)
  stops.push(textback.stop)
  const { rows } = await textback.database.query(`select version(), current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as commit`)
  say(`${rows[0].version.split(' on ')[0]}, fsync ${rows[0].fsync}, synchronous_commit ${rows[0].commit}.`)
  say(`Node ${process.version}, ${availableParallelism()} cores for everything: rival, PostgreSQL and load.`)

  say(`\nFrom the hang-up to the text at the carrier, at ${STEADY_CALLS_A_SECOND} calls/s for ${SECONDS} s`)
  for (const rival of [bare, textback]) {
    const { hooks } = rival
    const steady = { hooks, callsPerSecond: STEADY_CALLS_A_SECOND, warmUpSeconds: 4, seconds: SECONDS }
    const m = await measure(load, rival, textback, { do: 'steady', ...steady })
    say(`  ${rival.name.padEnd(9)} ${latency(m)}   ${m.calls} calls${hiccups(m)}`)
    say(`            ${shares(m)}`)
  }

  say(`\nThe most calls a second, all of them durable, no rate limit; ${ROUNDS} rounds of ${SECONDS / 2} s each`)
  const best = { bare: 0, textback: 0 }
  let last: Measured | undefined
  for (const callsAtOnce of CALLS_AT_ONCE) {
    const rates = { bare: [] as number[], textback: [] as number[] }
    for (let round = 0; round < ROUNDS; round++)
      for (const rival of [bare, textback]) {
        const full = { hooks: rival.hooks, callsAtOnce, warmUpSeconds: 3, seconds: SECONDS / 2 }
        const m = await measure(load, rival, textback, { do: 'full', ...full })
        rates[rival.name].push(perSecond(m))
        const calls = `${String(callsAtOnce).padStart(5)} at once  ${rival.name.padEnd(9)} ${perSecond(m).toFixed(0).padStart(5)}`
        say(`${calls} calls/s   ${latency(m)}${hiccups(m)}`)
        say(`                ${shares(m)}`)
        if (rival === textback) last = m
      }
    const [theirs, ours] = [median(rates.bare), median(rates.textback)]
    best.bare = Math.max(best.bare, theirs)
    best.textback = Math.max(best.textback, ours)
    const medians = `bare ${theirs.toFixed(0)}, textback ${ours.toFixed(0)} calls/s`
    say(`${String(callsAtOnce).padStart(5)} at once  medians: ${medians}, ratio ${(ours / theirs).toFixed(2)}`)
  }
  const most = `bare ${best.bare.toFixed(0)}, textback ${best.textback.toFixed(0)} calls/s`
  say(`  The most, each at its best: ${most}, ratio ${(best.textback / best.bare).toFixed(2)}`)

  say('\nWhat a call costs Textback (in the last round)')
  say(`  ${cpuPerCall(last!)}`)
  for (const line of perCall(last!.database!, last!.calls)) say(`  ${line}`)
  say(`  ${limit(last!)}`)
  const texts = await textback.database.query(
    'select status, count(*)::int as n from messages group by 1 order by 2 desc',
  )
  say(`\nIn the database at the end: ${texts.rows.map(({ status, n }) => `${n} texts ${status}`).join(', ')}.`)
} finally {
  await stop()
}
