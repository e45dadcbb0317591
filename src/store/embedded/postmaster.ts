import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from './place.ts'

/** PostgreSQL's main process, ours or one that a killed Textback left behind. */
export type Postmaster = { pid: number; cluster: string }

/** Server settings by their PostgreSQL names. */
export type Settings = Record<string, string>

const POLL_MS = 10

const SETTINGS: Settings = {
  listen_addresses: '',
  port: '5432',
  max_connections: '100',
  shared_buffers: '128MB',
  // Our queries take milliseconds; compiling one costs more than it saves.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Without ERROR lines: they quote values, and a log must hold no phone number. The app gets the error itself.
  log_min_messages: 'log',
  // Two lines every five minutes, into a file that nobody rotates.
  log_checkpoints: 'off',
  // A new database grows quickly at first, and a plan made for empty tables reads whole indexes.
  autovacuum_naptime: '10s',
}

/** The postmaster that runs on this cluster now, if any. A recycled process id does not count. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const pidFile = await readPidFile(cluster)
  const postmaster = pidFile && { pid: pidFile.pid, cluster }
  return postmaster && isAlive(postmaster) ? postmaster : undefined
}

/** Starts PostgreSQL and waits until it takes connections; recovery after a crash may take a while. */
export async function startPostmaster(place: Place, extra: Settings, log: (line: string) => void): Promise<Postmaster> {
  await disownRecycledPid(place.cluster)
  // The socket's own lock file names a process too; the folder is ours alone, and no process uses it now.
  for (const name of await readdir(place.socketDir)) await rm(join(place.socketDir, name))
  const settings: Settings = { ...SETTINGS, unix_socket_directories: place.socketDir, ...extra }
  // A file and not a pipe: a pipe whose reader was killed would block the server.
  const logFile = await open(join(place.home, 'postgres.log'), 'a', 0o600)
  try {
    const logStart = (await logFile.stat()).size
    // Detached: Ctrl-C must reach us and not the database, which ends last.
    const child = spawn(
      join(place.binaries, 'bin/postgres'),
      ['-D', place.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { detached: true, stdio: ['ignore', logFile.fd, logFile.fd], cwd: '/', env: serverEnv(), ...place.owner },
    )
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? `code ${code}`}`)))
    })
    child.unref()
    const postmaster = { pid: child.pid ?? 0, cluster: place.cluster }
    try {
      await Promise.race([failed, untilReady(postmaster, log)])
    } catch (error) {
      throw new Error(
        `PostgreSQL did not start: ${(error as Error).message}.\n` +
          `${await lastLines(join(place.home, 'postgres.log'), logStart)}\n` +
          `Its log is ${join(place.home, 'postgres.log')}. With DATABASE_URL, Textback uses another PostgreSQL.`,
        { cause: error },
      )
    }
    failed.catch(() => {})
    return postmaster
  } finally {
    await logFile.close()
  }
}

/** Waits until the server takes connections; throws when it is shutting down or gone. */
export async function untilReady(postmaster: Postmaster, log: (line: string) => void): Promise<void> {
  const started = Date.now()
  let told = false
  for (;;) {
    const pidFile = await readPidFile(postmaster.cluster)
    if (pidFile?.pid === postmaster.pid) {
      if (pidFile.status === 'ready') return
      if (pidFile.status === 'stopping') throw new Error('it is shutting down')
    }
    // A child just forked is still a copy of us, so "not PostgreSQL" says nothing in the first second.
    if (Date.now() - started > 1000 && !isAlive(postmaster)) throw new Error('it ended')
    if (!told && Date.now() - started > 5000) {
      told = true
      log('PostgreSQL is still starting; after a crash it repeats what it had not yet written to its tables.')
    }
    await sleep(POLL_MS)
  }
}

/** Stops the server cleanly (clients are cut off), or kills it after 10 s; it then recovers at its next start. */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isAlive(postmaster)) return
    try {
      process.kill(postmaster.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
    const deadline = Date.now() + 10_000
    while (isAlive(postmaster) && Date.now() < deadline) await sleep(POLL_MS)
  }
}

/**
 * Whether this process id is the postmaster of this very cluster. An ended process that is not reaped yet (in a
 * container without an init) does not count; with `kill -0` it would.
 */
export function isAlive({ pid, cluster }: Postmaster): boolean {
  try {
    if (process.platform === 'linux') {
      // The postmaster works in its cluster's folder; the link follows the folder when someone moves it.
      return readlinkSync(`/proc/${pid}/cwd`) === cluster && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'postgres\n'
    }
    const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return command.includes('bin/postgres') && command.includes(cluster)
  } catch {
    return false
  }
}

/**
 * After a machine crash, postmaster.pid names a process id that another program may have by now, and PostgreSQL would
 * refuse to start. It accepts its own parent's id, so we write ours. Deleting the file would be wrong: its other lines
 * are how PostgreSQL notices that processes of the crashed server still write to the cluster.
 */
async function disownRecycledPid(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text) await writeFile(file, text.replace(/^\d+/, String(process.pid)))
}

async function readPidFile(cluster: string): Promise<{ pid: number; status: string | undefined } | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Number(lines[0])
  return pid > 0 ? { pid, status: lines[7] } : undefined
}

/** None of our environment goes into the server: neither secrets nor a PGDATA. */
export function serverEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
}

async function lastLines(file: string, from: number): Promise<string> {
  const text = await readFile(file).catch(() => Buffer.alloc(0))
  return text.subarray(from).toString('utf8').trim().split('\n').slice(-15).join('\n')
}
