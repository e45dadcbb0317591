import { type SqlBool, sql } from 'kysely'
import type { Tx } from '../db.ts'
import { gathered, inTurn } from '../together.ts'

/** Calls and texts share phones. */
export type AddressKind = 'phone'

/**
 * Holds the person at this address while `work` goes on: their calls are decided one after the other, from whichever of
 * their phones, and a STOP is either seen by a text that is being prepared, or comes after it. Across processes a lock
 * does this, until the transaction ends. Within a shared transaction, which may lock again what it holds, turns do.
 */
export async function withAddress<T>(tx: Tx, accountId: string, address: string, work: () => Promise<T>): Promise<T> {
  const holder = await lockAddress(tx, accountId, address)
  return inTurn(tx, `${accountId} ${holder}`, work)
}

/**
 * The lock alone, held until the transaction ends: on all phones of whoever has the address. Gives who that is: the
 * contact's id, or the address itself when no contact has it.
 */
export const lockAddress = gathered(async (tx, accountId, addresses: string[]): Promise<string[]> => {
  for (;;) {
    // Who has them is read again behind the locks: a merge may have ended while this waited.
    const [locked, holders] = await Promise.all([
      lockPhones(tx, accountId, addresses),
      holdersOf(tx, accountId, addresses),
    ])
    const all = [...holders.values()].flatMap(({ phones }) => phones)
    if (all.every((phone) => locked.has(phone))) return addresses.map((one) => holders.get(one)?.contactId ?? one)
  }
})

/** In one order for everybody, so that two who lock several do not wait for each other. */
async function lockPhones(tx: Tx, accountId: string, addresses: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ address: string }>`
    select address, pg_advisory_xact_lock(lock) from (
      select address, hashtextextended(${accountId} || ' ' || address, 0) as lock from (
        select unnest(${addresses}::text[]) as address
        union
        select theirs.address from contact_addresses a join contact_addresses theirs using (contact_id)
        where a.account_id = ${accountId} and a.kind = 'phone' and a.address = any(${addresses}::text[])
          and theirs.kind = 'phone') held
      order by 2) ordered`.execute(tx)
  return new Set(rows.map((row) => row.address))
}

async function holdersOf(tx: Tx, accountId: string, addresses: string[]) {
  const { rows } = await sql<{ address: string; contactId: string; phones: string[] }>`
    select a.address, a.contact_id, array(select theirs.address from contact_addresses theirs
      where theirs.contact_id = a.contact_id and theirs.kind = 'phone') as phones
    from contact_addresses a
    where a.account_id = ${accountId} and a.kind = 'phone' and a.address = any(${addresses}::text[])`.execute(tx)
  return new Map(rows.map((row) => [row.address, row]))
}

/** The contact that has the address, if any has. */
export async function contactAt(tx: Tx, accountId: string, address: string): Promise<string | null> {
  const row = await tx
    .selectFrom('contactAddresses')
    .select('contactId')
    .where('accountId', '=', accountId)
    .where('kind', '=', 'phone')
    .where('address', '=', address)
    .executeTakeFirst()
  return row?.contactId ?? null
}

/** The contact's phones, the primary one first. */
export async function phonesOf(tx: Tx, accountId: string, contactId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('contactAddresses')
    .select('address')
    .where('accountId', '=', accountId)
    .where('contactId', '=', contactId)
    .where('kind', '=', 'phone')
    .orderBy('position')
    .execute()
  return rows.map((row) => row.address)
}

/** Locks every phone of these contacts until the transaction ends; returns them by contact, the primary one first. */
export async function lockContacts(tx: Tx, accountId: string, contactIds: string[]): Promise<Map<string, string[]>> {
  const phones = async () =>
    new Map(await Promise.all(contactIds.map(async (id) => [id, await phonesOf(tx, accountId, id)] as const)))
  for (;;) {
    const before = await phones()
    await Promise.all([...before.values()].flat().map((address) => lockAddress(tx, accountId, address)))
    // Read again under the locks: a phone may have come before they were had.
    const held = new Set([...before.values()].flat())
    const now = await phones()
    if ([...now.values()].flat().every((address) => held.has(address))) return now
  }
}

