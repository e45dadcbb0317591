import { NOTHING, type Oversize, oversize, sizeOf } from '../../domain/contactSize.ts'
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
import { lockContact } from '../../store/contacts/contacts.ts'
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

/** `taken`: an address belongs to another contact, whose id this is; `field` names the address. */
type Taken = { outcome: 'taken'; contactId: string; field: string }

export async function createContact(
  world: World,
  accountId: string,
  { phone, fields, ...details }: Details,
  actor: Actor,
): Promise<{ outcome: 'ok'; contactId: string } | Taken | Oversize> {
  const made = sizeOf({ ...details, fields, phones: 1, notes: 0 })
  const tooLarge = oversize(NOTHING, made)
  if (tooLarge) return tooLarge
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

/** Tags, fields and addresses change one by one: of two people who add at the same moment, both succeed. */
type ContactChange = Partial<Pick<Details, 'phone' | 'name' | 'email'>> & {
  addTags?: string[]
  removeTags?: string[]
  /** `null` removes a field. */
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
): Promise<{ outcome: 'ok' } | { outcome: 'none' } | { outcome: 'last_phone' } | Taken | Oversize> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const { phone, addAddresses = [], removeAddresses = [] } = change
    const wanted = [
      ...(phone ? [{ address: phone, field: 'phone' }] : []),
      ...addAddresses.map(({ address }, i) => ({ address, field: `addAddresses[${i}].address` })),
    ]
    const named = [...wanted.map((one) => one.address), ...removeAddresses]
    await Promise.all(named.map((address) => lockAddress(tx, accountId, address)))
    for (const { address, field } of wanted) {
      const other = await contactAt(tx, accountId, address)
      if (other && other !== contactId) return { outcome: 'taken', contactId: other, field }
    }
    // Of two changes at once, the second sees what the first has left.
    const kept = await lockContact(tx, accountId, contactId)
    if (!kept) return { outcome: 'none' }
    const before = await phonesOf(tx, accountId, contactId)
    const after = phonesAfter(before, change)
    if (before.length > 0 && after.length === 0) return { outcome: 'last_phone' }
    const details = detailsAfter(kept, change)
    const tooLarge = oversize(
      sizeOf({ ...kept, phones: before.length, notes: 0 }),
      sizeOf({ ...details, phones: after.length, notes: 0 }),
    )
    if (tooLarge) return tooLarge
    await updateDetails(tx, accountId, contactId, { ...change, ...details }, now)
    for (const gone of before.filter((address) => !after.includes(address)))
      await removeAddress(tx, accountId, contactId, gone)
    for (const address of after.filter((address) => !before.includes(address)))
      await addAddress(tx, accountId, contactId, { address }, now)
    for (const { address, label } of addAddresses)
      if (after.includes(address)) await addAddress(tx, accountId, contactId, { address, label }, now)
    if (after[0]) await makePrimary(tx, accountId, contactId, after[0])
    const data = { changed: Object.keys(change) }
    await recordEvent(tx, accountId, { type: 'contact.updated', contactId, actor, data }, now)
    return { outcome: 'ok' }
  })
}

/**
 * The contact's phones, the primary one first. Making a known phone the primary one keeps all the others. A new phone
 * replaces the old primary one, and the facts learned about the old one are dropped.
 */
function phonesAfter(
  before: string[],
  { phone, addAddresses = [], removeAddresses = [] }: Pick<ContactChange, 'phone' | 'addAddresses' | 'removeAddresses'>,
): string[] {
  const others = before.includes(phone ?? '') ? before.filter((address) => address !== phone) : before.slice(1)
  const kept = phone ? [phone, ...others] : before
  const all = new Set([...kept, ...addAddresses.map(({ address }) => address)])
  for (const address of removeAddresses) all.delete(address)
  return [...all]
}

/** The contact's tags, in the order in which they came, and its fields. */
function detailsAfter(
  { tags, fields }: Pick<Details, 'tags' | 'fields'>,
  { addTags = [], removeTags = [], fields: changed = {} }: ContactChange,
): Pick<Details, 'tags' | 'fields'> {
  const merged = Object.entries({ ...fields, ...changed }).filter(([, value]) => value !== null)
  return {
    tags: [...new Set([...tags, ...addTags])].filter((tag) => !removeTags.includes(tag)),
    fields: Object.fromEntries(merged),
  }
}

async function updateDetails(
  tx: Tx,
  accountId: string,
  contactId: string,
  { name, email, tags, fields }: Partial<Pick<Details, 'name' | 'email'>> & Pick<Details, 'tags' | 'fields'>,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('contacts')
    .set({
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email }),
      tags,
      fields: JSON.stringify(fields),
      updatedAt: now,
    })
    .where('accountId', '=', accountId)
    .where('id', '=', contactId)
    .execute()
}
