/**
 * What bin/test runs: the checks, then the tests (or only the test files that it is given). Its last line is
 * `N passed, N failed`, where each check counts as one, and of a test with subtests only the subtests count.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { endLeftovers } from './leftovers.ts'
import { startTestServer } from './postgres.ts'
import { scratchFolder } from './scratch.ts'

const root = resolve(import.meta.dirname, '..')
const checks = [
  ['biome', 'check', '--max-diagnostics=200'],
  ['tsc', '--noEmit'],
  ['tsc', '--noEmit', '--project', 'tsconfig.web.json'],
] as const
const testFiles = ['src/**/*.test.ts', 'simulator/**/*.test.ts', 'test/**/*.test.ts']
// Less than the limit of a file (see watchdog.ts), so that a hanging test is named.
const TEST_TIMEOUT_MS = 4 * 60_000

const asked = process.argv.slice(2).map((path) => resolve(path))
const missing = asked.filter((path) => !existsSync(path))
if (missing.length > 0) {
  console.error(`No such test file: ${missing.join(', ')}`)
  process.exit(1)
}
process.chdir(root)

const count = { passed: 0, failed: 0 }
const skipped: string[] = []
/** The output of failed checks, printed at the end, after that of the tests. */
const failures: string[] = []

// The temporary folder of all tests, which is removed at the end.
const runDir = await scratchFolder('textback-run-')
await chmod(runDir, 0o711) // as root, PostgreSQL runs as another user, who must get through
process.env.TMPDIR = runDir
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await leaveNothing()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  })
}

try {
  if (asked.length === 0) for (const check of checks) runCheck(check)
  await runTests(asked.length > 0 ? asked : globSync(testFiles, { cwd: root }).map((path) => resolve(path)))
} catch (error) {
  console.error(error)
  count.failed++
} finally {
  await leaveNothing()
}
for (const failure of failures) console.log(failure)
for (const name of skipped) console.log(`skipped: ${name}`)
console.log(`${count.passed} passed, ${count.failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`)
process.exit(count.failed > 0 ? 1 : 0)

function runCheck([tool, ...args]: readonly [string, ...string[]]): void {
  const started = performance.now()
  const command = [tool, ...args].join(' ')
  const { status, error, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', tool), args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? '✔' : '✖'} ${command} (${seconds} s)`)
  if (status === 0) count.passed++
  else {
    count.failed++
    failures.push(`✖ ${command}\n${error?.message ?? stdout + stderr}`)
  }
}

async function runTests(files: string[]): Promise<void> {
  const { server, stop } = await startTestServer()
  process.env.TEST_POSTGRES = JSON.stringify(server)
  let ran = 0
  // How many tests each file has reported below a nesting level, since the last one on that level.
  const below = new Map<string, number>()
  // Two at a time: a small machine has two cores, and a third file only makes the waits longer.
  const execArgv = ['--import', import.meta.resolve('./watchdog.ts')]
  const stream = run({ files, concurrency: 2, timeout: TEST_TIMEOUT_MS, execArgv, cwd: root })
  const settle = (passed: boolean, test: Reported) => {
    const key = (level: number) => `${test.file} ${level}`
    const children = below.get(key(test.nesting + 1)) ?? 0
    below.set(key(test.nesting + 1), 0)
    below.set(key(test.nesting), (below.get(key(test.nesting)) ?? 0) + 1)
    // A file without tests passes under its own name, and a file that cannot be loaded fails under it.
    const isFile = test.nesting === 0 && (test.name === test.file || resolve(test.name) === test.file)
    const isLeaf = children === 0 && test.details.type !== 'suite' && !isFile
    if (isLeaf) ran++
    if (test.skip !== undefined || test.todo !== undefined) {
      if (isLeaf || test.details.type === 'suite') skipped.push(`${test.name} (${test.file?.slice(root.length + 1)})`)
    } else if (passed) count.passed += isLeaf ? 1 : 0
    else if (isLeaf || isFile || !failedByItsChildren(test)) count.failed++
  }
  stream.on('test:pass', (test: Reported) => settle(true, test))
  stream.on('test:fail', (test: Reported) => settle(false, test))
  for await (const text of stream.compose(new spec())) process.stdout.write(text)
  await stop()
  if (ran === 0) {
    console.log('✖ No test ran.')
    count.failed++
  }
}

type Reported = {
  name: string
  nesting: number
  file?: string
  skip?: string | boolean
  todo?: string | boolean
  details: { type?: string; error?: unknown }
}

function failedByItsChildren(test: Reported): boolean {
  return (test.details.error as { failureType?: string } | undefined)?.failureType === 'subtestsFailed'
}

async function leaveNothing(): Promise<void> {
  endLeftovers(`TMPDIR=${runDir}`, runDir)
  await rm(runDir, { recursive: true, force: true, maxRetries: 5 })
}
