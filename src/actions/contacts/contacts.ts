import { sql } from 'kysely'
import { newId } from '../domain/ids.ts'
import { contactByPhone } from '../store/contacts.ts'
import { asAccount, type Tx } from '../store/db.ts'
import { recordEvent } from '../store/events.ts'
import type { World } from './world.ts'

type Details = {
  phone: string
  name: string | null
  email: string | null
  tags: string[]
  fields: Record<string, unknown>
}

type Outcome = { outcome: 'ok'; contactId: string } | { outcome: 'taken'; contactId: string } | { outcome: 'none' }

/** `taken`: the phone belongs to another contact, whose id it is. */
export async function createContact(
  world: World,
  accountId: string,
  details: Details,
  actor: string,
): Promise<Exclude<Outcome, { outcome: 'none' }>> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const contactId = newId()
    const made = await tx
      .insertInto('contacts')
      .values({
        id: contactId,
        accountId,
        ...details,
        fields: JSON.stringify(details.fields),
        createdAt: now,
        updatedAt: now,
      })
      .onConflict((c) => c.columns(['accountId', 'phone']).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!made) return { outcome: 'taken', contactId: (await contactByPhone(tx, accountId, details.phone))! }
    await recordEvent(tx, accountId, { type: 'contact.created', contactId, actor }, now)
    return { outcome: 'ok', contactId }
  })
}

/** Tags and fields one by one: two people who add one each at the same moment both keep theirs. */
type ContactChange = Partial<Omit<Details, 'tags' | 'fields'>> & {
  addTags?: string[]
  removeTags?: string[]
  /** `null` takes a field away. */
  fields?: Record<string, unknown>
}

export async function updateContact(
  world: World,
  accountId: string,
  contactId: string,
  change: ContactChange,
  actor: string,
): Promise<Outcome> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    if (change.phone) {
      const other = await contactByPhone(tx, accountId, change.phone)
      if (other && other !== contactId) return { outcome: 'taken', contactId: other }
    }
    const { name, phone, email, addTags = [], removeTags = [], fields = {} } = change
    const changed = await tx
      .updateTable('contacts')
      .set({
        ...(name !== undefined && { name }),
        // What was learned of the old phone says nothing about the new one.
        ...(phone !== undefined && { phone, lineType: null, lineTypeSource: null, lineTypeAt: null }),
        ...(email !== undefined && { email }),
        tags: sql<string[]>`array(
          select tag from unnest(tags || ${addTags}::text[]) with ordinality as t(tag, place)
          where tag <> all(${removeTags}::text[]) group by tag order by min(place))`,
        fields: sql`jsonb_strip_nulls(fields || ${JSON.stringify(fields)}::jsonb)`,
        updatedAt: now,
      })
      .where('accountId', '=', accountId)
      .where('id', '=', contactId)
      .returning('id')
      .executeTakeFirst()
    if (!changed) return { outcome: 'none' }
    await recordEvent(
      tx,
      accountId,
      { type: 'contact.updated', contactId, actor, data: { changed: Object.keys(change) } },
      now,
    )
    return { outcome: 'ok', contactId }
  })
}

/**
 * Makes `otherId` part of `keepId`: calls, texts, events and leads move over, what the kept contact does not know it
 * learns. Of two open leads the kept one's stays open. False when either does not exist.
 */
export async function mergeContacts(
  world: World,
  accountId: string,
  keepId: string,
  otherId: string,
  actor: string,
): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
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

    await mergeLeads(tx, accountId, keepId, otherId, now)
    const conversationId = await mergeConversations(tx, accountId, keepId, otherId)
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
    await tx.deleteFrom('conversations').where('accountId', '=', accountId).where('contactId', '=', otherId).execute()
    await tx.deleteFrom('contacts').where('accountId', '=', accountId).where('id', '=', otherId).execute()
    await tx
      .updateTable('contacts')
      .set({
        phone: keep.phone ?? other.phone,
        name: keep.name ?? other.name,
        email: keep.email ?? other.email,
        tags: [...new Set([...keep.tags, ...other.tags])],
        fields: JSON.stringify({ ...(other.fields as object), ...(keep.fields as object) }),
        updatedAt: now,
      })
      .where('accountId', '=', accountId)
      .where('id', '=', keepId)
      .execute()
    await recordEvent(
      tx,
      accountId,
      { type: 'contact.merged', contactId: keepId, actor, data: { mergedId: otherId, mergedPhone: other.phone } },
      now,
    )
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

/**
 * The kept contact's conversation takes the other's texts, and what is unread or waits for an answer in it; without one
 * it takes over the other's conversation.
 */
async function mergeConversations(tx: Tx, accountId: string, keepId: string, otherId: string): Promise<string | null> {
  const kept = await tx
    .selectFrom('conversations')
    .select('id')
    .where('accountId', '=', accountId)
    .where('contactId', '=', keepId)
    .executeTakeFirst()
  if (kept) {
    await sql`update conversations k set unread = k.unread + o.unread,
        status = case when o.status = 'open' then 'open' else k.status end,
        snoozed_until = case when o.status = 'open' and o.waiting_since is not null then null else k.snoozed_until end,
        assigned_to = coalesce(k.assigned_to, o.assigned_to),
        waiting_since = least(case when k.status = 'open' then k.waiting_since end, case when o.status = 'open' then o.waiting_since end),
        last_message_preview = case when o.last_message_at > coalesce(k.last_message_at, '-infinity')
          then o.last_message_preview else k.last_message_preview end,
        last_message_at = greatest(k.last_message_at, o.last_message_at), updated_at = greatest(k.updated_at, o.updated_at)
      from conversations o
      where k.id = ${kept.id} and k.account_id = ${accountId} and o.account_id = ${accountId} and o.contact_id = ${otherId}`.execute(
      tx,
    )
    return kept.id
  }
  const taken = await tx
    .updateTable('conversations')
    .set({ contactId: keepId })
    .where('accountId', '=', accountId)
    .where('contactId', '=', otherId)
    .returning('id')
    .executeTakeFirst()
  return taken?.id ?? null
}

/**
 * Forgets a person: contact, conversation, texts, leads, events; their calls stay as numbers in the log without a
 * phone. An opt-out stays: it is a promise to the phone, not a fact about the contact.
 */
export async function eraseContact(
  world: World,
  accountId: string,
  contactId: string,
  actor: string,
): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    await tx
      .updateTable('calls')
      .set({ fromPhone: 'erased', callerName: null, forwardedFrom: null })
      .where('accountId', '=', accountId)
      .where('contactId', '=', contactId)
      .execute()
    const erased = await tx
      .deleteFrom('contacts')
      .where('accountId', '=', accountId)
      .where('id', '=', contactId)
      .returning('id')
      .executeTakeFirst()
    if (erased) await recordEvent(tx, accountId, { type: 'contact.erased', actor }, world.now())
    return erased !== undefined
  })
}
