import type { FastifyBaseLogger } from 'fastify'
import { catchUpAll } from './actions/catchUp.ts'
import { provision } from './actions/provision.ts'
import type { World } from './actions/world.ts'
import type { Carrier } from './carriers/carrier.ts'
import type { CarrierKind } from './domain/words.ts'
import { makeMetrics } from './http/metrics.ts'
import { makeServer } from './http/server.ts'
import { makeSessions } from './http/session.ts'
import { startWorker, type Worker } from './jobs/worker.ts'
import { makeConnections } from './store/carriers.ts'
import type { Database } from './store/db.ts'
import { startLiveFeed } from './store/live.ts'
import { migrate } from './store/migrate.ts'
import { secretBox } from './store/secrets.ts'

export type AppParts = {
  db: Database
  carriers: Record<CarrierKind, Carrier>
  log: FastifyBaseLogger
  now?: () => Date
  publicUrl: string
  secretKey: string
  /** The provisioning file's path, or null. */
  provision: string | null
  /** Lets the API point a connection at another address than the carrier's real one: the simulator's. */
  allowApiUrl: boolean
}

/** Lost webhooks, and those of a number whose carrier could not reach us for a while, are looked for this often. */
const CATCH_UP_MS = 10 * 60_000

/** The whole application over what is handed in: main.ts and the tests use this one. */
export async function makeApp(parts: AppParts) {
  const { db, log } = parts
  await migrate(db.pool)
  const secrets = secretBox(parts.secretKey)
  const metrics = makeMetrics(db)
  const connections = makeConnections(db, secrets)
  const world: World = {
    db,
    carriers: parts.carriers,
    connections,
    publicUrl: parts.publicUrl,
    now: parts.now ?? (() => new Date()),
    log,
    measure: metrics.measure,
  }
  const feed = await startLiveFeed(
    db,
    (change) => {
      if (change.what === 'carriers') connections.forget(change.account, change.id)
    },
    () => connections.forgetAll(),
  )
  let ready = false
  const server = await makeServer({
    world,
    feed,
    secrets,
    sessions: makeSessions(db, parts.publicUrl, parts.secretKey),
    metrics,
    log,
    allowApiUrl: parts.allowApiUrl,
    isReady: () => ready,
  })
  if (parts.provision) await provision(world, secrets, parts.provision)

  let worker: Worker | undefined
  let timer: NodeJS.Timeout | undefined
  return {
    world,
    server,
    /** Begins to answer and to work. */
    async start({ host, port }: { host: string; port: number }): Promise<void> {
      await server.listen({ host, port })
      worker = await startWorker(world)
      await catchUpAll(world)
      timer = setInterval(() => {
        catchUpAll(world).catch((error) => log.warn({ err: error.message }, 'catching up could not be enqueued'))
      }, CATCH_UP_MS)
      ready = true
    },
    /** Answers what is under way, finishes the jobs at hand, and lets go of everything. */
    async stop(): Promise<void> {
      ready = false
      clearInterval(timer)
      await server.close()
      await worker?.stop()
      await feed.stop()
      await db.close()
    },
  }
}
