import type { FastifyBaseLogger } from 'fastify'
import { provision } from './actions/accounts/provision.ts'
import { catchUpAll } from './actions/calls/catchUp.ts'
import { deliverAtOnce, deliveriesEnd } from './actions/messages/deliverMessage.ts'
import { wakeNumbers } from './actions/messages/wakeNumbers.ts'
import { configureAll } from './actions/numbers/configureNumber.ts'
import { forgetAttemptsAt } from './actions/people/forgetAttempts.ts'
import { makeLimits } from './actions/people/limits.ts'
import { forgetDeliveriesAt } from './actions/webhooks/forgetDeliveries.ts'
import type { World } from './actions/world.ts'
import type { SignUpSetting } from './domain/signUp.ts'
import { makeSessions, type SessionParts, signInLink } from './http/auth/sessions.ts'
import { makeMetrics } from './http/metrics.ts'
import { makeServer } from './http/server.ts'
import { showSubjects } from './http/subjects.ts'
import { startWatch, type Watch } from './jobs/watch.ts'
import { startWorker, type Worker } from './jobs/worker.ts'
import { type Mailer, makeMailer } from './mail.ts'
import { makeOutbound, type Outbound } from './outbound/outbound.ts'
import { makeConnections } from './store/connections/connections.ts'
import { asPlatform, type Database } from './store/db.ts'
import { startLiveFeed } from './store/live.ts'
import { migrate } from './store/migrate.ts'
import { patiently } from './store/patience.ts'
import { unopened } from './store/sealed.ts'
import { secretBox } from './store/secrets.ts'
import type { Vendors } from './vendors/vendor.ts'

export type AppParts = {
  db: Database
  vendors: Vendors
  log: FastifyBaseLogger
  now?: () => Date
  mail?: Mailer
  /** Sends requests to the addresses of accounts' webhooks. */
  outbound?: Outbound
  publicUrl: string
  secretKey: string
  /** Who may sign up; by default anybody until there is an account. */
  signUp?: SignUpSetting
  /** After so many days a session ends; 30 by default. */
  sessionDays?: number
  /** Who reads /metrics from another machine must send it; without it only this machine may. */
  metricsToken?: string | null
  /** The most time for a request to arrive; 30 s by default. */
  arriveWithinMs?: number
  /** The provisioning file's path, or null. */
  provision: string | null
  /** Lets the API give a connection another address than the carrier's own: the simulator's. */
  allowApiUrl: boolean
  /** The simulated phone network's own API, when it is on. */
  simulatorUrl?: string | null
  /** How often faults came that nobody caught, by their kind. */
  uncaught?: Record<string, number>
}

/** How often the carriers are asked for calls whose webhooks never reached us. */
const CATCH_UP_MS = 10 * 60_000

/** How often to look for texts that wait for a slot without need: after a jump of the clock they wait this long. */
const WAKE_NUMBERS_MS = 5_000

/** The longest that a stop waits for open requests; a carrier is answered within 3 s. */
const LAST_ANSWERS_MS = 5_000

/** When the database is back, and when single requests were refused. The carriers' own repeats come first. */
const RETURN_MS = 1_000
const REFUSED_MS = 10_000

/** What a stop waits for a database that is away. */
const PATIENCE_AT_END_MS = 4_000

