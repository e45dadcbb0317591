import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { changeKey } from './actions/secretKey/changeKey.ts'
import { forgetSealed } from './actions/secretKey/forgetSealed.ts'
import { type Config, ConfigFault, readConfig } from './config.ts'
import { beginKeyChange, secretKey } from './secretKey.ts'
import { type Database, openDatabase } from './store/db.ts'
import { startEmbedded } from './store/embedded.ts'
import type { SealedValue } from './store/sealed.ts'

const HELP = `bin/rotate-key                 seals everything with a new secret key. Stop Textback first.
bin/rotate-key --key-is-lost   forgets what another key sealed, so that it can be entered again.

The settings are those of bin/start. The old key is SECRET_KEY or secret.key in DATA_DIR; the new one is NEW_SECRET_KEY,
or made when the old one is in the file. Interrupted, run it again.`

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** A refusal is a sentence for the operator, without a trace. */
class Refusal extends Error {}

async function main(args: string[]): Promise<void> {
  const [option, ...rest] = args
  if (option === '--help') return say(HELP)
  if (rest.length > 0 || (option !== undefined && option !== '--key-is-lost'))
    throw new Refusal(`There is no option ${[option, ...rest].join(' ')}.\n\n${HELP}`)
  const config = readConfig(process.env)
  await withDatabase(config, option ? (db) => forget(db, config) : (db) => rotate(db, config))
}

/** The embedded one belongs to a running Textback, which keeps this command out until it is stopped. */
async function withDatabase(config: Config, work: (db: Database) => Promise<void>): Promise<void> {
  if (!config.databaseUrl && !existsSync(join(config.dataDir, 'postgres')))
    throw new Refusal(`There is no database in ${config.dataDir}. Give DATA_DIR or DATABASE_URL as to bin/start.`)
  const embedded = config.databaseUrl ? null : await startEmbedded({ dataDir: config.dataDir, log: say })
  try {
    // One connection, so that all others are those of a running Textback.
    const db = await openDatabase(embedded?.config ?? { connectionString: config.databaseUrl! }, 1)
    await work(db).finally(() => db.close())
  } finally {
    await embedded?.stop()
  }
}

async function rotate(db: Database, config: Config): Promise<void> {
  const change = await beginKeyChange(config)
  const done = await changeKey(db, change)
  if (done.outcome === 'running') throw whileRunning(done.connections)
  if (done.outcome === 'closed')
    throw new Refusal(
      `Neither the old key nor the new one opens\n${listed(done.closed)}\nNothing was changed. Give the key that sealed it, or forget it: bin/rotate-key --key-is-lost`,
    )
  const next = await change.finish()
  say(`Sealed with the new key: ${counted(done.values)}. Everybody signs in again.\n${next}`)
}

async function forget(db: Database, config: Config): Promise<void> {
  const done = await forgetSealed(db, await secretKey(config), new Date())
  if (done.outcome === 'running') throw whileRunning(done.connections)
  if (done.forgotten.length === 0) return say('The key opens everything that is sealed. Nothing was forgotten.')
  say(
    `Forgotten, because this key does not open it:\n${listed(done.forgotten)}\n` +
      'Start Textback. Credentials are entered again under Settings → Carriers, or come from the provisioning file. ' +
      'Webhooks are switched off: make a new secret for each, give it to its program, and switch it on.',
  )
}

const whileRunning = (connections: number) =>
  new Refusal(
    `Textback is running on this database (${connections} connection${connections === 1 ? '' : 's'}). Stop every process first: each has the old key in memory, and would neither open nor seal anything with the new one.`,
  )

const counted = (values: SealedValue[]) =>
  values.length === 1
    ? '1 value'
    : values.length === 0
      ? 'nothing, for nothing is sealed yet'
      : `${values.length} values`

const listed = (values: SealedValue[]) => values.map(({ name }) => `  ${name}`).join('\n')

main(process.argv.slice(2)).catch((error) => {
  const expected = error instanceof Refusal || error instanceof ConfigFault
  console.error(expected ? error.message : `The key was not changed: ${error.message}`)
  process.exit(1)
})
