import type pg from 'pg'
import type { Database } from './db.ts'

/** One changed row: which, whose. No texts, no phones: the reader fetches what it may see. */
export type Change = { account: string; what: string; id: string; contact: string | null; deleted: boolean }

export type LiveFeed = {
  /** Calls back for every change of the account, of whatever process; gives the way to stop. */
  follow(account: string, onChange: (change: Change) => void, onGap: () => void): () => void
  stop(): Promise<void>
}

const RETRY_MS = 500

/**
 * Listens to PostgreSQL on a connection of its own. When that breaks, changes may have been missed: everybody is told
 * (`onGap`) as soon as it stands again. `onEvery` sees each change first, whoever's it is.
 */
export async function startLiveFeed(
  db: Database,
  onEvery: (change: Change) => void,
  onGap: () => void,
): Promise<LiveFeed> {
  const followers = new Map<string, Set<{ onChange: (change: Change) => void; onGap: () => void }>>()
  let stopped = false
  let client: pg.Client | null = null
  let retry: NodeJS.Timeout | undefined

  async function listen() {
    const connection = await db.connect()
    connection.on('error', () => {})
    connection.on('end', () => {
      if (stopped || client !== connection) return
      client = null
      again()
    })
    connection.on('notification', ({ payload }) => {
      for (const change of JSON.parse(payload ?? '[]') as Change[]) {
        onEvery(change)
        for (const follower of followers.get(change.account) ?? []) follower.onChange(change)
      }
    })
    await connection.query('listen textback')
    client = connection
  }

  function again() {
    retry = setTimeout(async () => {
      try {
        await listen()
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
      clearTimeout(retry)
      const connection = client
      client = null
      await connection?.end()
    },
  }
}
