import type { TestContext } from 'node:test'
import { parseArgs } from 'node:util'
import { seeded } from '../bars/load.ts'
import { faults, type Outcome } from './faults.ts'

/**
 * npm run soak: every fault under load, by seed, each with an audit over our rows and the carriers' books. It prints the
 * table of docs/reliability.md and ends with 1 when a promise was broken. Fifteen minutes at most on two cores.
 */
const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
})
const seed = Number(flags.seed)
const say = (line: string) => process.stdout.write(`${line}\n`)

say(`Seed ${seed}.\n`)
say('| fault | times | calls | acknowledged | lost | doubled | for a person | longest to settle | caught up after |')
say('| --- | --- | --- | --- | --- | --- | --- | --- | --- |')
let endNow = async () => {}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    say(`Interrupted by ${signal}.`)
    endNow().then(() => process.exit(130))
  })
const began = performance.now()
const all: Outcome[] = []
const broken: string[] = []
for (const [n, fault] of faults.entries()) {
  if (flags.only && !fault.name.includes(flags.only)) continue
  const { t, end } = context()
  endNow = end
  try {
    const outcome = await fault.run(t, flags.short ? fault.short : fault.size, seeded(seed * 1_000 + n))
    all.push(outcome)
    say(row(fault.name, outcome))
    broken.push(...outcome.faults.map((sentence) => `${fault.name}: ${sentence}`))
    if (outcome.settledInS > fault.settlesWithinS)
      broken.push(
        `${fault.name}: settled after ${outcome.settledInS.toFixed(1)} s, not within ${fault.settlesWithinS} s`,
      )
  } catch (error) {
    broken.push(`${fault.name}: ${(error as Error).stack}`)
  } finally {
    await end()
  }
}
say(row('**all**', total(all)))
say(`\n${Math.round((performance.now() - began) / 1000)} s.`)
for (const sentence of broken.slice(0, 50)) say(`✖ ${sentence}`)
if (broken.length > 50) say(`… and ${broken.length - 50} more`)
process.exit(broken.length > 0 ? 1 : 0)

function row(name: string, of: Outcome): string {
  const { times, calls, acknowledged, lost, doubled, forPerson, settledInS, caughtUpInS } = of
  const seconds = [settledInS, caughtUpInS].map((one) => `${one.toFixed(1)} s`)
  const cells = [name, times, calls, acknowledged, lost, doubled, forPerson, ...seconds]
  return `| ${cells.join(' | ')} |`
}

function total(outcomes: Outcome[]): Outcome {
  const sum = (of: (one: Outcome) => number) => outcomes.reduce((so, one) => so + of(one), 0)
  return {
    times: sum(({ times }) => times),
    calls: sum(({ calls }) => calls),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    forPerson: sum(({ forPerson }) => forPerson),
    leftBehind: sum(({ leftBehind }) => leftBehind),
    wrongAnswers: sum(({ wrongAnswers }) => wrongAnswers),
    settledInS: Math.max(0, ...outcomes.map(({ settledInS }) => settledInS)),
    caughtUpInS: Math.max(0, ...outcomes.map(({ caughtUpInS }) => caughtUpInS)),
    faults: [],
  }
}

/** What the bars need of a test: something that ends what they started. */
function context(): { t: TestContext; end(): Promise<void> } {
  const ends: (() => unknown)[] = []
  const t = { after: (end: () => unknown) => void ends.push(end), diagnostic: () => {} }
  return {
    t: t as unknown as TestContext,
    async end() {
      for (const one of ends) await Promise.resolve(one()).catch((error) => say(`Cleaning up failed: ${error}`))
    },
  }
}
