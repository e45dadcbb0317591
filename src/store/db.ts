import type { Socket } from 'node:net'
import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import pg from 'pg'
import { type Breaker, DatabaseAway, makeBreaker, type Sign } from './away.ts'
import type { DB } from './tables.ts'

/** bigint (value_cents, counts) fits a JavaScript number for any sum that a business will see. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** A transaction that sees one account (or, from `asPlatform`, all of them). The only way to the tables. */
export type Tx = Kysely<DB>

export type Database = {
  /** Refuses at once while the database is known to be away. */
  pool: pg.Pool
  breaker: Breaker
  /** For connections that live long: LISTEN, advisory locks. */
  connect(): Promise<pg.Client>
  /** Another pool on the same server, for the job queue, see jobs/worker.ts. */
  newPool(size: number, options?: string, statementMs?: number): pg.Pool
  close(): Promise<void>
}

/**
 * The limits for a connection (also for the one that asks whether the database is there) and for a statement: a waiting
 * carrier must get its 503 within 3 s.
 */
const CONNECT_MS = 1_500
const STATEMENT_MS = 2_500

/**
 * PostgreSQL cancels a statement this long before we give up. Its connection then stays good, and a statement that
 * waits for a lock is not mistaken for a database that is away.
 */
const NOTICE_MS = 200

/** A machine that lost power closes no connection: PostgreSQL ends its session, and its locks, within 15 s. */
const NOTICE_DEATH =
  '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000'

/**
 * Opens the database. A login that bypasses row-level security (a superuser, BYPASSRLS) is bound too: its connections
 * take the role `textback_app`, which exists for this.
 */
export async function openDatabase(config: pg.ClientConfig, poolSize = 16): Promise<Database> {
  const role = await rowSecurityRole(config)
  const options = `-c search_path=textback,public${role ? ` -c role=${role}` : ''}`
  const clientConfig: pg.ClientConfig = {
    ...config,
    options,
    application_name: 'textback',
    connectionTimeoutMillis: CONNECT_MS,
  }
  const newPool = (size: number, more = '', statementMs = STATEMENT_MS) => {
    const pool = new pg.Pool({
      ...clientConfig,
      options: `${options} ${more}${statementMs > 0 ? ` -c statement_timeout=${statementMs - NOTICE_MS}` : ''}`,
      max: size,
      query_timeout: statementMs,
      pipeline: true,
    })
    // A broken connection is replaced; the query that meets the failure reports it.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }
  const breaker = makeBreaker(() => signOfLife(clientConfig))
  const pool = guarded(newPool(poolSize), breaker)
  return {
    pool,
    breaker,
    newPool,
    async connect() {
      const client = new pg.Client({ ...clientConfig, options: `${options} ${NOTICE_DEATH}`, keepAlive: true })
      await client.connect()
      return client
    },
    close() {
      breaker.stop()
      return pool.end()
    },
  }
}

/** Over a new connection: those that are open may be broken, or all taken. */
async function signOfLife(config: pg.ClientConfig): Promise<Sign> {
  const client = new pg.Client({
    ...config,
    query_timeout: CONNECT_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return 'answer'
  } catch (error) {
    // "Too many connections" is an answer too: those that we have go on working.
    if (error instanceof pg.DatabaseError) return /^(08|57P)/.test(error.code ?? '') ? 'refused' : 'answer'
    return /timeout/.test((error as Error).message) ? 'silence' : 'refused'
  } finally {
    await cut(client)
  }
}

/** Ends a connection that may hang, without waiting for the other side. */
async function cut(client: pg.Client): Promise<void> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  stream.destroy()
}

/** The one place at which all of the app, and better-auth, meet the breaker. */
function guarded(pool: pg.Pool, breaker: Breaker): pg.Pool {
  const connect = pool.connect.bind(pool)
  const guard = async (): Promise<pg.PoolClient> => {
    breaker.pass()
    try {
      return await connect()
    } catch (error) {
      breaker.suspect()
      throw error instanceof pg.DatabaseError ? error : new DatabaseAway(error)
    }
  }
  type Callback = (error: Error | undefined, client?: pg.PoolClient, done?: unknown) => void
  const guardedConnect = (callback?: Callback) => {
    if (!callback) return guard()
    guard().then((client) => callback(undefined, client, client.release), callback)
  }
  return Object.assign(pool, { connect: guardedConnect })
}

async function rowSecurityRole(config: pg.ClientConfig): Promise<string | null> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: CONNECT_MS })
  await client.connect()
  try {
    const { rows } = await client.query(
      'select rolsuper or rolbypassrls as unbound from pg_roles where rolname = current_user',
    )
    if (!rows[0]?.unbound) return null
    await client.query(`do $$ begin
        if not exists (select from pg_roles where rolname = 'textback_app') then
          create role textback_app nologin nosuperuser nobypassrls;
        end if;
        if not pg_has_role('textback_app', 'member') then
          execute format('grant textback_app to %I', current_user);
        end if;
        execute format('grant create, connect, temporary on database %I to textback_app', current_database());
      end $$`)
    return 'textback_app'
  } finally {
    await client.end()
  }
}

