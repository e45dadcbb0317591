import { randomBytes } from 'node:crypto'
import { beyond, earliest, OVERLAP_HOURS, type Power, type Scope } from '../../domain/apiKeys.ts'
import type { Actor } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import { after, before, HOUR, MINUTE } from '../../domain/time.ts'
import { hashKey, hintOf, keyOfSecret } from '../../store/accounts/apiKeys.ts'
import { asAccount, asPlatform, type Database } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import type { World } from '../world.ts'

/** A key is 32 random bytes behind `tb_`; only its SHA-256 is kept. It is random, so it needs no slow hash. */
const makeKey = (): string => `tb_${randomBytes(32).toString('base64url')}`

/** An API key that makes a request. With `isPrevious` by the secret before its last rolling, which ends at `expiresAt`. */
export type KeyInUse = Power & { id: string; name: string; isPrevious: boolean }

/** `expired`: the key ended then. `replaced`: it was rolled, and the old secret worked until then. */
type FoundKey =
  | { outcome: 'works'; accountId: string; key: KeyInUse }
  | { outcome: 'expired' | 'replaced'; name: string; since: Date }
  | { outcome: 'unknown' }

/** Finds the key that has this secret, and notes its use. */
export async function recognizeKey(db: Database, secret: string, now: Date): Promise<FoundKey> {
  if (!secret.startsWith('tb_')) return { outcome: 'unknown' }
  return asPlatform(db, async (tx) => {
    const row = await keyOfSecret(tx, secret)
    if (!row) return { outcome: 'unknown' }
    const { accountId, id, name, expiresAt, isPrevious, previousWorksUntil } = row
    if (expiresAt && expiresAt <= now) return { outcome: 'expired', name, since: expiresAt }
    if (isPrevious && previousWorksUntil && previousWorksUntil <= now)
      return { outcome: 'replaced', name, since: previousWorksUntil }
    // To the minute is exact enough to see which keys are in use.
    const lastUse = isPrevious ? row.previousUsedAt : row.lastUsedAt
    if (!lastUse || lastUse < before(now, MINUTE))
      await tx
        .updateTable('apiKeys')
        .set({ lastUsedAt: now, ...(isPrevious && { previousUsedAt: now }) })
        .where('id', '=', id)
        .execute()
    const ends = isPrevious && previousWorksUntil ? earliest(previousWorksUntil, expiresAt) : expiresAt
    return { outcome: 'works', accountId, key: { id, name, scope: row.scope as Scope, expiresAt: ends, isPrevious } }
  })
}

/** Who makes, rolls or revokes a key: an owner, or a program by its own key. */
type Asker = { accountId: string; actor: Actor; key: Pick<KeyInUse, 'scope' | 'expiresAt' | 'isPrevious'> | null }

/**
 * The secret that asks was replaced by a rolling. It works so that programs can change over; whoever stole it must not
 * be able to outlive it with another key, or to lock out the one who rolled.
 */
type Replaced = { outcome: 'replaced' }

type Refused =
  | Replaced
  | { outcome: 'taken' }
  /** The time is over. */
  | { outcome: 'past' }
  /** The key that asks may less, or ends earlier: this part of the wanted key goes beyond it. */
  | { outcome: 'beyond'; part: 'scope' | 'expiresAt' }

/** Makes a key, whose secret is shown this once. */
export async function makeApiKey(
  world: World,
  { accountId, actor, key: asking }: Asker,
  { name, ...power }: Power & { name: string },
): Promise<{ outcome: 'made'; id: string; key: string } | Refused> {
  const now = world.now()
  if (asking?.isPrevious) return { outcome: 'replaced' }
  const key = makeKey()
  const part = asking && beyond(asking, power)
  if (part) return { outcome: 'beyond', part }
  if (power.expiresAt && power.expiresAt <= now) return { outcome: 'past' }
  return asAccount(world.db, accountId, async (tx) => {
    const row = await tx
      .insertInto('apiKeys')
      .values({ id: newId(), accountId, name, hash: hashKey(key), hint: hintOf(key), ...power })
      .onConflict((c) => c.columns(['accountId', 'name']).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!row) return { outcome: 'taken' }
    await recordEvent(tx, accountId, { type: 'api_key.made', actor, data: { name, ...power } }, now)
    return { outcome: 'made', id: row.id, key }
  })
}

/**
 * Gives the key a new secret, which is shown this once. The old one works beside it for the given hours, but never
 * longer than the key did. Without `expiresAt` the key ends when it did.
 */
export async function rollApiKey(
  world: World,
  { accountId, actor, key: asking }: Asker,
  id: string,
  change: { oldWorksForHours?: number; expiresAt?: Date | null },
): Promise<{ outcome: 'rolled'; key: string } | { outcome: 'none' } | Refused> {
  const now = world.now()
  if (asking?.isPrevious) return { outcome: 'replaced' }
  const key = makeKey()
  return asAccount(world.db, accountId, async (tx) => {
    const row = await tx
      .selectFrom('apiKeys')
      .select(['name', 'scope', 'expiresAt', 'hash'])
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (!row) return { outcome: 'none' }
    const expiresAt = change.expiresAt === undefined ? row.expiresAt : change.expiresAt
    // Its new secret is shown to the one that asks, which must not get more by it than it has.
    const part = asking && beyond(asking, { scope: row.scope as Scope, expiresAt })
    if (part) return { outcome: 'beyond', part }
    if (expiresAt && expiresAt <= now) return { outcome: 'past' }
    const overlapMs = (change.oldWorksForHours ?? OVERLAP_HOURS) * HOUR
    const previousWorksUntil = earliest(after(now, overlapMs), row.expiresAt, expiresAt)
    await tx
      .updateTable('apiKeys')
      .set({
        hash: hashKey(key),
        hint: hintOf(key),
        expiresAt,
        previousHash: row.hash,
        previousWorksUntil,
        previousUsedAt: null,
      })
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .execute()
    const data = { name: row.name, oldWorksUntil: previousWorksUntil, expiresAt }
    await recordEvent(tx, accountId, { type: 'api_key.rolled', actor, data }, now)
    return { outcome: 'rolled', key }
  })
}

/** Ends the key with both of its secrets. */
export async function revokeApiKey(
  world: World,
  { accountId, actor, key: asking }: Asker,
  id: string,
): Promise<{ outcome: 'revoked' } | { outcome: 'none' } | Replaced> {
  if (asking?.isPrevious) return { outcome: 'replaced' }
  return asAccount(world.db, accountId, async (tx) => {
    const gone = await tx
      .deleteFrom('apiKeys')
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst()
    if (!gone) return { outcome: 'none' }
    await recordEvent(tx, accountId, { type: 'api_key.revoked', actor, data: gone }, world.now())
    return { outcome: 'revoked' }
  })
}
