import { sql } from 'kysely'
import type { Actor } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import {
  addAddress,
  contactAt,
  lockAddress,
  makePrimary,
  phonesOf,
  removeAddress,
} from '../../store/contacts/addresses.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import type { World } from '../world.ts'

type Details = {
  phone: string
  name: string | null
  email: string | null
  tags: string[]
  fields: Record<string, unknown>
}

/** `taken`: an address belongs to another contact, whose id it is; `field` says which. */
type Taken = { outcome: 'taken'; contactId: string; field: string }

export async function createContact(
  world: World,
  accountId: string,
  { phone, fields, ...details }: Details,
  actor: Actor,
): Promise<{ outcome: 'ok'; contactId: string } | Taken> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    await lockAddress(tx, accountId, phone)
    const other = await contactAt(tx, accountId, phone)
    if (other) return { outcome: 'taken', contactId: other, field: 'phone' }
    const contactId = newId()
    const times = { createdAt: now, updatedAt: now }
    await tx
      .insertInto('contacts')
      .values({ id: contactId, accountId, ...details, fields: JSON.stringify(fields), ...times })
      .execute()
    await addAddress(tx, accountId, contactId, { address: phone }, now)
    await recordEvent(tx, accountId, { type: 'contact.created', contactId, actor }, now)
    return { outcome: 'ok', contactId }
  })
}

/** Tags, fields and addresses one by one: two people who add one each at the same moment both keep theirs. */
type ContactChange = Partial<Pick<Details, 'phone' | 'name' | 'email'>> & {
  addTags?: string[]
  removeTags?: string[]
  /** `null` takes a field away. */
  fields?: Record<string, unknown>
  addAddresses?: { address: string; label: string }[]
  removeAddresses?: string[]
}

export async function updateContact(
  world: World,
  accountId: string,
  contactId: string,
  change: ContactChange,
  actor: Actor,
): Promise<{ outcome: 'ok' } | { outcome: 'none' } | { outcome: 'last_phone' } | Taken> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const { phone, addAddresses = [], removeAddresses = [] } = change
    const wanted = [
      ...(phone ? [{ address: phone, field: 'phone' }] : []),
      ...addAddresses.map(({ address }, i) => ({ address, field: `addAddresses[${i}].address` })),
    ]
    await Promise.all(
      [...wanted.map((one) => one.address), ...removeAddresses].map((a) => lockAddress(tx, accountId, a)),
    )
    for (const { address, field } of wanted) {
      const other = await contactAt(tx, accountId, address)
      if (other && other !== contactId) return { outcome: 'taken', contactId: other, field }
    }
    const before = await phonesOf(tx, accountId, contactId)
    const left = new Set([...before, ...wanted.map((one) => one.address)])
    for (const address of removeAddresses) left.delete(address)
    if (removeAddresses.length > 0 && left.size === 0) return { outcome: 'last_phone' }
    if (!(await updateDetails(tx, accountId, contactId, change, now))) return { outcome: 'none' }
    if (phone) await setPhone(tx, accountId, contactId, { phone, before, now })
    for (const address of addAddresses) await addAddress(tx, accountId, contactId, address, now)
    for (const address of removeAddresses) await removeAddress(tx, accountId, contactId, address)
    if (removeAddresses.length > 0) await makePrimary(tx, accountId, contactId, phone ?? before[0] ?? '')
    const data = { changed: Object.keys(change) }
    await recordEvent(tx, accountId, { type: 'contact.updated', contactId, actor, data }, now)
    return { outcome: 'ok' }
  })
}

/** False when there is no such contact. */
async function updateDetails(
  tx: Tx,
  accountId: string,
  contactId: string,
  { name, email, addTags = [], removeTags = [], fields = {} }: ContactChange,
  now: Date,
): Promise<boolean> {
  const changed = await tx
    .updateTable('contacts')
    .set({
      ...(name !== undefined && { name }),
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
  return changed !== undefined
}

/**
 * `phone` is the primary one. One that the contact has already becomes it, and the others stay; a new one takes the old
 * one's place, and what was learned of the old one says nothing about it.
 */
async function setPhone(
  tx: Tx,
  accountId: string,
  contactId: string,
  { phone, before, now }: { phone: string; before: string[]; now: Date },
): Promise<void> {
  if (!before.includes(phone)) {
    if (before[0]) await removeAddress(tx, accountId, contactId, before[0])
    await addAddress(tx, accountId, contactId, { address: phone }, now)
  }
  await makePrimary(tx, accountId, contactId, phone)
}
