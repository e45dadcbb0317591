import { createHash, randomBytes } from 'node:crypto'
import type { Actor } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import { before, MINUTE } from '../../domain/time.ts'
import { asAccount, asPlatform, type Database, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import type { World } from '../world.ts'

/** A key is 32 random bytes behind `tb_`; only its SHA-256 is kept. It is random, so it needs no slow hash. */
const makeKey = (): string => `tb_${randomBytes(32).toString('base64url')}`

export const hashKey = (key: string): Buffer => createHash('sha256').update(key).digest()

/** Stores a key by name; the same name again replaces the key. */
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

/** The account that the key belongs to, or null. */
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
    // To the minute is exact enough to see which keys are in use.
    if (row && (!row.lastUsedAt || row.lastUsedAt < before(now, MINUTE)))
      await tx.updateTable('apiKeys').set({ lastUsedAt: now }).where('id', '=', row.id).execute()
    return row ? { accountId: row.accountId, keyId: row.id } : null
  })
}

/** Makes a key, which is shown this once; null when the name is taken. */
export async function makeApiKey(
  world: World,
  accountId: string,
  name: string,
  actor: Actor,
): Promise<{ id: string; key: string } | null> {
  const key = makeKey()
  return asAccount(world.db, accountId, async (tx) => {
    const taken = await tx
      .selectFrom('apiKeys')
      .select('id')
      .where('accountId', '=', accountId)
      .where('name', '=', name)
      .executeTakeFirst()
    if (taken) return null
    const id = await saveApiKey(tx, accountId, name, key)
    await recordEvent(tx, accountId, { type: 'api_key.made', actor, data: { name } }, world.now())
    return { id, key }
  })
}

/** False when there is no such key. */
export async function revokeApiKey(world: World, accountId: string, id: string, actor: Actor): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    const gone = await tx
      .deleteFrom('apiKeys')
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst()
    if (gone) await recordEvent(tx, accountId, { type: 'api_key.revoked', actor, data: gone }, world.now())
    return gone !== undefined
  })
}