/** Makes the whole application from its parts; main.ts and the tests both use it. */
export async function makeApp(parts: AppParts) {
  const { db, log } = parts
  await migrate(db)
  const secrets = secretBox(parts.secretKey)
  const metrics = makeMetrics(db, parts.uncaught)
  await proveKey(db, parts.secretKey)
  const connections = makeConnections(db, secrets)
  const mail = parts.mail ?? makeMailer({ smtpUrl: null, from: '', log })
  const outbound = parts.outbound ?? makeOutbound({ allowLoopback: parts.allowApiUrl })
  const now = parts.now ?? (() => new Date())
  const world: World = {
    db,
    vendors: parts.vendors,
    connections,
    publicUrl: parts.publicUrl,
    now,
    limits: makeLimits(db, parts.secretKey, now),
    signUp: parts.signUp ?? 'first',
    deliverSoon: (which) => deliverAtOnce(world, which),
    log,
    mail: (one) => mail.send(one),
    hasMail: !mail.isLog,
    secrets,
    outbound,
    showSubjects,
    measure: metrics.measure,
  }
  const feed = await startLiveFeed(
    db,
    (change) => {
      if (change.what === 'connections') connections.forget(change.account, change.id)
    },
    () => {
      connections.forgetAll()
      databaseReturned()
    },
  )
  let ready = false
  const sessionParts: SessionParts = { ...world, secretKey: parts.secretKey, sessionDays: parts.sessionDays ?? 30 }
  const catchUpSoon = () =>
    patiently(db, () => catchUpAll(world)).catch((error) =>
      log.warn({ err: error.message }, 'catching up could not be enqueued'),
    )
  const wakeNumbersSoon = () =>
    wakeNumbers(world).catch((error) => log.warn({ err: error.message }, 'the numbers could not be looked at'))
  // A carrier repeats a webhook at once and then no more; its list has the calls we missed. What fails comes in swarms,
  // and the feed hears of it too: they are caught up on together. Single faults, as of a busy database, can wait: reading
  // the lists must not make it busier.
  let returning: NodeJS.Timeout | null = null
  let soon = false
  const databaseReturned = (wasAway = true) => {
    if (returning && (soon || !wasAway)) return
    if (returning) clearTimeout(returning)
    soon = wasAway
    returning = setTimeout(
      () => {
        returning = null
        if (!ready) return
        catchUpSoon()
        watch?.catchUp()
      },
      wasAway ? RETURN_MS : REFUSED_MS,
    ).unref()
  }
  db.breaker.onAway(() => log.error('the database is away; every way in answers 503 until it is back'))
  db.breaker.onReturn(databaseReturned)
  const server = await makeServer({
    world,
    feed,
    secrets,
    sessions: makeSessions(sessionParts),
    metrics,
    log,
    allowApiUrl: parts.allowApiUrl,
    metricsToken: parts.metricsToken ?? null,
    arriveWithinMs: parts.arriveWithinMs ?? 30_000,
    simulatorUrl: parts.simulatorUrl ?? null,
    isReady: () => ready,
    leftBehind: () => watch?.leftBehind() ?? null,
  })
  if (parts.provision) await provision(world, secrets, parts.provision)

  let worker: Worker | undefined
  let watch: Watch | undefined
  const timers: NodeJS.Timeout[] = []
  return {
    world,
    server,
    /** Starts the server and the worker. */
    async start({ host, port }: { host: string; port: number }): Promise<void> {
      await server.listen({ host, port })
      worker = await startWorker(world)
      watch = startWatch(world)
      watch.catchUp()
      await catchUpAll(world)
      await configureAll(world)
      await forgetDeliveriesAt(world, world.now())
      await forgetAttemptsAt(world, world.now())
      timers.push(setInterval(catchUpSoon, CATCH_UP_MS), setInterval(wakeNumbersSoon, WAKE_NUMBERS_MS))
      ready = true
    },
    /** A sign-in link that works once; null when there is no such user. */
    signInLink: (email: string) => signInLink(sessionParts, email),
    /** Answers the open requests, finishes the running jobs and closes everything. */
    async stop(): Promise<void> {
      ready = false
      for (const timer of timers) clearInterval(timer)
      // `close` ends only the connections that are idle at that moment; the others would stay open for another 72 s.
      const closeIdle = setInterval(() => server.server.closeIdleConnections(), 50)
      // A connection that never asked anything is not idle for Node.js, and after `close` no time-out ends it.
      const closeRest = setTimeout(() => server.server.closeAllConnections(), LAST_ANSWERS_MS)
      await server.close()
      clearInterval(closeIdle)
      clearTimeout(closeRest)
      // What still waits for a database that is away does not delay the stop for long.
      const longEnough = setTimeout(() => db.breaker.stop(), PATIENCE_AT_END_MS)
      await watch?.stop()
      await deliveriesEnd()
      // A receiver that hangs does not delay the stop: its job runs after the next start.
      await outbound.close()
      await worker?.stop()
      clearTimeout(longEnough)
      await feed.stop()
      await db.close()
    },
  }
}

/** Throws when the key does not open all that is sealed: with a wrong key every webhook would be refused. */
async function proveKey(db: Database, secretKey: string): Promise<void> {
  const { all, closed } = await asPlatform(db, (tx) => unopened(tx, secretKey))
  if (closed.length === 0) return
  const some = closed.slice(0, 3).map(({ name }) => name)
  throw new Error(
    `the secret key is not the one that sealed the carrier credentials and the secrets of webhooks in this database: it does not open ${closed.length} of ${all.length} values (${some.join(', ')}${closed.length > 3 ? ', …' : ''}). ` +
      'Give the old SECRET_KEY, or put the old secret.key back into DATA_DIR. If bin/rotate-key was interrupted, run it again. ' +
      'If the key is lost, bin/rotate-key --key-is-lost forgets what it sealed, so that you can enter it again.',
  )
}
