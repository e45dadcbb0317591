import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiAt, atEnd } from './network.ts'

const root = join(import.meta.dirname, '../..')

/** A start with a database and its migrations takes a second or two; a machine that is busy with tests needs longer. */
const READY_WITHIN_MS = 40_000

export type Textback = Awaited<ReturnType<typeof startTextback>>

type Settings = {
  port: number
  provision?: string
  databaseUrl?: string
  dataDir: string
  env?: Record<string, string>
  /** Through bin/start, which starts it again when it ends by itself. */
  supervised?: boolean
}

/** Runs `node src/main.ts` in its own process group, as a terminal does, and waits until it is ready. */
export async function startTextback(t: TestContext, settings: Settings) {
  const textback = launchTextback(t, settings)
  return { ...textback, readyInMs: await textback.untilReady() }
}

/** The same without waiting. */
export function launchTextback(
  t: TestContext,
  { port, provision, databaseUrl, dataDir, env = {}, supervised }: Settings,
) {
  const began = performance.now()
  const url = `http://127.0.0.1:${port}`
  const [command, ...args] = supervised ? [join(root, 'bin/start')] : [process.execPath, join(root, 'src/main.ts')]
  const child = spawn(command!, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: dataDir,
      SECRET_KEY: 'a key of thirty-two characters!!',
      LOG_LEVEL: 'warn',
      SIMULATOR: 'off',
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'),
      ...(provision && { PROVISION: provision }),
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
      ...env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-20_000)
    })
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) =>
    child.once('exit', (code, signal) => done({ code, signal })),
  )
  const isRunning = () => child.exitCode === null && child.signalCode === null
  atEnd(t, async () => {
    if (!isRunning()) return
    // Gracefully, so that its own PostgreSQL ends. SIGCONT is for a process that a failed test has left stopped.
    child.kill('SIGTERM')
    child.kill('SIGCONT')
    const tooLong = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await exited
    clearTimeout(tooLong)
  })

  return {
    url,
    api: apiAt(url),
    /** Waits for /healthz 200; returns the milliseconds since the process began. */
    async untilReady(): Promise<number> {
      while ((await healthz(url)) !== 200) {
        if (!isRunning()) throw new Error(`Textback ended while starting:\n${output}`)
        if (performance.now() - began > READY_WITHIN_MS) throw new Error(`Textback was not ready in time:\n${output}`)
        await sleep(10)
      }
      return performance.now() - began
    },
    /** The last 20,000 characters of its output. */
    output: () => output,
    exited,
    /** Sends a signal to the process alone. */
    send: (signal: NodeJS.Signals) => child.kill(signal),
    /** Sends SIGINT to the process and its group, as a terminal does. */
    pressCtrlC: () => process.kill(-child.pid!, 'SIGINT'),
    /** Sends SIGHUP to the process and its group, and takes its output away, as a terminal does that is closed. */
    closeTerminal() {
      process.kill(-child.pid!, 'SIGHUP')
      child.stdout.destroy()
      child.stderr.destroy()
    },
    /** The process itself: the program, or bin/start. */
    pid: child.pid!,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    /** Kills the process and everything that it started, however deep: its own PostgreSQL too. */
    async killAll() {
      // From the top, so that nothing is started again.
      for (const pid of [child.pid!, ...descendants(child.pid!)])
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // It has just ended.
        }
      await exited
    },
  }
}

/** The children of a process, their children, and so on. */
export function descendants(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const all = lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  const below = (one: number): number[] =>
    all.filter(([, parent]) => parent === one).flatMap(([child]) => [child, ...below(child)])
  return below(pid)
}

/** The status of /healthz; 0 when nothing answers. */
export async function healthz(url: string): Promise<number> {
  try {
    const answer = await fetch(`${url}/healthz`)
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}
