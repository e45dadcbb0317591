import type { FieldError } from '../domain/fields.ts'
import type { CarrierKind, Trouble } from '../domain/words.ts'
import { sealContext } from '../store/carriers.ts'
import { asAccount, type Tx } from '../store/db.ts'
import type { SecretBox } from '../store/secrets.ts'
import type { World } from './world.ts'

export type NewConnection = {
  id: string
  kind: CarrierKind
  label: string
  /** Undefined leaves what stands. */
  apiUrl: string | null | undefined
  /** What the carrier's own `readCredentials` takes. */
  credentials: unknown
}

/**
 * Keeps a connection, its credentials sealed. Gives what is wrong instead, and then nothing is written. Whether the
 * carrier accepts the credentials is `checkCarrier`'s business: a carrier may be down while one sets up.
 */
export async function saveCarrier(
  world: World,
  tx: Tx,
  secrets: SecretBox,
  accountId: string,
  connection: NewConnection,
): Promise<FieldError[]> {
  const read = world.carriers[connection.kind].readCredentials(connection.credentials)
  if (!read.ok) return read.errors
  const unknown = Object.keys(connection.credentials as object).filter((key) => !(key in read.credentials))
  if (unknown.length > 0)
    return unknown.map((field) => ({ field, message: `is not a field of a ${connection.kind} connection` }))
  const existing = await tx
    .selectFrom('carriers')
    .select('kind')
    .where('accountId', '=', accountId)
    .where('id', '=', connection.id)
    .executeTakeFirst()
  if (existing && existing.kind !== connection.kind)
    return [{ field: 'kind', message: `is ${existing.kind} for this connection and stays so; make another one` }]
  const values = {
    label: connection.label,
    ...(connection.apiUrl !== undefined && { apiUrl: connection.apiUrl }),
    secrets: secrets.seal(read.credentials, sealContext(accountId, connection.id)),
    updatedAt: world.now(),
  }
  await tx
    .insertInto('carriers')
    .values({ accountId, id: connection.id, kind: connection.kind, ...values })
    .onConflict((c) => c.columns(['accountId', 'id']).doUpdateSet(values))
    .execute()
  return []
}

/** Asks the carrier whether the credentials work, and which numbers there are; keeps the answer for people to read. */
export async function checkCarrier(world: World, { accountId, carrier: id }: { accountId: string; carrier: string }) {
  const connection = await world.connections.find(accountId, id)
  if (!connection) return
  const listed = await world.carriers[connection.kind].listNumbers(connection)
  await asAccount(world.db, accountId, (tx) =>
    tx
      .updateTable('carriers')
      .set(
        listed.ok
          ? { checkedAt: world.now(), foundNumbers: JSON.stringify(listed.items), trouble: null }
          : { checkedAt: world.now(), trouble: JSON.stringify(listed.trouble) },
      )
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .execute(),
  )
}

/** Asks the carrier what kind of line a phone is, and remembers it. It costs a little money, so only when asked to. */
export async function lookUpLineType(
  world: World,
  accountId: string,
  contactId: string,
): Promise<{ outcome: 'ok' } | { outcome: 'none' } | { outcome: 'failed'; trouble: Trouble }> {
  const contact = await asAccount(world.db, accountId, (tx) =>
    tx
      .selectFrom('contacts')
      .select('phone')
      .where('accountId', '=', accountId)
      .where('id', '=', contactId)
      .executeTakeFirst(),
  )
  if (!contact?.phone) return { outcome: 'none' }
  const rows = await asAccount(world.db, accountId, (tx) =>
    tx
      .selectFrom('carriers')
      .select('id')
      .where('accountId', '=', accountId)
      .where('kind', '!=', 'generic')
      .orderBy('id')
      .execute(),
  )
  let trouble: Trouble = {
    code: null,
    sentence: 'No connection of this account can look numbers up.',
    nextStep: 'Connect Twilio or Telnyx.',
  }
  for (const { id } of rows) {
    const connection = await world.connections.find(accountId, id)
    if (!connection) continue
    const found = await world.carriers[connection.kind].findLineType(connection, contact.phone)
    if (!found.ok) {
      trouble = found.trouble
      continue
    }
    await asAccount(world.db, accountId, (tx) =>
      tx
        .updateTable('contacts')
        .set({ lineType: found.lineType, lineTypeSource: 'lookup', lineTypeAt: world.now() })
        .where('accountId', '=', accountId)
        .where('id', '=', contactId)
        .execute(),
    )
    return { outcome: 'ok' }
  }
  return { outcome: 'failed', trouble }
}
