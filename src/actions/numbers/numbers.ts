import type { Actor } from '../../domain/events.ts'
import { type FieldError, fieldErrors } from '../../domain/fields.ts'
import { type NumberSettings, numberSettings } from '../../domain/number.ts'
import { unringableMessage, whyUnringable } from '../../domain/phone.ts'
import { before, MINUTE } from '../../domain/time.ts'
import { isBusy } from '../../store/calls/orphanedCalls.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { countriesOf, deleteNumber, findNumber, listNumbers, upsertNumber } from '../../store/numbers/numbers.ts'
import type { Vendor } from '../../vendors/vendor.ts'
import { closeOrphanedCalls } from '../calls/orphanedCalls.ts'
import { namesOfVendors, type World } from '../world.ts'
import { configureLater } from './configureNumber.ts'

/**
 * Saves all settings of a number, in force for the next call. A job of the same transaction sets its webhooks at the
 * carrier. Returns the faults by field instead, and then writes nothing.
 */
async function saveNumber(world: World, tx: Tx, accountId: string, settings: NumberSettings): Promise<FieldError[]> {
  const [errors = []] = await saveNumbers(world, tx, accountId, [settings])
  return errors
}

/**
 * Saves several numbers, in any order: each is checked against the account as it will be with all of them. Returns the
 * faults of each, and writes nothing when there are any.
 */
export async function saveNumbers(
  world: World,
  tx: Tx,
  accountId: string,
  settings: NumberSettings[],
): Promise<FieldError[][]> {
  const kinds = await kindsOfConnections(tx, accountId)
  const saved = new Map(settings.map((one) => [one.number, one]))
  const others = (await listNumbers(tx, accountId)).filter((row) => !saved.has(row.number))
  const countries = await countriesOf(tx, accountId)
  const errors = settings.map((one) => [
    ...wrongConnections(world, kinds, one),
    ...circles(one, saved, others),
    ...forbiddenTargets(one, countries),
  ])
  if (errors.some((one) => one.length > 0)) return errors
  for (const one of settings) {
    await upsertNumber(tx, accountId, one, world.now())
    await configureLater(tx, accountId, one)
  }
  return errors
}

/** No call rings this long; one that seems to has lost its end. */
const CALL_LASTS_MS = 5 * MINUTE

/** Adds a number by hand; `taken`: the account has it already. */
export async function addNumber(
  world: World,
  accountId: string,
  settings: NumberSettings,
  actor: Actor,
): Promise<FieldError[] | 'taken'> {
  return asAccount(world.db, accountId, async (tx) => {
    if (await findNumber(tx, accountId, settings.number)) return 'taken'
    return saveByHand(world, tx, accountId, settings, { changed: null, actor })
  })
}

/** Changes the given settings of a number. */
export async function changeNumber(
  world: World,
  accountId: string,
  number: string,
  change: Record<string, unknown>,
  actor: Actor,
): Promise<FieldError[] | 'none'> {
  return asAccount(world.db, accountId, async (tx) => {
    const row = await findNumber(tx, accountId, number)
    if (!row) return 'none'
    const { configured: _1, configuredAt: _2, createdAt: _3, ...before } = row
    const { textBack, ...rest } = change
    if ('number' in change && change.number !== number)
      return [{ field: 'number', message: 'cannot change; add the other number and delete this one' }]
    const read = numberSettings.safeParse({
      ...before,
      ...rest,
      textBack: isObject(textBack) ? { ...before.textBack, ...textBack } : (textBack ?? before.textBack),
    })
    if (!read.success) return fieldErrors(read.error)
    return saveByHand(world, tx, accountId, read.data, { changed: Object.keys(change), actor })
  })
}

async function saveByHand(
  world: World,
  tx: Tx,
  accountId: string,
  settings: NumberSettings,
  { changed, actor }: { changed: string[] | null; actor: Actor },
): Promise<FieldError[]> {
  const errors = await saveNumber(world, tx, accountId, settings)
  const data = { number: settings.number, changed }
  if (errors.length === 0) await recordEvent(tx, accountId, { type: 'number.saved', actor, data }, world.now())
  return errors
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Deletes a number; its calls and texts stay in the database. Refused while a call is under way on it, because the
 * call's end needs the number. A call whose end got lost does not block this, and is closed.
 */
export async function removeNumber(
  world: World,
  accountId: string,
  number: string,
  actor: Actor,
): Promise<'removed' | 'busy' | 'none'> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    if (await isBusy(tx, accountId, number, before(now, CALL_LASTS_MS))) return 'busy'
    if (!(await deleteNumber(tx, accountId, number))) return 'none'
    await closeOrphanedCalls(tx, accountId, now, now)
    await recordEvent(tx, accountId, { type: 'number.deleted', actor, data: { number } }, now)
    return 'removed'
  })
}

/** Sets the number's webhooks at its carrier again. False when there is no such number. */
export async function configureAgain(world: World, accountId: string, number: string): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    const row = await findNumber(tx, accountId, number)
    if (row) await configureLater(tx, accountId, row)
    return row !== null
  })
}

async function kindsOfConnections(tx: Tx, accountId: string): Promise<Map<string, string>> {
  const rows = await tx.selectFrom('connections').select(['id', 'kind']).where('accountId', '=', accountId).execute()
  return new Map(rows.map((row) => [row.id, row.kind]))
}

/** The kinds of phones are checked by the schema; which countries may be called is a matter of the account. */
function forbiddenTargets({ forwardTo }: NumberSettings, countries: string[]): FieldError[] {
  return forwardTo.flatMap((target, i) => {
    const why = whyUnringable(target, countries)
    return why ? [{ field: `forwardTo[${i}]`, message: unringableMessage(why, target, countries) }] : []
  })
}

/** A number that rings another number of the account would be a caller there, and be texted. */
function circles(settings: NumberSettings, saved: Map<string, NumberSettings>, others: NumberSettings[]): FieldError[] {
  const errors: FieldError[] = []
  const [target] = settings.forwardTo
  // A number with itself as target is refused earlier, by its schema.
  if (target && (saved.has(target) || others.some(({ number }) => number === target)))
    errors.push({ field: 'forwardTo[0]', message: 'is one of your own numbers here; calls would go round in circles' })
  // Numbers saved together with this one are checked above.
  const rung = others.find(({ forwardTo }) => forwardTo.includes(settings.number))
  if (rung)
    errors.push({
      field: 'number',
      message: `is the phone that your number ${rung.number} rings; calls would go round in circles`,
    })
  return errors
}

const canText = ({ channels }: Vendor) => channels.sms !== undefined

function wrongConnections(world: World, kinds: Map<string, string>, settings: NumberSettings): FieldError[] {
  const errors: FieldError[] = []
  const missing = (id: string) => `names no carrier connection of this account: ${id}`
  if (!kinds.has(settings.carrier)) errors.push({ field: 'carrier', message: missing(settings.carrier) })
  if (settings.textsThrough && !kinds.has(settings.textsThrough))
    errors.push({ field: 'textsThrough', message: missing(settings.textsThrough) })
  const through = world.vendors.get(kinds.get(settings.textsThrough ?? settings.carrier) ?? '')
  if (through && !canText(through))
    errors.push({
      field: 'textsThrough',
      message: `must name a ${namesOfVendors(world, canText)} connection: a ${through.name} ${through.voice ? 'brings the calls but ' : ''}cannot send texts`,
    })
  return errors
}
