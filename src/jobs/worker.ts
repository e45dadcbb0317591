import { EventEmitter } from 'node:events'
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { World } from '../actions/world.ts'
import { table } from './table.ts'
import { keepWatch } from './takeover.ts'

/** Jobs under way at once in one process. Most of a job is waiting for a carrier, so this is far above the cores. */
const CONCURRENCY = 40

/** Connections that the queue's own statements use; the jobs use the app's pool. */
const QUEUE_CONNECTIONS = 6

/** Jobs whose time has come are looked for this often; jobs that are due at once announce themselves. */
const POLL_MS = 500

export type Worker = { stop(): Promise<void> }

/**
 * Does the jobs of the table, in this process and as many others as there are. Losing a finished job's completion in a
 * crash of PostgreSQL only does the job again, and every job is guarded by the row that it changes: so the queue's own
 * statements need not wait for the disk.
 */
export async function startWorker(world: World): Promise<Worker> {
  const pool = world.db.newPool(QUEUE_CONNECTIONS, '-c synchronous_commit=off')
  const events: WorkerEvents = new EventEmitter()
  const watch = await keepWatch(world)
  events.on('pool:create', ({ workerPool }) => watch.register(workerPool.id))
  const runner = await run({
    pgPool: pool,
    noHandleSignals: true,
    events,
    logger: new Logger(() => () => {}),
    taskList: tasks(world),
    preset: {
      worker: {
        concurrentJobs: CONCURRENCY,
        pollInterval: POLL_MS,
        localQueue: { size: CONCURRENCY, ttl: 10_000 },
        completeJobBatchDelay: 5,
        failJobBatchDelay: 5,
      },
    },
  })
  events.on('job:error', ({ job, error }) =>
    world.log.warn(
      { job: job.task_identifier, attempt: job.attempts, err: (error as Error).message },
      'a job failed and is tried again',
    ),
  )
  return {
    async stop() {
      await runner.stop()
      await watch.stop()
      await pool.end()
    },
  }
}

function tasks(world: World): TaskList {
  return Object.fromEntries(
    Object.entries(table).map(([name, action]) => [name, (payload: unknown) => action(world, payload as never)]),
  )
}
