import type { Failure } from '../../domain/words.ts'
import { learnLineType, phonesOf } from '../../store/contacts/addresses.ts'
import { asAccount } from '../../store/db.ts'
import { namesOfVendors, type World } from '../world.ts'

/** Asks the carrier for a phone's line type and stores it. A lookup costs money, so it runs only on request. */
export async function lookUpLineType(
  world: World,
  accountId: string,
  contactId: string,
): Promise<{ outcome: 'ok' } | { outcome: 'none' } | { outcome: 'failed'; failure: Failure }> {
  const [phone] = await asAccount(world.db, accountId, (tx) => phonesOf(tx, accountId, contactId))
  if (!phone) return { outcome: 'none' }
  const rows = await asAccount(world.db, accountId, (tx) =>
    tx.selectFrom('connections').select('id').where('accountId', '=', accountId).orderBy('id').execute(),
  )
  let failure: Failure = {
    code: null,
    sentence: 'No connection of this account can look numbers up.',
    nextStep: `Connect ${namesOfVendors(world, ({ setup }) => setup?.findLineType !== undefined)}.`,
  }
  for (const { id } of rows) {
    const connection = await world.connections.find(accountId, id)
    if (!connection) continue
    const { setup } = world.vendors.get(connection.kind) ?? {}
    const found = await setup?.findLineType?.(connection, phone)
    if (!found) continue
    if (!found.ok) {
      failure = found.failure
      continue
    }
    const learned = { type: found.lineType, source: 'lookup', at: world.now() }
    await asAccount(world.db, accountId, (tx) => learnLineType(tx, accountId, phone, learned))
    return { outcome: 'ok' }
  }
  return { outcome: 'failed', failure }
}
