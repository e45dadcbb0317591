import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Power } from '../../domain/apiKeys.ts'
import { newId } from '../../domain/ids.ts'
import type { Tx } from '../db.ts'

export const hashKey = (key: string): Buffer => createHash('sha256').update(key).digest()

/** What people see of a key, to tell it from others. */
export const hintOf = (key: string): string => key.slice(-4)

/** What people see of the keys; the secrets are shown only when they are made. */
export const apiKeyRows = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('apiKeys')
    .select([
      'id',
      'name',
      'hint',
      'scope',
      'expiresAt',
      'createdAt',
      'lastUsedAt',
      'previousWorksUntil',
      'previousUsedAt',
    ])
    .where('accountId', '=', accountId)

export type ApiKeyRow = Awaited<ReturnType<ReturnType<typeof apiKeyRows>['executeTakeFirstOrThrow']>>

/** The key that has this secret, of whatever account; `isPrevious`: it is the one before the last rolling. */
export function keyOfSecret(tx: Tx, secret: string) {
  const hash = hashKey(secret)
  return tx
    .selectFrom('apiKeys')
    .select([
      'id',
      'accountId',
      'name',
      'scope',
      'expiresAt',
      'lastUsedAt',
      'previousWorksUntil',
      'previousUsedAt',
      sql<boolean>`hash <> ${hash}`.as('isPrevious'),
    ])
    .where((eb) => eb.or([eb('hash', '=', hash), eb('previousHash', '=', hash)]))
    .executeTakeFirst()
}

/**
 * Stores a key of the provisioning file by its name. Another secret than the file's last one replaces the key's; the
 * same one changes nothing, so that a secret which was rolled since does not come back at the next start.
 */
export async function saveProvisionedKey(
  tx: Tx,
  accountId: string,
  { name, key, ...power }: Power & { name: string; key: string },
): Promise<void> {
  const hash = hashKey(key)
  const isOther = sql<boolean>`api_keys.provisioned_hash is distinct from ${hash} and api_keys.hash <> ${hash}`
  await tx
    .insertInto('apiKeys')
    .values({ id: newId(), accountId, name, hash, hint: hintOf(key), provisionedHash: hash, ...power })
    .onConflict((c) =>
      c.columns(['accountId', 'name']).doUpdateSet({
        ...power,
        provisionedHash: hash,
        hash: sql`case when ${isOther} then excluded.hash else api_keys.hash end`,
        hint: sql`case when ${isOther} then excluded.hint else api_keys.hint end`,
        previousHash: sql`case when ${isOther} then null else api_keys.previous_hash end`,
        previousWorksUntil: sql`case when ${isOther} then null else api_keys.previous_works_until end`,
        previousUsedAt: sql`case when ${isOther} then null else api_keys.previous_used_at end`,
      }),
    )
    .execute()
}
