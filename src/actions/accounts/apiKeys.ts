import { createHash, randomBytes } from 'node:crypto'
import { newId } from '../domain/ids.ts'
import { before, MINUTE } from '../domain/time.ts'
import { asPlatform, type Database, type Tx } from '../store/db.ts'

/** A key is 32 random bytes behind `tb_`; only its SHA-256 is kept. It is random, so it needs no slow hash. */
export const makeKey = (): string => `tb_${randomBytes(32).toString('base64url')}`

export const hashKey = (key: string): Buffer => createHash('sha256').update(key).digest()

/** Keeps a key by name; the same name again gets the new key. */
export async function saveApiKey(tx: Tx, accountId: string, name: string, key: string): Promise<string> {
  const values = { hash: hashKey(key), hint: key.slice(-4) }
  const row = await tx
    .insertInto('apiKeys')
    .values({ id: newId(), accountId, name, ...values })
    .onConflict((c) => c.columns(['accountId', 'name']).doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Whose key this is, or null. */
export async function accountOfKey(
  db: Database,
  key: string,
  now: Date,
): Promise<{ accountId: string; keyId: string } | null> {
  if (!key.startsWith('tb_')) return null
  return asPlatform(db, async (tx) => {
    const row = await tx
      .selectFrom('apiKeys')
      .select(['accountId', 'id', 'lastUsedAt'])
      .where('hash', '=', hashKey(key))
      .executeTakeFirst()
    // To the minute is enough to see which keys are still in use.
    if (row && (!row.lastUsedAt || row.lastUsedAt < before(now, MINUTE)))
      await tx.updateTable('apiKeys').set({ lastUsedAt: now }).where('id', '=', row.id).execute()
    return row ? { accountId: row.accountId, keyId: row.id } : null
  })
}
