import type { Actor } from '../../domain/events.ts'
import { accountAsJson } from '../../store/accounts/export.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import type { World } from '../world.ts'

/** Exports the whole account, piece by piece. The audit log records who did it. */
export async function exportAccount(world: World, accountId: string, actor: Actor): Promise<AsyncIterable<string>> {
  const now = world.now()
  await asAccount(world.db, accountId, (tx) => recordEvent(tx, accountId, { type: 'account.exported', actor }, now))
  return accountAsJson(world.db, accountId, now)
}
