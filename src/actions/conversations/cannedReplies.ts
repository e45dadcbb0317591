import { newId } from '../../domain/ids.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import type { World } from '../world.ts'

export type CannedReply = { id: string; title: string; body: string; createdAt: Date; updatedAt: Date }

const columns = ['id', 'title', 'body', 'createdAt', 'updatedAt'] as const

/** Null when the title is taken. */
export async function addCannedReply(
  world: World,
  accountId: string,
  reply: { title: string; body: string },
): Promise<CannedReply | null> {
  const now = world.now()
  const row = await asAccount(world.db, accountId, (tx) =>
    tx
      .insertInto('cannedReplies')
      .values({ id: newId(), accountId, ...reply, createdAt: now, updatedAt: now })
      .onConflict((c) => c.columns(['accountId', 'title']).doNothing())
      .returning(columns)
      .executeTakeFirst(),
  )
  return row ?? null
}

export async function changeCannedReply(
  world: World,
  accountId: string,
  id: string,
  change: { title?: string; body?: string },
): Promise<CannedReply | 'none' | 'taken'> {
  return asAccount(world.db, accountId, async (tx) => {
    if (change.title && (await titleIsTaken(tx, accountId, change.title, id))) return 'taken'
    const row = await tx
      .updateTable('cannedReplies')
      .set({ ...change, updatedAt: world.now() })
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirst()
    return row ?? 'none'
  })
}

async function titleIsTaken(tx: Tx, accountId: string, title: string, id: string): Promise<boolean> {
  const other = await tx
    .selectFrom('cannedReplies')
    .select('id')
    .where('accountId', '=', accountId)
    .where('title', '=', title)
    .where('id', '!=', id)
    .executeTakeFirst()
  return other !== undefined
}

/** False when there is no such reply. */
export async function deleteCannedReply(world: World, accountId: string, id: string): Promise<boolean> {
  const gone = await asAccount(world.db, accountId, (tx) =>
    tx
      .deleteFrom('cannedReplies')
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst(),
  )
  return gone !== undefined
}
