import type { Socket } from 'node:net'
import type pg from 'pg'
import type { Database } from './db.ts'

/** One changed row: its account and id. No texts, no phones: the reader fetches what it may see. */
export type Change = { account: string; what: string; id: string; contact: string | null; deleted: boolean }

export type LiveFeed = {
  /** Calls back for every change of the account, made by any process; returns the function that stops it. */
  follow(account: string, onChange: (change: Change) => void, onGap: () => void): () => void
  stop(): Promise<void>
}

const RETRY_MS = 500

/**
 * A proxy or a firewall may drop a connection silently, and TCP then takes hours to notice. So the connection is
 * checked this often, and given up when it does not answer in time: a loss is noticed within 15 s.
 */
const BEAT = { everyMs: 10_000, answerMs: 5_000 }

/**
 * Listens to PostgreSQL on its own connection. When that breaks or falls silent, changes may have been missed: `onGap`
 * is called for all followers once it is back. `onEvery` sees each change first, of any account.
 */
export async function startLiveFeed(
  db: Database,
  onEvery: (change: Change) => void,
  onGap: () => void,
  beat: typeof BEAT = BEAT,
): Promise<LiveFeed> {
  const followers = new Map<string, Set<{ onChange: (change: Change) => void; onGap: () => void }>>()
  let stopped = false
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | undefined

  async function listen() {
    const connection = await db.connect()
    connection.on('error', () => {})
    connection.on('end', () => lost(connection))
    connection.on('notification', ({ payload }) => {
      for (const change of JSON.parse(payload ?? '[]') as Change[]) {
        onEvery(change)
        for (const follower of followers.get(change.account) ?? []) follower.onChange(change)
      }
    })
    try {
      await ask(connection, 'listen textback')
    } catch (error) {
      cut(connection)
      throw error
    }
    if (stopped) return cut(connection)
    client = connection
    timer = setTimeout(check, beat.everyMs, connection)
  }

  async function check(connection: pg.Client) {
    try {
      await ask(connection, 'select 1')
      if (client === connection) timer = setTimeout(check, beat.everyMs, connection)
    } catch {
      cut(connection)
      lost(connection)
    }
  }

  const ask = (connection: pg.Client, text: string) =>
    connection.query({ text, query_timeout: beat.answerMs } as pg.QueryConfig)

  function lost(connection: pg.Client) {
    if (stopped || client !== connection) return
    client = null
    clearTimeout(timer)
    again()
  }

  function again() {
    timer = setTimeout(async () => {
      try {
        await listen()
        if (stopped) return
        onGap()
        for (const set of followers.values()) for (const follower of set) follower.onGap()
      } catch {
        if (!stopped) again()
      }
    }, RETRY_MS)
  }

  await listen()
  return {
    follow(account, onChange, onGap) {
      const follower = { onChange, onGap }
      const set = followers.get(account) ?? new Set()
      followers.set(account, set.add(follower))
      return () => {
        set.delete(follower)
        if (set.size === 0) followers.delete(account)
      }
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      const connection = client
      client = null
      if (!connection) return
      const givenUp = setTimeout(cut, beat.answerMs, connection)
      await connection.end()
      clearTimeout(givenUp)
    },
  }
}

/** Closes without a message to the other side. */
function cut(connection: pg.Client): void {
  const { stream } = (connection as unknown as { connection: { stream: Socket } }).connection
  stream.destroy()
}
