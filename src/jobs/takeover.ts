import type pg from 'pg'
import type { World } from '../actions/world.ts'

/** How often to look for dead workers: well within the 20 s in which their work must continue. */
const LOOK_MS = 5_000

/** A worker registers within milliseconds of its first job; after this long it never will. */
const UNREGISTERED_S = 10

/** A live pool has had a job for this long that its process knows nothing of: it was lost on the way. */
const FORGOTTEN_S = 12

/** The first half of our advisory locks, so that they collide with no others. */
const LOCK_SPACE = 715_302

/**
 * The queue itself releases a dead worker's jobs only after four hours. So each worker pool holds an advisory lock on
 * its own connection, which PostgreSQL releases when the process dies. A process that finds a registered pool with a
 * free lock releases its jobs at once. So does it with those of its own pools that it was never `handed`.
 */
export async function keepWatch(
  world: World,
  handed: () => string[],
): Promise<{
  register(poolId: string): void
  /** One of our pools has ended with unfinished jobs: it now counts as dead. */
  abandon(poolId: string): void
  stop(): Promise<void>
}> {
  let client: pg.Client | null = null
  let stopped = false
  const mine = new Set<string>()

  async function connected(): Promise<pg.Client> {
    if (client) return client
    const fresh = await world.db.connect()
    fresh.on('error', () => {})
    fresh.on('end', () => {
      if (client === fresh) client = null
    })
    client = fresh
    // After a broken connection our locks are gone: take them again before others take us for dead.
    for (const poolId of mine) await hold(fresh, poolId)
    return fresh
  }

  async function look(): Promise<void> {
    const connection = await connected()
    const { rows } = await connection.query<{ pool_id: string; lock_key: number }>(
      'select pool_id, lock_key::int from workers where not (pool_id = any($1))',
      [[...mine]],
    )
    for (const { pool_id, lock_key } of rows) {
      const { rows: tried } = await connection.query('select pg_try_advisory_lock($1, $2) as free', [
        LOCK_SPACE,
        lock_key,
      ])
      if (!tried[0].free) continue
      await free(connection, [pool_id])
      await connection.query('delete from workers where pool_id = $1', [pool_id])
      await connection.query('select pg_advisory_unlock($1, $2)', [LOCK_SPACE, lock_key])
      world.log.warn({ pool: pool_id }, 'a worker died; its jobs go on here')
    }
    // A process killed between its first job and its registration leaves jobs under an unknown worker's name.
    const { rows: nameless } = await connection.query<{ locked_by: string }>(
      `select distinct locked_by from graphile_worker._private_jobs
        where locked_at < now() - make_interval(secs => $1) and not (locked_by = any($2))
          and not exists (select from workers where pool_id = locked_by)`,
      [UNREGISTERED_S, [...mine]],
    )
    if (nameless.length > 0)
      await free(
        connection,
        nameless.map((row) => row.locked_by),
      )
    const forgotten = await freeForgotten(connection, [...mine], handed())
    if (forgotten > 0) world.log.warn({ jobs: forgotten }, 'jobs were lost on their way to the worker; they run again')
    // Released jobs are not announced: this makes the queue look now, instead of at the next poll.
    if (rows.length + nameless.length + forgotten > 0)
      await connection.query(`notify "jobs:insert", '{"r":0,"count":1}'`)
  }

  async function lookAgain(): Promise<void> {
    try {
      await look()
    } catch (error) {
      if (!stopped) world.log.warn({ err: (error as Error).message }, 'the watch over dead workers could not look')
    }
  }

  await lookAgain()
  const timer = setInterval(lookAgain, LOOK_MS)
  return {
    register(poolId) {
      mine.add(poolId)
      connected()
        .then((connection) => hold(connection, poolId))
        .catch((error) => world.log.error({ err: error.message }, 'a worker could not be registered'))
    },
    abandon: (poolId) => void mine.delete(poolId),
    async stop() {
      stopped = true
      clearInterval(timer)
      const connection = client
      client = null
      if (!connection) return
      await connection.query('delete from workers where pool_id = any($1)', [[...mine]]).catch(() => {})
      await connection.end().catch(() => {})
    },
  }
}

/** Releases the jobs of dead workers at once; the interrupted attempt is not counted. */
async function free(connection: pg.Client, poolIds: string[]): Promise<void> {
  await connection.query(
    'update graphile_worker._private_jobs set attempts = greatest(attempts - 1, 0) where locked_by = any($1::text[])',
    [poolIds],
  )
  await connection.query('select graphile_worker.force_unlock_workers($1::text[])', [poolIds])
}

/** Releases the jobs that a live pool has in its name without knowing of them, and their queues. Returns how many. */
async function freeForgotten(connection: pg.Client, pools: string[], handed: string[]): Promise<number> {
  const { rows } = await connection.query<{ n: number }>(
    `with forgotten as (
       update graphile_worker._private_jobs set locked_by = null, locked_at = null, attempts = greatest(attempts - 1, 0)
       where locked_by = any($1::text[]) and locked_at < now() - make_interval(secs => $2) and id <> all($3::bigint[])
       returning job_queue_id, locked_by
     ), queues as (
       update graphile_worker._private_job_queues q set locked_by = null, locked_at = null
       where q.id in (select job_queue_id from forgotten) and q.locked_by = any($1::text[])
     ) select count(*)::int as n from forgotten`,
    [pools, FORGOTTEN_S, handed],
  )
  return rows[0]!.n
}

async function hold(connection: pg.Client, poolId: string): Promise<void> {
  await connection.query('begin')
  const { rows } = await connection.query(
    'insert into workers (pool_id) values ($1) on conflict (pool_id) do update set started_at = now() returning lock_key::int',
    [poolId],
  )
  // Locked for the session before the row is visible: no process sees us registered but unlocked.
  await connection.query('select pg_advisory_lock($1, $2)', [LOCK_SPACE, rows[0].lock_key])
  await connection.query('commit')
}