/** Everything in `work` sees and changes this account's rows only, and is committed as one or not at all. */
export function asAccount<T>(
  db: Database,
  accountId: string,
  work: (tx: Tx) => Promise<T>,
  limits: Limits = {},
): Promise<T> {
  return transaction(db, accountId, work, limits)
}

/** `lockMs`: how long a statement waits for a lock; by default as long as a statement may take. */
type Limits = { lockMs?: number }

/** For work across accounts: finding the connection that a hook belongs to, provisioning, catching up. */
export function asPlatform<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transaction(db, '*', work)
}

/**
 * Done once more when PostgreSQL ended it because it and another waited for each other: nothing of it was kept, the other
 * has gone on, and `work` reaches nothing but its rows.
 */
async function transaction<T>(...asked: Parameters<typeof attempt<T>>): Promise<T> {
  try {
    return await attempt(...asked)
  } catch (error) {
    if (!isDeadlock(error)) throw error
    return attempt(...asked)
  }
}

/**
 * `begin` and the account are sent with the first statement (the connection pipelines), so that a transaction costs as
 * many round trips as it has statements to wait for, plus the commit. A Tx used after its transaction throws: its
 * statement would run in the connection's next transaction.
 */
async function attempt<T>(
  db: Database,
  account: string,
  work: (tx: Tx) => Promise<T>,
  { lockMs }: Limits = {},
): Promise<T> {
  const client = await db.pool.connect()
  const open: Open = { client, over: false, failures: [] }
  let broken: Error | undefined
  try {
    writeTogether(client)
    const limit = lockMs ? `set local lock_timeout = ${lockMs}; ` : ''
    const begun = client.query(
      `begin; ${limit}select set_config('textback.account', ${pg.escapeLiteral(account)}, true)`,
    )
    const [result] = await Promise.all([work(onClient(open)), begun])
    open.over = true
    // A failed statement whose error was caught has aborted the transaction: commit is answered with ROLLBACK.
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a failed statement was swallowed.')
    return result
  } catch (error) {
    open.over = true
    // Of statements sent together, those after the failed one only report that it failed (25P02).
    const fault = open.failures.includes(error) ? open.failures[0] : error
    if (isDatabaseAway(fault)) {
      // Nobody would answer the rollback. PostgreSQL ends the transaction with its connection.
      broken = fault as Error
      db.breaker.suspect()
    } else
      await client.query('rollback').catch((unanswered) => {
        broken = unanswered
      })
    throw fault
  } finally {
    client.release(broken)
  }
}

/** A running transaction. `failures` gets the errors, in order. */
type Open = { client: pg.PoolClient; over: boolean; failures: unknown[] }

