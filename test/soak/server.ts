import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findPlace } from '../../src/store/embedded/place.ts'
import { startPostmaster, stopPostmaster } from '../../src/store/embedded/postmaster.ts'
import { startEmbedded } from '../../src/store/embedded.ts'
import { atEnd } from '../bars/network.ts'
import type { Json } from '../world.ts'

export type Server = Awaited<ReturnType<typeof startServer>>

const silent = () => {}

/** A PostgreSQL of the test's own, durable as in real use, that it can kill, freeze and stop. */
export async function startServer(t: TestContext, folder: string) {
  const dataDir = join(folder, 'server')
  const made = await startEmbedded({ dataDir, log: silent })
  const { config } = made
  await made.stop()
  const place = await findPlace(dataDir, silent)
  let postmaster = await startPostmaster(place, {}, silent)
  atEnd(t, async () => {
    signal(postmaster.pid, 'SIGCONT')
    await stopPostmaster(postmaster)
  })
  /** After a kill the processes of the killed server live on for a moment, and the next one waits for them. */
  async function begin(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        postmaster = await startPostmaster(place, {}, silent)
        return
      } catch (error) {
        if (tries === 50) throw error
        await sleep(200)
      }
    }
  }
  const login = `${config.user}:${encodeURIComponent(config.password)}`
  return {
    url: `postgres://${login}@${encodeURIComponent(config.host)}:${config.port}/${config.database}`,
    /** SIGKILL to its main process, and after `ms` the next one. */
    async kill(ms: number) {
      process.kill(postmaster.pid, 'SIGKILL')
      await sleep(ms)
      await begin()
    },
    /** All its processes stand still, as on a machine that swaps: connections stay open, and nobody answers. */
    async freeze(ms: number) {
      signal(postmaster.pid, 'SIGSTOP')
      await sleep(ms)
      signal(postmaster.pid, 'SIGCONT')
    },
    /** In order, as for an upgrade. */
    async stop(ms: number) {
      await stopPostmaster(postmaster)
      await sleep(ms)
      await begin()
    },
    /** The rows of all accounts. */
    async query(text: string, values: unknown[]): Promise<Json[]> {
      const client = new pg.Client({ ...config, options: '-c textback.account=* -c search_path=textback' })
      client.on('error', silent)
      await client.connect()
      try {
        return (await client.query(text, values)).rows
      } finally {
        await client.end()
      }
    },
  }
}

/** To a postmaster and its children. */
function signal(postmaster: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  const family = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([pid, parent]) => pid === postmaster || parent === postmaster)
  // The main process first: it must not start others, nor take them for hung.
  for (const [pid] of family.toSorted(([a]) => (a === postmaster ? -1 : 1))) {
    try {
      process.kill(pid!, name)
    } catch {
      // It has just ended.
    }
  }
}
