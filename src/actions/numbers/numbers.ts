import type { FieldError } from '../domain/fields.ts'
import type { NumberSettings } from '../domain/number.ts'
import { before, MINUTE } from '../domain/time.ts'
import type { CarrierKind } from '../domain/words.ts'
import { asAccount, asPlatform, type Tx } from '../store/db.ts'
import { addJob } from '../store/jobs.ts'
import { deleteNumber, findNumber, listNumbers, saveConfigured, upsertNumber } from '../store/numbers.ts'
import { closeCallsWithoutLine, isBusy } from '../store/strayCalls.ts'
import { hooksUrl, type World } from './world.ts'

/**
 * Saves a number, whole: it is in force for the next call. Its webhooks are set at the carrier by a job of the same
 * transaction. Gives what is wrong instead, field by field, and then nothing is written.
 */
export async function saveNumber(
  world: World,
  tx: Tx,
  accountId: string,
  settings: NumberSettings,
): Promise<FieldError[]> {
  const [errors = []] = await saveNumbers(world, tx, accountId, [settings])
  return errors
}

/**
 * The same for several numbers, in whatever order: each is held against the account as it will be with all of them.
 * Gives each one's faults, and writes nothing when there are any.
 */
export async function saveNumbers(
  world: World,
  tx: Tx,
  accountId: string,
  settings: NumberSettings[],
): Promise<FieldError[][]> {
  const kinds = await kindsOfCarriers(tx, accountId)
  const saved = new Map(settings.map((one) => [one.number, one]))
  const others = (await listNumbers(tx, accountId)).filter((row) => !saved.has(row.number))
  const errors = settings.map((one) => [...wrongCarriers(kinds, one), ...circles(one, saved, others)])
  if (errors.some((one) => one.length > 0)) return errors
  for (const one of settings) {
    await upsertNumber(tx, accountId, one, world.now())
    await configureLater(tx, accountId, one)
  }
  return errors
}

/** No call rings so long; one that looks as if it did has lost its end. */
const CALL_LASTS_MS = 5 * MINUTE

/**
 * Takes a number out; its calls and texts stay in the books. Not while a call is under way on it: what comes of that
 * call needs the line. A call whose end got lost does not stand in the way, and is closed.
 */
export async function removeNumber(
  world: World,
  tx: Tx,
  accountId: string,
  number: string,
): Promise<'removed' | 'busy' | 'none'> {
  const now = world.now()
  if (await isBusy(tx, accountId, number, before(now, CALL_LASTS_MS))) return 'busy'
  if (!(await deleteNumber(tx, accountId, number))) return 'none'
  await closeCallsWithoutLine(tx, accountId, now, now)
  return 'removed'
}

/** One number of a connection after the other: two at once would each make the connection's Telnyx application. */
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

/** At start: PUBLIC_URL may be another one, or a carrier may have been away when it mattered. */
export async function configureAll(world: World): Promise<void> {
  await asPlatform(world.db, async (tx) => {
    const rows = await tx.selectFrom('numbers').select(['accountId', 'number', 'carrier']).execute()
    for (const { accountId, ...number } of rows) await configureLater(tx, accountId, number)
  })
}

async function kindsOfCarriers(tx: Tx, accountId: string): Promise<Map<string, CarrierKind>> {
  const rows = await tx.selectFrom('carriers').select(['id', 'kind']).where('accountId', '=', accountId).execute()
  return new Map(rows.map((row) => [row.id, row.kind as CarrierKind]))
}

/** A line that rings another line of the account would be a caller of its own, and be texted. */
function circles(settings: NumberSettings, saved: Map<string, NumberSettings>, others: NumberSettings[]): FieldError[] {
  const errors: FieldError[] = []
  const [target] = settings.forwardTo
  // The number itself as its target is refused before, by its shape.
  if (target && (saved.has(target) || others.some(({ number }) => number === target)))
    errors.push({ field: 'forwardTo[0]', message: 'is one of your own numbers here; calls would go round in circles' })
  // A line that is saved together with this one says it itself, above.
  const rung = others.find(({ forwardTo }) => forwardTo.includes(settings.number))
  if (rung)
    errors.push({
      field: 'number',
      message: `is the phone that your number ${rung.number} rings; calls would go round in circles`,
    })
  return errors
}

function wrongCarriers(kinds: Map<string, CarrierKind>, settings: NumberSettings): FieldError[] {
  const errors: FieldError[] = []
  const missing = (id: string) => `names no carrier connection of this account: ${id}`
  if (!kinds.has(settings.carrier)) errors.push({ field: 'carrier', message: missing(settings.carrier) })
  if (settings.textsThrough && !kinds.has(settings.textsThrough))
    errors.push({ field: 'textsThrough', message: missing(settings.textsThrough) })
  const through = kinds.get(settings.textsThrough ?? settings.carrier)
  if (through === 'generic')
    errors.push({
      field: 'textsThrough',
      message: 'must name a Twilio or Telnyx connection: a PBX brings the calls but cannot send texts',
    })
  return errors
}

/** Points the number's webhooks at us through the carrier's API, and keeps what was set or what went wrong. */
export async function configureNumber(world: World, { accountId, number }: { accountId: string; number: string }) {
  const row = await asAccount(world.db, accountId, (tx) => findNumber(tx, accountId, number))
  if (!row) return
  const ids = new Set([row.carrier, row.textsThrough ?? row.carrier])
  const steps: unknown[] = []
  let ok = true
  for (const id of ids) {
    const connection = await world.connections.find(accountId, id)
    if (!connection) continue
    const done = await world.carriers[connection.kind].configureNumber(
      connection,
      number,
      hooksUrl(world, connection.kind, accountId, id),
      { calls: id === row.carrier, texts: id === (row.textsThrough ?? row.carrier) },
    )
    ok &&= done.ok
    steps.push(...done.steps.map((step) => ({ carrier: id, ...step })))
  }
  await asAccount(world.db, accountId, (tx) => saveConfigured(tx, accountId, number, { ok, steps }, world.now()))
  // Whoever looks sees what to do; meanwhile the job tries again by itself, later each time.
  if (!ok) throw new Error('a number could not be configured at its carrier; see the number for what to do')
}
