import type { Connection } from '../../domain/connection.ts'
import { asPlatform, type Database, type Tx } from '../db.ts'
import type { SecretBox } from '../secrets.ts'

/** A carrier connection ready for use: its credentials are decrypted, in memory only. */
export type OpenConnection = Connection & {
  /** The account's country: how to read a number without a country code. */
  country: string
}

/** Whether the account has a connection to the simulated phone network, the only kind with its own address. */
export async function isOnSimulator(tx: Tx, accountId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('connections')
    .select('id')
    .where('accountId', '=', accountId)
    .where('apiUrl', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * The connections by account and id, kept in memory: every webhook needs one, and they hardly ever change. The live
 * feed calls `forget` when a row changed, in any process; the age limit covers a lost notification.
 */
export type Connections = {
  find(accountId: string, id: string): Promise<OpenConnection | null>
  forget(accountId: string, id: string): void
  forgetAll(): void
}

const KEPT_MS = 30_000

export function makeConnections(db: Database, secrets: SecretBox): Connections {
  const kept = new Map<string, { at: number; connection: OpenConnection | null }>()
  const key = (accountId: string, id: string) => `${accountId}/${id}`
  return {
    async find(accountId, id) {
      const hit = kept.get(key(accountId, id))
      if (hit && performance.now() - hit.at < KEPT_MS) return hit.connection
      const row = await asPlatform(db, (tx) =>
        tx
          .selectFrom('connections')
          .innerJoin('accounts', 'accounts.id', 'connections.accountId')
          .select(['connections.kind', 'connections.apiUrl', 'connections.secrets', 'accounts.country'])
          .where('connections.accountId', '=', accountId)
          .where('connections.id', '=', id)
          .executeTakeFirst(),
      )
      const connection = row
        ? {
            accountId,
            id,
            kind: row.kind,
            apiUrl: row.apiUrl,
            country: row.country,
            credentials: secrets.open(row.secrets, key(accountId, id)),
          }
        : null
      // Strangers may request any path, so only existing connections are kept.
      if (connection) kept.set(key(accountId, id), { at: performance.now(), connection })
      return connection
    },
    forget: (accountId, id) => void kept.delete(key(accountId, id)),
    forgetAll: () => kept.clear(),
  }
}

/** The context that binds a connection's encrypted secrets to its row. */
export const sealContext = (accountId: string, id: string) => `${accountId}/${id}`

export function allConnections(tx: Tx): Promise<{ accountId: string; id: string; kind: string }[]> {
  return tx.selectFrom('connections').select(['accountId', 'id', 'kind']).execute()
}
