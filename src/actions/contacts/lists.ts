import type { Actor } from '../../domain/events.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import type { World } from '../world.ts'

/** The exclusion list (staff, suppliers) and the block list (pests). */
export type ListName = 'exclude' | 'block'

/** Puts an address on a list, or changes its note. */
export async function listAddress(
  world: World,
  accountId: string,
  { list, address, note }: { list: ListName; address: string; note: string | null },
  actor: Actor,
): Promise<{ address: string; note: string | null; createdAt: Date }> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    await recordEvent(tx, accountId, { type: 'list.added', actor, data: { list, phone: address } }, now)
    return tx
      .insertInto('listedAddresses')
      .values({ accountId, list, address, note, createdAt: now })
      .onConflict((c) => c.columns(['accountId', 'list', 'kind', 'address']).doUpdateSet({ note }))
      .returning(['address', 'note', 'createdAt'])
      .executeTakeFirstOrThrow()
  })
}

/** False when it is not on the list. */
export async function unlistAddress(
  world: World,
  accountId: string,
  { list, address }: { list: ListName; address: string },
  actor: Actor,
): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    const gone = await tx
      .deleteFrom('listedAddresses')
      .where('accountId', '=', accountId)
      .where('list', '=', list)
      .where('kind', '=', 'phone')
      .where('address', '=', address)
      .returning('address')
      .executeTakeFirst()
    if (gone)
      await recordEvent(tx, accountId, { type: 'list.removed', actor, data: { list, phone: address } }, world.now())
    return gone !== undefined
  })
}
