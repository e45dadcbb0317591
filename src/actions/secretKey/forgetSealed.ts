import { sql } from 'kysely'
import type { Failure } from '../../domain/words.ts'
import { newSecret } from '../../outbound/signature.ts'
import { sealContext } from '../../store/connections/connections.ts'
import { asPlatform, type Database, type Tx } from '../../store/db.ts'
import { type SealedValue, unopened } from '../../store/sealed.ts'
import { secretBox } from '../../store/secrets.ts'
import { sealSecret } from '../../store/webhooks/webhooks.ts'
import { disableWebhook } from '../webhooks/disableWebhook.ts'
import { closeDoors } from './changeKey.ts'

/** What people read at a connection until they enter its credentials again. */
const CREDENTIALS_LOST: Failure = {
  code: null,
  sentence: 'The credentials of this connection were lost with the key of this server.',
  nextStep: 'Enter them again: Change credentials.',
}

/**
 * After the old key was lost: replaces every sealed value that this key does not open by an empty one, which can be
 * entered again. Everything else stays: numbers, contacts, texts. Refuses while Textback runs, as changeKey does.
 */
export async function forgetSealed(
  db: Database,
  secretKey: string,
  now: Date,
): Promise<{ outcome: 'forgotten'; forgotten: SealedValue[] } | { outcome: 'running'; connections: number }> {
  return asPlatform(db, async (tx) => {
    const connections = await closeDoors(tx)
    if (connections > 0) return { outcome: 'running', connections }
    const { closed } = await unopened(tx, secretKey)
    for (const value of closed) await forget[value.table]!(tx, value, secretKey, now)
    return { outcome: 'forgotten', forgotten: closed }
  })
}

/** How a value of each table is forgotten. */
const forget: Record<string, (tx: Tx, value: SealedValue, secretKey: string, now: Date) => Promise<void>> = {
  connections: forgetCredentials,
  webhooks: forgetWebhookSecret,
  two_factors: forgetSecondFactor,
}

/** Without credentials a connection refuses every webhook, and its carrier every text. */
async function forgetCredentials(tx: Tx, { account, id }: SealedValue, secretKey: string, now: Date): Promise<void> {
  await tx
    .updateTable('connections')
    .set({
      secrets: secretBox(secretKey).seal({}, sealContext(account, id)),
      failure: JSON.stringify(CREDENTIALS_LOST),
      updatedAt: now,
    })
    .where('accountId', '=', account)
    .where('id', '=', id)
    .execute()
}

/** It gets a secret that nobody knows, and is switched off: what that would sign no receiver could verify. */
async function forgetWebhookSecret(
  tx: Tx,
  { account, id, column }: SealedValue,
  secretKey: string,
  now: Date,
): Promise<void> {
  const row = tx.updateTable('webhooks').where('accountId', '=', account).where('id', '=', id)
  if (column === 'previous_secret') {
    await row.set({ previousSecret: null, previousSignsUntil: null }).execute()
    return
  }
  const secret = sealSecret(secretBox(secretKey), account, id, newSecret())
  await row.set({ secret, updatedAt: now }).execute()
  await disableWebhook(tx, account, id, 'secret_lost', now)
  // One that was off already says now why it cannot simply be switched on.
  await row.set({ disabledWhy: 'secret_lost' }).execute()
}

/** Its owner signs in with the password alone, and sets up a new one. */
async function forgetSecondFactor(tx: Tx, { id }: SealedValue): Promise<void> {
  await sql`with gone as (delete from two_factors where id = ${id} returning user_id)
    update users set two_factor_enabled = false where id in (select user_id from gone)`.execute(tx)
}
