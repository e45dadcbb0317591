import { accessSync, closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type FolderLock = { release(): void }

/**
 * Makes this process the only Textback on a data folder, or throws an error that names the process that already is.
 *
 * The lock must die with the process, and of two simultaneous starts only one may win. That takes an operating system
 * lock (fcntl); Node has no function for it, but its SQLite takes one. The file never holds data. It stays behind after
 * release: removing a lock file hands the same name to two owners.
 */
export function lockFolder(dataDir: string): FolderLock {
  const file = join(dataDir, 'textback.lock')
  const pidFile = join(dataDir, 'textback.pid')
  makePrivate(file)
  // 200 ms: two starts in the same moment can each see the other's half-taken lock; the wait lets exactly one through.
  const holder = new DatabaseSync(file, { timeout: 200 })
  try {
    holder.exec('begin exclusive')
  } catch (error) {
    holder.close()
    if (!isBusy(error)) throw new Error(`Cannot lock ${file}: ${(error as Error).message}`, { cause: error })
    throw new Error(
      `Another Textback (process ${readPid(pidFile)}) is running on ${dataDir}. ` +
        'Stop it first, or give this one a folder of its own with DATA_DIR.',
    )
  }
  writeFileSync(pidFile, `${process.pid}\n`)
  return {
    release() {
      if (holder.isOpen) holder.close()
    },
  }
}

/**
 * Runs before SQLite makes the file readable, as another user's read lock would keep us out. Opens it only when it does
 * not exist: closing a second handle on a locked file gives up this process's lock.
 */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
  } catch (error) {
    throw new Error(
      `${file} belongs to another system user. Start Textback as the one that started it before (root, perhaps).`,
      { cause: error },
    )
  }
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5
  return (error as { errcode?: number }).errcode === SQLITE_BUSY
}

function readPid(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
