import { asAccount, asPlatform, type Tx } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import { findNumber, saveConfigured } from '../../store/numbers/numbers.ts'
import { hooksUrl, type World } from '../world.ts'

/** Configures the numbers of a connection one by one: two at once would each create what the connection has one of. */
export async function configureLater(
  tx: Tx,
  accountId: string,
  { number, carrier }: { number: string; carrier: string },
) {
  await addJob(
    tx,
    'configure-number',
    { accountId, number },
    { key: `configure ${accountId} ${number}`, queue: `configure ${accountId} ${carrier}` },
  )
}

/** Runs at start: PUBLIC_URL may have changed, or a carrier may have been down. */
export async function configureAll(world: World): Promise<void> {
  await asPlatform(world.db, async (tx) => {
    const rows = await tx.selectFrom('numbers').select(['accountId', 'number', 'connectionId as carrier']).execute()
    for (const { accountId, ...number } of rows) await configureLater(tx, accountId, number)
  })
}

/** Points the number's webhooks at us through the carrier's API, and stores what was set or what failed. */
export async function configureNumber(world: World, { accountId, number }: { accountId: string; number: string }) {
  const row = await asAccount(world.db, accountId, (tx) => findNumber(tx, accountId, number))
  if (!row) return
  const ids = new Set([row.carrier, row.textsThrough ?? row.carrier])
  const steps: unknown[] = []
  let ok = true
  for (const id of ids) {
    const connection = await world.connections.find(accountId, id)
    if (!connection) continue
    const { setup } = world.vendors.get(connection.kind) ?? {}
    const url = hooksUrl(world, connection.kind, accountId, id)
    const done = await setup?.configureNumber?.(connection, number, url, {
      calls: id === row.carrier,
      texts: id === (row.textsThrough ?? row.carrier),
    })
    if (!done) continue
    ok &&= done.ok
    steps.push(...done.steps.map((step) => ({ connectionId: id, ...step })))
  }
  await asAccount(world.db, accountId, (tx) => saveConfigured(tx, accountId, number, { ok, steps }, world.now()))
  // The screen shows what to do; meanwhile the job is tried again, later each time.
  if (!ok) throw new Error('a number could not be configured at its carrier; see the number for what to do')
}
