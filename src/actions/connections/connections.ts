import type { Actor } from '../../domain/events.ts'
import type { FieldError } from '../../domain/fields.ts'
import { sealContext } from '../../store/connections/connections.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { numbersUsing } from '../../store/numbers/numbers.ts'
import type { SecretBox } from '../../store/secrets.ts'
import type { World } from '../world.ts'

export type NewConnection = {
  id: string
  kind: string
  /** Undefined keeps the stored one. */
  label: string | undefined
  /** Undefined keeps the stored one. */
  apiUrl: string | null | undefined
  /** What the vendor's `readCredentials` takes. */
  credentials: unknown
}

/**
 * Stores a connection with its credentials encrypted. Returns the faults instead, and then writes nothing. `keep`: what
 * the credentials may leave out stays as it was; the provisioning file says all.
 * `checkConnection` asks the carrier about the credentials, because a carrier may be down during setup.
 */
export async function saveConnection(
  world: World,
  tx: Tx,
  secrets: SecretBox,
  accountId: string,
  connection: NewConnection,
  { keep = false } = {},
): Promise<FieldError[]> {
  const vendor = world.vendors.get(connection.kind)
  if (!vendor) return [{ field: 'kind', message: `must be one of ${[...world.vendors.keys()].join(', ')}` }]
  const existing = await tx
    .selectFrom('connections')
    .select(['kind', 'secrets'])
    .where('accountId', '=', accountId)
    .where('id', '=', connection.id)
    .executeTakeFirst()
  const context = sealContext(accountId, connection.id)
  const stored = keep && existing?.kind === connection.kind ? secrets.open(existing.secrets, context) : undefined
  const read = vendor.readCredentials(connection.credentials, stored)
  if (!read.ok) return read.errors
  const known = { ...vendor.credentialFields, ...read.credentials }
  const unknown = Object.keys(connection.credentials as object).filter((key) => !Object.hasOwn(known, key))
  if (unknown.length > 0)
    return unknown.map((field) => ({ field, message: `is not a field of a ${connection.kind} connection` }))
  if (existing && existing.kind !== connection.kind)
    return [{ field: 'kind', message: `is ${existing.kind} for this connection and stays so; make another one` }]
  const values = {
    ...(connection.label !== undefined && { label: connection.label }),
    ...(connection.apiUrl !== undefined && { apiUrl: connection.apiUrl }),
    secrets: secrets.seal(read.credentials, context),
    updatedAt: world.now(),
  }
  await tx
    .insertInto('connections')
    .values({ accountId, id: connection.id, kind: connection.kind, ...values })
    .onConflict((c) => c.columns(['accountId', 'id']).doUpdateSet(values))
    .execute()
  return []
}

/** Asks the carrier whether the credentials work and which numbers there are; stores the answer for people to read. */
export async function checkConnection(
  world: World,
  { accountId, connectionId: id }: { accountId: string; connectionId: string },
) {
  const connection = await world.connections.find(accountId, id)
  if (!connection) return
  const { setup } = world.vendors.get(connection.kind) ?? {}
  // A carrier without a list of numbers cannot be asked; wrong credentials show at the first webhook.
  const listed = (await setup?.listNumbers?.(connection)) ?? { ok: true, items: [] }
  await asAccount(world.db, accountId, (tx) =>
    tx
      .updateTable('connections')
      .set(
        listed.ok
          ? { checkedAt: world.now(), foundNumbers: JSON.stringify(listed.items), failure: null }
          : { checkedAt: world.now(), failure: JSON.stringify(listed.failure) },
      )
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .execute(),
  )
}

/** Stores a connection entered by hand, then checks it at the carrier. Returns the faults instead. */
export async function connect(
  world: World,
  secrets: SecretBox,
  accountId: string,
  connection: NewConnection,
  actor: Actor,
): Promise<FieldError[]> {
  const { id, kind } = connection
  const errors = await asAccount(world.db, accountId, async (tx) => {
    const faults = await saveConnection(world, tx, secrets, accountId, connection, { keep: true })
    if (faults.length === 0)
      await recordEvent(tx, accountId, { type: 'carrier.connected', actor, data: { id, kind } }, world.now())
    return faults
  })
  if (errors.length === 0) await checkAgain(world, accountId, id)
  return errors
}

/** Asks the carrier now, with the stored credentials. */
export async function checkAgain(world: World, accountId: string, connectionId: string): Promise<void> {
  world.connections.forget(accountId, connectionId)
  await checkConnection(world, { accountId, connectionId })
}

/** Deletes a connection and its credentials. If numbers need it, it stays, and those numbers are returned. */
export async function disconnect(
  world: World,
  accountId: string,
  connectionId: string,
  actor: Actor,
): Promise<{ outcome: 'ok' | 'none' } | { outcome: 'in_use'; numbers: string[] }> {
  const done = await asAccount(world.db, accountId, async (tx) => {
    const numbers = await numbersUsing(tx, accountId, connectionId)
    if (numbers.length > 0) return { outcome: 'in_use', numbers } as const
    const gone = await tx
      .deleteFrom('connections')
      .where('accountId', '=', accountId)
      .where('id', '=', connectionId)
      .returning('id')
      .executeTakeFirst()
    if (!gone) return { outcome: 'none' } as const
    await recordEvent(tx, accountId, { type: 'carrier.deleted', actor, data: { id: connectionId } }, world.now())
    return { outcome: 'ok' } as const
  })
  world.connections.forget(accountId, connectionId)
  return done
}
