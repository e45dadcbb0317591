import { type Oversize, oversize, sizeOf } from '../../domain/contactSize.ts'
import type { Actor } from '../../domain/events.ts'
import { lockContacts, moveAddresses } from '../../store/contacts/addresses.ts'
import { countNotes } from '../../store/contacts/contacts.ts'
import * as conversations from '../../store/conversations/conversations.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import type { World } from '../world.ts'

/**
 * Merges `otherId` into `keepId`: addresses, calls, texts, events and leads move over, and empty fields are filled. Of
 * two open leads the kept contact's stays open. False when either contact does not exist; two large contacts stay two.
 */
export async function mergeContacts(
  world: World,
  accountId: string,
  keepId: string,
  otherId: string,
  actor: Actor,
): Promise<boolean | Oversize> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    // A call or text from one of the addresses is recorded before or after the merge, never during it.
    const phones = await lockContacts(tx, accountId, [keepId, otherId])
    const rows = await tx
      .selectFrom('contacts')
      .selectAll()
      .where('accountId', '=', accountId)
      .where('id', 'in', [keepId, otherId])
      .orderBy('id')
      .forUpdate()
      .execute()
    const keep = rows.find((row) => row.id === keepId)
    const other = rows.find((row) => row.id === otherId)
    if (!keep || !other) return false
    const merged = {
      tags: [...new Set([...keep.tags, ...other.tags])],
      fields: { ...(other.fields as object), ...(keep.fields as object) } as Record<string, unknown>,
    }
    const count = async (...ids: string[]) => ({
      phones: ids.flatMap((id) => phones.get(id) ?? []).length,
      notes: await countNotes(tx, accountId, ids),
    })
    const before = { tags: keep.tags, fields: keep.fields as Record<string, unknown>, ...(await count(keepId)) }
    const tooLarge = oversize(sizeOf(before), sizeOf({ ...merged, ...(await count(keepId, otherId)) }))
    if (tooLarge) return tooLarge

    await mergeLeads(tx, accountId, keepId, otherId, now)
    const conversationId = await conversations.merge(tx, accountId, keepId, otherId)
    await tx
      .updateTable('messages')
      .set({ contactId: keepId, ...(conversationId && { conversationId }) })
      .where('accountId', '=', accountId)
      .where('contactId', '=', otherId)
      .execute()
    for (const table of ['calls', 'events', 'notes'] as const)
      await tx
        .updateTable(table)
        .set({ contactId: keepId })
        .where('accountId', '=', accountId)
        .where('contactId', '=', otherId)
        .execute()
    await moveAddresses(tx, accountId, otherId, keepId)
    await tx.deleteFrom('contacts').where('accountId', '=', accountId).where('id', '=', otherId).execute()
    await tx
      .updateTable('contacts')
      .set({
        name: keep.name ?? other.name,
        email: keep.email ?? other.email,
        tags: merged.tags,
        fields: JSON.stringify(merged.fields),
        updatedAt: now,
      })
      .where('accountId', '=', accountId)
      .where('id', '=', keepId)
      .execute()
    const data = { mergedId: otherId, mergedPhone: phones.get(otherId)?.[0] ?? null }
    await recordEvent(tx, accountId, { type: 'contact.merged', contactId: keepId, actor, data }, now)
    return true
  })
}

async function mergeLeads(tx: Tx, accountId: string, keepId: string, otherId: string, now: Date): Promise<void> {
  const keptOpen = await tx
    .selectFrom('leads')
    .select('id')
    .where('accountId', '=', accountId)
    .where('contactId', '=', keepId)
    .where('status', '=', 'open')
    .executeTakeFirst()
  if (keptOpen)
    await tx
      .updateTable('leads')
      .set({ status: 'lost', reason: 'The same job as another lead: the contacts were merged.', closedAt: now })
      .where('accountId', '=', accountId)
      .where('contactId', '=', otherId)
      .where('status', '=', 'open')
      .execute()
  await tx
    .updateTable('leads')
    .set({ contactId: keepId })
    .where('accountId', '=', accountId)
    .where('contactId', '=', otherId)
    .execute()
}
