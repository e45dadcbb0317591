import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Config, ConfigFault } from './config.ts'

/** The key that seals secrets and signs sessions: from the environment, or made once and kept beside the data. */
export async function secretKey(config: Config): Promise<string> {
  if (config.secretKey) return config.secretKey
  const files = filesIn(config.dataDir)
  const kept = await read(files.key)
  if (kept !== null) return kept
  const key = newKey()
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  // Of two first starts at the same moment one fails, instead of sealing with a key that is overwritten.
  await writeFile(files.key, `${key}\n`, { mode: 0o600, flag: 'wx' })
  return key
}

/** A change of the key: `finish` makes the new one the key of the next start, and says what is left to do. */
export type KeyChange = { from: string; to: string; finish(): Promise<string> }

/**
 * Finds the old and the new key. A new key of the file is on disk before anything is sealed with it, so that a change
 * which is interrupted at any moment is finished by the same command. Throws a ConfigFault when a key is missing.
 */
export async function beginKeyChange({ secretKey, newSecretKey, dataDir }: Config): Promise<KeyChange> {
  if (newSecretKey && newSecretKey === secretKey)
    throw new ConfigFault('NEW_SECRET_KEY is the same as SECRET_KEY; make another: openssl rand -base64 32')
  if (secretKey) {
    if (!newSecretKey) throw new ConfigFault('NEW_SECRET_KEY is missing; make one: openssl rand -base64 32')
    const finish = async () => 'Give the new key as SECRET_KEY from now on, and take NEW_SECRET_KEY away.'
    return { from: secretKey, to: newSecretKey, finish }
  }
  const files = filesIn(dataDir)
  const from = await read(files.key)
  if (from === null)
    throw new ConfigFault(`There is no key to change: neither SECRET_KEY nor ${files.key}. Is DATA_DIR right?`)
  const begun = await read(files.next)
  if (begun !== null && newSecretKey && newSecretKey !== begun)
    throw new ConfigFault(
      `An earlier change was interrupted, and its key is in ${files.next}. Finish it first, without NEW_SECRET_KEY.`,
    )
  const to = begun ?? (await writeOnce(files.next, newSecretKey ?? newKey()))
  return {
    from,
    to,
    async finish() {
      // Again after an interruption, the old key may be there already; it is the same.
      if ((await read(files.old)) !== from) await write(files.old, from)
      await write(files.key, to)
      await rm(files.next, { force: true })
      return `The new key is in ${files.key}. The old one is in ${files.old}: a backup from before needs it.`
    },
  }
}

const newKey = (): string => randomBytes(32).toString('base64')

const filesIn = (dataDir: string) => ({
  key: join(dataDir, 'secret.key'),
  next: join(dataDir, 'secret.key.new'),
  old: join(dataDir, 'secret.key.old'),
})

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
}

/** On disk when it returns: what the key seals must never be there without it. */
async function write(path: string, key: string): Promise<void> {
  await rename(await writePart(path, key), path)
  await flush(dirname(path))
}

/** The same for a file that must not change any more: of two commands at once both get the key of the first. */
async function writeOnce(path: string, key: string): Promise<string> {
  const part = await writePart(path, key)
  await link(part, path).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(part)
  await flush(dirname(path))
  return (await read(path))!
}

async function writePart(path: string, key: string): Promise<string> {
  const part = `${path}.${process.pid}`
  const file = await open(part, 'w', 0o600)
  await file.writeFile(`${key}\n`)
  await file.sync()
  await file.close()
  return part
}

async function flush(path: string): Promise<void> {
  const folder = await open(path)
  await folder.sync()
  await folder.close()
}
