import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { testDatabase } from '../postgres.ts'
import { signedHooks } from '../signed.ts'
import { freePort } from '../world.ts'
import { caller, endOfMissedCall, faultsOf, untilSettled } from './load.ts'
import { atEnd, startNetwork, within } from './network.ts'
import { healthz, launchTextback, startTextback } from './process.ts'

const root = join(import.meta.dirname, '../..')

test('the program is killed under bin/start: it is back within 3 s, loudly, and takes calls', async (t) => {
  const { network, database, port } = await startOutside(t)
  const settings = { port, provision: network.provision, databaseUrl: database.url, dataDir: network.folder }
  const textback = await startTextback(t, { ...settings, supervised: true })
  await network.untilConfigured(textback.api)
  const hooks = signedHooks({ url: textback.url, network: network.ask })
  const calls = []
  const backInMs: number[] = []
  for (let n = 0; n < 2; n++) {
    const call = endOfMissedCall(caller(n))
    assert.equal((await hooks.twilio('status', call.webhook)).status, 204)
    calls.push(call)
    await untilSettled(textback.api, calls, 20)
    // The second time it ends soon after its start, so that bin/start waits for a second first.
    process.kill(programOf(textback.pid), 'SIGKILL')
    const killed = performance.now()
    await within(15, 'a process that is gone', async () => (await healthz(textback.url)) !== 200)
    await within(20, 'a process that is back', async () => (await healthz(textback.url)) === 200)
    backInMs.push(Math.round(performance.now() - killed))
  }
  t.diagnostic(`back after ${backInMs.join(' and ')} ms`)
  // Three seconds on an idle machine. On a busy one a start gets only a share of it.
  const share = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
  assert.ok(Math.min(...backInMs) < 3_000 * share, `with a load of ${share.toFixed(1)} for each core`)
  assert.equal(textback.output().match(/Textback ended by itself \(signal 9\)/g)?.length, 2, textback.output())
  const after = endOfMissedCall(caller(2))
  assert.equal((await hooks.twilio('status', after.webhook)).status, 204)
  calls.push(after)
  await untilSettled(textback.api, calls, 20)
  assert.deepEqual(await faultsOf(network, textback.api, calls), [])

  textback.send('SIGTERM')
  assert.deepEqual(await textback.exited, { code: 0, signal: null })
  assert.deepEqual(below(textback.pid), [])
})

for (const [how, end] of [
  ['SIGTERM', (textback: Started) => textback.send('SIGTERM')],
  ['Ctrl-C', (textback: Started) => textback.pressCtrlC()],
  ['a closed terminal', (textback: Started) => textback.closeTerminal()],
] as const)
  test(`${how} ends bin/start, the program and its PostgreSQL`, async (t) => {
    const { network, port } = await startOutside(t)
    const settings = { port, provision: network.provision, dataDir: join(network.folder, 'data') }
    const textback = await startTextback(t, { ...settings, supervised: true })
    const family = [textback.pid, ...below(textback.pid)]
    assert.ok(family.length >= 2)
    end(textback)
    assert.deepEqual(await textback.exited, { code: 0, signal: null })
    assert.deepEqual(family.filter(isRunning), [])
    assert.deepEqual(processesIn(join(network.folder, 'data')), [], 'PostgreSQL runs on')
  })

test('a start that fails says why, once', async (t) => {
  const { network, database, port } = await startOutside(t)
  const taken = createServer().listen(port, '127.0.0.1')
  await once(taken, 'listening')
  atEnd(t, () => taken.close())
  const settings = { port, provision: network.provision, databaseUrl: database.url, dataDir: network.folder }
  const textback = launchTextback(t, { ...settings, supervised: true })
  assert.deepEqual(await textback.exited, { code: 1, signal: null })
  assert.equal(textback.output().match(/is taken by another program/g)?.length, 1, textback.output())
})

test('told to stop while it waits to start again, bin/start ends', async (t) => {
  const { network, database, port } = await startOutside(t)
  const settings = { port, provision: network.provision, databaseUrl: database.url, dataDir: network.folder }
  const textback = launchTextback(t, { ...settings, supervised: true })
  for (let n = 0; n < 2; n++) {
    const program = await within(20, 'a program', async () => below(textback.pid).find(isProgram))
    process.kill(program, 'SIGKILL')
    await within(5, 'a program that is gone', async () => !isRunning(program))
  }
  await within(5, 'a pause', async () => textback.output().includes('started again in 1 s'))
  textback.send('SIGTERM')
  const { code } = await textback.exited
  assert.equal(code, 0)
  assert.deepEqual(below(textback.pid), [])
})

test('nobody caught it: a rejection and a broken connection are told and counted, an exception ends the program', async () => {
  const run = async (code: string) => {
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { lastResort } from ${JSON.stringify(join(root, 'src/lastResort.ts'))}
       const tell = (level) => (facts, what) => console.log(level, facts.from, what)
       const counted = lastResort({ error: tell('error'), fatal: tell('fatal') }, () => process.exit(70))
       setTimeout(() => { console.log(JSON.stringify(counted)); process.exit(0) }, 300)
       ${code}`,
    ])
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    const [status] = await once(child, 'exit')
    return { status, output }
  }
  const rejection = await run(`Promise.reject(new Error('of ours'))`)
  assert.equal(rejection.status, 0)
  assert.match(rejection.output, /error textback nobody awaited .*\n\{"rejection":1,"exception":0\}/)
  const socket = await run(`import('node:net').then(({ connect }) => connect('/nowhere/socket'))`)
  assert.equal(socket.status, 0)
  assert.match(socket.output, /a connection broke, and nobody listened/)
  const exception = await run(`setTimeout(() => { throw new Error('of ours') })`)
  assert.equal(exception.status, 70)
  assert.match(exception.output, /fatal textback an exception that nobody caught/)
})

type Started = Awaited<ReturnType<typeof startTextback>>

async function startOutside(t: TestContext) {
  const [network, database, port] = await Promise.all([startNetwork(t), testDatabase(), freePort()])
  atEnd(t, () => database.drop())
  return { network, database, port }
}

type Row = { pid: number; parent: number; command: string }

function processes(): Row[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid ? [{ pid: Number(pid), parent: Number(parent), command }] : []
  })
}

/** The children of a process, their children, and so on. */
function below(pid: number, all = processes()): number[] {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child.pid, ...below(child.pid, all)])
}

const isProgram = (pid: number) => processes().some((one) => one.pid === pid && one.command.includes('src/main.ts'))

function programOf(pid: number): number {
  const program = below(pid).find(isProgram)
  assert.ok(program, 'bin/start runs no program')
  return program
}

const processesIn = (folder: string) => processes().filter(({ command }) => command.includes(folder))

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
