import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type ConnectionConfig, type EmbeddedPostgres, startEmbedded } from '../src/store/embedded.ts'
import { ACCOUNT_SID, AUTH_TOKEN, BUSINESS, TARGET } from './scene.ts'

/** Something that takes Twilio's webhooks and sends a text for each missed call. */
export type Rival = { name: 'bare' | 'textback'; pid: number; hooks: string; stop(): Promise<void> }

export type Textback = Rival & { postmaster: number; database: pg.Client }

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export async function startBare(carrierUrl: string): Promise<Rival> {
  const port = await freePort()
  const child = spawn(process.execPath, [here('bare.ts'), carrierUrl, String(port)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  })
  await Promise.race([once(child, 'message'), failed(child, 'The bare script')])
  return { name: 'bare', pid: child.pid!, hooks: `http://127.0.0.1:${port}`, stop: () => ended(child) }
}

/**
 * The whole product in its own folder: embedded PostgreSQL with its defaults (fsync and synchronous_commit on), and
 * src/main.ts. `pg_stat_statements` counts the statements; its cost counts against us.
 */
export async function startTextback(carrierUrl: string, folder: string): Promise<Textback> {
  const postgres = await startEmbedded({
    dataDir: join(folder, 'data'),
    log: () => {},
    settings: { shared_preload_libraries: 'pg_stat_statements' },
  })
  const stops: (() => Promise<unknown>)[] = [postgres.stop]
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    return { ...(await startApp(carrierUrl, folder, postgres, stops)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startApp(
  carrierUrl: string,
  folder: string,
  postgres: EmbeddedPostgres,
  stops: (() => Promise<unknown>)[],
): Promise<Omit<Textback, 'stop'>> {
  const database = await openSuperuser(postgres)
  stops.push(() => database.end())
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const provision = join(folder, 'provision.json')
  writeFileSync(provision, JSON.stringify(business(carrierUrl)))
  const log = openSync(join(folder, 'textback.log'), 'a')
  const child = spawn(process.execPath, [...process.execArgv, here('../src/main.ts')], {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: connectionString(postgres.config),
      PROVISION: provision,
    },
  })
  stops.push(() => ended(child))
  await Promise.race([untilHealthy(url), failed(child, `Textback (see ${join(folder, 'textback.log')})`)])
  const { rows } = await database.query(`select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid`)
  return {
    name: 'textback',
    pid: child.pid!,
    hooks: `${url}/hooks/twilio/acme/main`,
    postmaster: rows[0].pid,
    database,
  }
}

function business(carrierUrl: string) {
  const carrier = { id: 'main', kind: 'twilio', accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, apiUrl: carrierUrl }
  const number = { number: BUSINESS, carrier: 'main', mode: 'forward', forwardTo: [TARGET], segmentsPerSecond: 0 }
  return {
    accounts: [{ id: 'acme', name: 'Acme HVAC', dailyCap: 1_000_000, carriers: [carrier], numbers: [number] }],
  }
}

/** The superuser in Textback's database: it sees the server's counters, and the rows of every account. */
async function openSuperuser(postgres: EmbeddedPostgres): Promise<pg.Client> {
  const client = new pg.Client({ ...postgres.superuser, database: postgres.config.database })
  await client.connect()
  await client.query('create schema bench; create extension pg_stat_statements schema bench')
  await client.query('set search_path = textback, bench')
  return client
}

function connectionString({ user, password, host, port, database }: ConnectionConfig): string {
  const secret = encodeURIComponent(password)
  return `postgres://${user}:${secret}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
}

async function untilHealthy(url: string): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const answer = await fetch(`${url}/healthz`).catch(() => null)
    if (answer?.ok) return
    if (performance.now() > deadline) throw new Error('Textback was not ready within 30 s.')
    await sleep(50)
  }
}

async function failed(child: ChildProcess, what: string): Promise<never> {
  const [code, signal] = await once(child, 'exit')
  throw new Error(`${what} ended with ${signal ?? `code ${code}`}.`)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
