import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { pino } from 'pino'
import { ProvisionFault } from './actions/accounts/provision.ts'
import { makeApp } from './app.ts'
import { type Config, ConfigFault, readConfig } from './config.ts'
import { playDemoPast } from './demo.ts'
import { lastResort } from './lastResort.ts'
import { makeMailer } from './mail.ts'
import { secretKey } from './secretKey.ts'
import { startSimulation } from './simulation.ts'
import { openDatabase } from './store/db.ts'
import { type EmbeddedPostgres, startEmbedded } from './store/embedded.ts'
import { makeVendors } from './vendors/vendors.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

const demo = fileURLToPath(new URL('../demo/acme.json', import.meta.url))

/** bin/start begins anew after this one (EX_SOFTWARE), and not after a start that failed. */
const BROKE = 70

/** What a stop may take at most, and the end after a fault that nobody caught. */
const STOPS_WITHIN_MS = 20_000
const ENDS_WITHIN_MS = 1_500

/** Leaves out `detail` and `where`, in which PostgreSQL quotes values: no log may hold phones and texts. */
function faultWithoutValues(error: Error & { code?: string }) {
  return typeof error === 'object' && error !== null
    ? { type: error.name, code: error.code, message: error.message, stack: error.stack }
    : error
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = pino({ level: config.logLevel, serializers: { err: faultWithoutValues } })
  // What to close at the end, or when the start fails half way; the last opened is closed first.
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.reverse()) await closer().catch((error) => log.error({ err: error }, 'closing failed'))
    closers.length = 0
  }
  let ending = false
  const { promise: started, resolve: hasStarted } = Promise.withResolvers<void>()
  const end = (signal: string) => {
    if (ending) return
    ending = true
    say(signal === 'SIGINT' ? '\nStopping …' : 'Stopping …')
    // A part that is just starting has no closer yet: closing now would leave a PostgreSQL running.
    started.then(close).then(() => process.exit(0))
    setTimeout(() => {
      log.error('not everything ended in time; the rest is taken over by the next start')
      process.exit(BROKE)
    }, STOPS_WITHIN_MS).unref()
  }
  // SIGHUP: the terminal was closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal))
  const uncaught = lastResort(log, () => {
    if (ending) return
    ending = true
    Promise.race([started.then(close), sleep(ENDS_WITHIN_MS)]).then(() => process.exit(BROKE))
  })

  try {
    let embedded: EmbeddedPostgres | null = null
    if (!config.databaseUrl) {
      embedded = await startEmbedded({ dataDir: config.dataDir, log: say })
      closers.push(() => embedded!.stop())
    }
    const db = await openDatabase(embedded ? embedded.config : { connectionString: config.databaseUrl! })
    const { vendors, close: closeVendors } = makeVendors()
    closers.push(closeVendors)
    const simulation = config.simulator ? await startSimulation() : null
    if (simulation) closers.push(simulation.stop)
    const app = await makeApp({
      db,
      vendors,
      log,
      mail: makeMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom, log }),
      publicUrl: config.publicUrl,
      secretKey: await secretKey(config),
      signUp: config.signUp,
      sessionDays: config.sessionDays,
      metricsToken: config.metricsToken,
      provision: config.provision ?? (config.simulator ? demo : null),
      allowApiUrl: config.simulator,
      simulatorUrl: simulation?.url ?? null,
      uncaught,
    })
    closers.push(app.stop)
    if (config.simulator && !config.provision) await playDemoPast(app.world, 'acme')
    await app.start({ host: config.host, port: config.port })
    if (ending) return
    await sayWhere(config, app)
  } catch (error) {
    await close()
    // Ctrl-C also ends the programs that a start uses, so their errors are expected then.
    if (!ending) throw error
  } finally {
    hasStarted()
  }
}

async function sayWhere(config: Config, app: Awaited<ReturnType<typeof makeApp>>): Promise<void> {
  say(`Textback is at ${config.publicUrl}`)
  if (config.simulator && !config.provision) {
    say(`  sign in as Mike of Acme HVAC   ${await app.signInLink('mike@acme.test')}`)
    say('    (once, within 30 minutes; after that mike@acme.test, demo-password)')
    say('  somebody calls, in another terminal   bin/call')
  }
  say(`  the API to read and try        ${config.publicUrl}/api/docs`)
  say('Ctrl-C stops it.')
}

main().catch((error) => {
  console.error(whyNotStarted(error))
  process.exit(1)
})

/** A failed start is nearly always a fault of the environment, so it prints a sentence, and a trace only when asked. */
function whyNotStarted(error: NodeJS.ErrnoException & { port?: number; errors?: Error[] }): string {
  if (process.env.LOG_LEVEL === 'debug') return inspect(error)
  if (error.code === 'EADDRINUSE')
    return `Port ${error.port} is taken by another program. Set PORT to another one, or stop that program.`
  const reason = error.message || error.errors?.map((e) => e.message).join('; ') || String(error)
  if (error instanceof ConfigFault || error instanceof ProvisionFault) return reason
  const database =
    process.env.DATABASE_URL && /ECONNREFUSED|ENOTFOUND|28P01|28000|3D000|timeout/.test(`${error.code} ${reason}`)
  return `Textback could not start: ${reason}${database ? '\nLook at DATABASE_URL.' : ''}\n(LOG_LEVEL=debug shows where.)`
}