/** The primary phone of the contact whose id is `ref`, for a select or an order. */
export const primaryPhone = (ref: string) =>
  sql<string | null>`(select address from contact_addresses
    where contact_id = ${sql.ref(ref)} and kind = 'phone' and position = 0)`

/** Whether the contact whose id is `ref` is opted out at its primary phone. */
export const optedOut = (ref: string) =>
  sql<SqlBool>`exists (select from opt_outs o join contact_addresses a using (account_id, kind, address)
    where a.contact_id = ${sql.ref(ref)} and a.kind = 'phone' and a.position = 0)`

/** Whether the contact whose id is `ref` has the address. */
export const hasAddress = (ref: string, address: string) =>
  sql<SqlBool>`exists (select from contact_addresses a where a.contact_id = ${sql.ref(ref)} and a.address = ${address})`

/** Every address of the contact whose id is `ref`, the primary one first: `Address[]` as JSON. */
export const addressesOf = (ref: string) =>
  sql<Address[]>`(select coalesce(json_agg(json_build_object('kind', a.kind, 'address', a.address, 'label', a.label,
      'primary', a.position = 0, 'lineType', a.line_type,
      'optedOut', exists (select from opt_outs o where o.account_id = a.account_id and o.kind = a.kind and o.address = a.address))
      order by a.kind, a.position), '[]')
    from contact_addresses a where a.contact_id = ${sql.ref(ref)})`

export type Address = {
  kind: AddressKind
  address: string
  label: string
  primary: boolean
  lineType: string | null
  optedOut: boolean
}

/** Adds an address after the contact's others. An address that it has keeps its place and gets the label. */
export async function addAddress(
  tx: Tx,
  accountId: string,
  contactId: string,
  { kind = 'phone', address, label = '' }: { kind?: AddressKind; address: string; label?: string },
  now: Date,
): Promise<void> {
  await sql`
    insert into contact_addresses (account_id, contact_id, kind, address, label, position, created_at)
    select ${accountId}, ${contactId}::uuid, ${kind}, ${address}, ${label}, coalesce(max(position) + 1, 0), ${now}
    from contact_addresses where contact_id = ${contactId}::uuid and kind = ${kind}
    on conflict on constraint one_contact_per_address do update set label = excluded.label
      where excluded.label <> '' and contact_addresses.contact_id = excluded.contact_id`.execute(tx)
}

/** Makes one of the contact's addresses the primary one of its kind; the others keep their order after it. */
export async function makePrimary(tx: Tx, accountId: string, contactId: string, address: string): Promise<void> {
  await sql`
    update contact_addresses a set position = ranked.place from (
      select address, kind, row_number() over (partition by kind order by address = ${address} desc, position) - 1 as place
      from contact_addresses where account_id = ${accountId} and contact_id = ${contactId}
    ) ranked
    where a.account_id = ${accountId} and a.contact_id = ${contactId} and a.kind = ranked.kind
      and a.address = ranked.address and a.position <> ranked.place`.execute(tx)
}

export async function removeAddress(tx: Tx, accountId: string, contactId: string, address: string): Promise<void> {
  await tx
    .deleteFrom('contactAddresses')
    .where('accountId', '=', accountId)
    .where('contactId', '=', contactId)
    .where('address', '=', address)
    .execute()
}

/** Moves all addresses of one contact to another, after those that it has. */
export async function moveAddresses(tx: Tx, accountId: string, fromId: string, toId: string): Promise<void> {
  await sql`
    update contact_addresses a set contact_id = ${toId}::uuid,
      position = a.position + (select coalesce(max(position) + 1, 0) from contact_addresses
        where contact_id = ${toId}::uuid and kind = a.kind)
    where a.account_id = ${accountId} and a.contact_id = ${fromId}::uuid`.execute(tx)
}

/** Stores what a carrier's answer says about a phone, so that the next call does not pay for the same answer. */
export async function learnLineType(
  tx: Tx,
  accountId: string,
  address: string,
  learned: { type: string; source: string; at: Date },
): Promise<void> {
  await sql`
    with learned as (
      update contact_addresses set line_type = ${learned.type}, line_type_source = ${learned.source}, line_type_at = ${learned.at}
      where account_id = ${accountId} and kind = 'phone' and address = ${address} returning contact_id
    )
    update contacts set updated_at = ${learned.at} from learned where id = learned.contact_id`.execute(tx)
}
