import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { World } from '../actions/world.ts'
import { patiently } from '../store/patience.ts'
import { table } from './table.ts'
import { keepWatch } from './takeover.ts'

/** Jobs at once in one process. A job mostly waits for a carrier, so this is far above the number of cores. */
const CONCURRENCY = 40

/** Connections for the queue's own statements; the jobs use the app's pool. */
const QUEUE_CONNECTIONS = 6

/** How often to look for jobs that have become due; jobs that are due at once announce themselves. */
const POLL_MS = 500

export type Worker = { stop(): Promise<void> }

/** A job that is over may still be on its way out of the queue, for as long as a statement may take. */
const LEAVES_QUEUE_MS = 5_000

/** The pause before a failed worker is replaced: the database was away a moment ago. */
const AGAIN_MS = 1_000

/**
 * Runs the jobs, in this process and in any others. If a crash of PostgreSQL loses the completion of a job, the job
 * runs again, and each job is guarded by the row that it changes. So the queue's own statements need not wait for the
 * disk.
 */
export async function startWorker(world: World): Promise<Worker> {
  const pool = world.db.newPool(QUEUE_CONNECTIONS, '-c synchronous_commit=off')
  // The jobs that were handed to this process. The queue may have others in its name: it never got to hear of them, as
  // when the database went away between locking them and saying so.
  const handed = new Set<string>()
  const watch = await keepWatch(world, () => [...handed])
  let stopped = false
  let beginning = Promise.resolve()
  let runner: Runner | null = await begin()

  function begin(): Promise<Runner> {
    const events: WorkerEvents = new EventEmitter()
    events.on('pool:create', ({ workerPool }) => watch.register(workerPool.id))
    events.on('pool:gracefulShutdown', ({ workerPool }) => {
      if (!stopped) beginning = beginAgain(workerPool.id)
    })
    events.on('localQueue:getJobs:complete', ({ jobs }) => {
      for (const { id } of jobs) handed.add(id)
    })
    events.on('localQueue:returnJobs', ({ jobs }) => {
      for (const { id } of jobs) handed.delete(id)
    })
    events.on('job:complete', ({ job }) => {
      setTimeout(() => handed.delete(job.id), LEAVES_QUEUE_MS).unref()
    })
    events.on('job:error', ({ job, error }) =>
      world.log.warn(
        { job: job.task_identifier, attempt: job.attempts, err: (error as Error).message },
        'a job failed and is tried again',
      ),
    )
    return run({
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
  }

  /**
   * The queue ends itself for good when it cannot store how a job ended, as when the database is away just then (and
   * its promise does not tell). The app would take calls and send nothing. So a new worker starts, and the jobs that
   * the ended one was running are released.
   */
  async function beginAgain(endedPoolId: string): Promise<void> {
    world.log.error({ pool: endedPoolId }, 'the worker could not go on (was the database away?); another one begins')
    runner = null
    watch.abandon(endedPoolId)
    while (!runner && !stopped) {
      await sleep(AGAIN_MS)
      runner = await begin().catch(() => null)
    }
  }

  return {
    async stop() {
      stopped = true
      await beginning
      await runner?.stop()
      await watch.stop()
      await pool.end()
    },
  }
}

/** A job that meets the absence of the database waits for it: each failure counts as an attempt, and doubles the wait. */
function tasks(world: World): TaskList {
  return Object.fromEntries(
    Object.entries(table).map(([name, action]) => [
      name,
      (payload: unknown) => patiently(world.db, () => action(world, payload as never)),
    ]),
  )
}