/**
 * Statements made until the due ticks are done leave in one write: each write wakes a process of PostgreSQL, and took a
 * third of the app's time. The second tick is for statements that are gathered (together.ts) in the first.
 */
function writeTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  stream.cork()
  process.nextTick(() => process.nextTick(() => stream.uncork()))
}

/** PostgreSQL plans a named statement once: its CPU for a missed call fell from 10 ms to 6. */
const statementNames = new Map<string, string>()

/** Lists (`in (…)`) make ever new statements; those after this many are planned each time. */
const MOST_NAMED_STATEMENTS = 500

function nameOf(statement: string): string | undefined {
  let name = statementNames.get(statement)
  if (!name && statementNames.size < MOST_NAMED_STATEMENTS) {
    name = `s${statementNames.size}`
    statementNames.set(statement, name)
  }
  return name
}

const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })]

/** Kysely over one connection, whose transaction another part begins and commits. */
function onClient(open: Open): Kysely<DB> {
  const connection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery) {
      if (open.over) throw new Error('This transaction is over: its Tx was kept and used too late.')
      writeTogether(open.client)
      const asked = open.client.query({ name: nameOf(sql), text: sql, values: parameters as unknown[] })
      const result = await asked.catch((error) => {
        open.failures.push(error)
        throw error
      })
      return { rows: result.rows as R[], numAffectedRows: BigInt(result.rowCount ?? 0) }
    },
    // biome-ignore lint/correctness/useYield: a pipelined connection cannot hold a portal open
    async *streamQuery() {
      throw new Error('Streaming is not supported; page with a cursor.')
    },
  }
  const nothing = async () => {}
  const driver: Driver = {
    init: nothing,
    destroy: nothing,
    acquireConnection: async () => connection,
    releaseConnection: nothing,
    beginTransaction: () => Promise.reject(new Error('A transaction is open already.')),
    commitTransaction: nothing,
    rollbackTransaction: nothing,
  }
  return new Kysely<DB>({
    dialect: {
      createDriver: () => driver,
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (db) => new PostgresIntrospector(db),
    },
    plugins,
  })
}

/**
 * What the system was asked for when a connection failed, whatever its answer: EHOSTUNREACH, EAI_AGAIN of a name that is
 * gone, or EAGAIN, which is what a frozen server's full queue gives.
 */
const SOCKET_CALLS = new Set(['connect', 'read', 'write', 'getaddrinfo', 'shutdown'])

/** True when the database itself is away, restarting or out of connections, so that every query would fail. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof DatabaseAway) return true
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown }
  if (SOCKET_CALLS.has(String(syscall))) return true
  if (typeof code === 'string') {
    if (/^(08|53|57P|ERR_STREAM_|ERR_SOCKET_)/.test(code)) return true
    if (['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'].includes(code)) return true
    // PostgreSQL answered, so it is there.
    if (/^[0-9A-Z]{5}$/.test(code)) return false
  }
  const message = error instanceof Error ? error.message : ''
  return /timeout|terminated|Connection (ended|terminated)|not queryable|connection error/i.test(message)
}

/** True when PostgreSQL ended this transaction since it and another waited for each other. */
export function isDeadlock(error: unknown): boolean {
  return (error as { code?: unknown })?.code === '40P01'
}

/** More was asked at once than the transactions of this process could take in time. */
export class WaitedTooLong extends Error {
  constructor() {
    super('There was no transaction to be had in time.')
  }
}

/** True for a fault that passes: the database is away, a statement waited too long for a lock, a deadlock was broken. */
export function isPassingFault(error: unknown): boolean {
  const code = (error as { code?: unknown })?.code
  if (error instanceof WaitedTooLong) return true
  return isDatabaseAway(error) || code === '55P03' || code === '57014' || /^40/.test(String(code))
}

/** True when the values themselves are at fault (class 22, data exceptions): a NUL in a text, an impossible year. */
export function isUnkeepable(error: unknown): boolean {
  const code = (error as { code?: unknown })?.code
  return typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code)
}
