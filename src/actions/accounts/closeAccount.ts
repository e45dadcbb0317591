import { after, before, MINUTE, SECOND } from '../../domain/time.ts'
import { CHUNK, eraseChunk, eraseJobs, eraseMembers } from '../../store/accounts/erase.ts'
import { accountTables } from '../../store/accounts/tables.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import type { World } from '../world.ts'

/** An account has one such job. */
export const closingKey = (accountId: string) => `close ${accountId}`

/**
 * The pause between shutting the doors and deleting. Connections are kept in memory for 30 s, and no request to us or
 * to a carrier takes longer than this. So everything under way has ended, and nothing is written during the deletion.
 */
const UNDER_WAY_MS = MINUTE

/** One job deletes for this long and leaves the rest to the next, so that the program stops quickly. */
const SPELL_MS = 2 * SECOND

/**
 * Erases an account whose waiting time is over: shuts its doors, then deletes all its rows, the account's own last.
 * Each step looks at the rows, so that after a crash the next try continues.
 */
export async function closeAccount(world: World, { accountId }: { accountId: string }): Promise<void> {
  const isErasing = await asAccount(world.db, accountId, (tx) => shutDoorsWhenDue(world, tx, accountId))
  if (!isErasing) return
  if (await eraseForASpell(world, accountId)) world.log.info({ accountId }, 'an account was closed and is erased')
  else await asAccount(world.db, accountId, (tx) => again(tx, accountId, world.now()))
}

/** True when everything may be deleted now. Else there is nothing to do, or a job exists for the right moment. */
async function shutDoorsWhenDue(world: World, tx: Tx, accountId: string): Promise<boolean> {
  const now = world.now()
  const account = await tx
    .selectFrom('accounts')
    .select(['closingAt', 'erasingSince'])
    .where('id', '=', accountId)
    .forUpdate()
    .executeTakeFirst()
  // The closing was taken back, or the account is deleted already.
  if (!account?.closingAt) return false
  if (account.closingAt > now) {
    await again(tx, accountId, account.closingAt)
    return false
  }
  if (account.erasingSince && account.erasingSince <= before(now, UNDER_WAY_MS)) return true
  if (!account.erasingSince) await shutDoors(tx, accountId, now)
  await again(tx, accountId, after(account.erasingSince ?? now, UNDER_WAY_MS))
  return false
}

/** From now on no webhook, key or person reaches the account, and nobody can take its closing back. */
async function shutDoors(tx: Tx, accountId: string, now: Date): Promise<void> {
  await tx.updateTable('accounts').set({ erasingSince: now }).where('id', '=', accountId).execute()
  for (const door of ['apiKeys', 'invitations', 'numbers', 'connections'] as const)
    await tx.deleteFrom(door).where('accountId', '=', accountId).execute()
  // Their log may be too long for one statement.
  await tx.updateTable('webhooks').set({ enabled: false }).where('accountId', '=', accountId).execute()
  await eraseMembers(tx, accountId)
}

/** True when nothing of the account is left. */
async function eraseForASpell(world: World, accountId: string): Promise<boolean> {
  const until = performance.now() + SPELL_MS
  for (const { name } of await asAccount(world.db, accountId, accountTables)) {
    let deleted: number
    do {
      if (performance.now() > until) return false
      deleted = await asAccount(world.db, accountId, (tx) => eraseChunk(tx, accountId, name))
    } while (deleted === CHUNK)
  }
  await asAccount(world.db, accountId, async (tx) => {
    await eraseJobs(tx, accountId)
    await tx.deleteFrom('accounts').where('id', '=', accountId).execute()
  })
  return true
}

const again = (tx: Tx, accountId: string, runAt: Date) =>
  addJob(tx, 'close-account', { accountId }, { runAt, key: closingKey(accountId) })
