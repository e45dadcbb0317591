import { type RawBuilder, sql } from 'kysely'
import type { NumberSettings } from '../../domain/number.ts'
import type { Tx } from '../db.ts'

/** The column of each setting of a number. */
const COLUMNS = {
  number: 'number',
  label: 'label',
  carrier: 'connection_id',
  textsThrough: 'texts_connection_id',
  enabled: 'enabled',
  mode: 'mode',
  forwardTo: 'forward_to',
  ringSeconds: 'ring_seconds',
  minRingSeconds: 'min_ring_seconds',
  greeting: 'greeting',
  segmentsPerSecond: 'segments_per_second',
  hours: 'hours',
  textBack: {
    enabled: 'text_back_enabled',
    cooldownMinutes: 'cooldown_minutes',
    message: 'text_back_message',
    repeatMessage: 'text_back_repeat_message',
    afterHoursMessage: 'after_hours_message',
    forgedCallerId: 'forged_caller_id',
  },
} as const satisfies Columns<NumberSettings>

/** A column for each setting; an object of settings is an object of columns, except `hours`, which is one column. */
type Columns<S> = {
  [K in keyof S]: K extends 'textBack' ? Columns<S[K]> : string
}

/** A number of ours with everything of its account that a decision depends on. */
export type OurNumber = NumberSettings & {
  business: string
  /** The account's country first, then those it also texts. */
  countries: string[]
  timezone: string
  dailyCap: number
  recipientHourlyCap: number
  recipientDailyCap: number
  lateAfterMinutes: number
  newLeadAfterDays: number | null
  accountClosing: boolean
}

/** A number as the screens show it: its settings, and what configuring it at the carrier did. */
export type NumberRow = NumberSettings & { configured: unknown; configuredAt: Date | null; createdAt: Date }

/** The connection that the number's texts leave through. */
export const textsLeaveThrough = ({ textsThrough, carrier }: NumberSettings): string => textsThrough ?? carrier

/** `NumberSettings` as JSON, of a row `n` of `numbers`. */
const settings = jsonOf(COLUMNS)

/** `OurNumber` as JSON, of a row `n` of `numbers` and a row `a` of `accounts`. */
export const ourNumber = sql`(${settings}::jsonb || jsonb_build_object('business', a.name,
  'countries', array_prepend(a.country, a.also_texts_countries), 'timezone', a.timezone, 'dailyCap', a.daily_cap,
  'recipientHourlyCap', a.recipient_hourly_cap, 'recipientDailyCap', a.recipient_daily_cap,
  'lateAfterMinutes', a.late_after_minutes, 'newLeadAfterDays', a.new_lead_after_days,
  'accountClosing', a.closing_at is not null))`

type ColumnTree = { readonly [setting: string]: string | ColumnTree }

function jsonOf(columns: ColumnTree): RawBuilder<unknown> {
  const pairs = Object.entries(columns).map(
    ([name, column]) => sql`${sql.lit(name)}, ${typeof column === 'string' ? sql.ref(`n.${column}`) : jsonOf(column)}`,
  )
  return sql`jsonb_build_object(${sql.join(pairs)})`
}

/** The account's country first, then those that it also texts and calls. */
export async function countriesOf(tx: Tx, accountId: string): Promise<string[]> {
  const { country, alsoTextsCountries } = await tx
    .selectFrom('accounts')
    .select(['country', 'alsoTextsCountries'])
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  return [country, ...alsoTextsCountries]
}

/** Null when the account does not have the number. */
export async function findOurNumber(tx: Tx, accountId: string, number: string): Promise<OurNumber | null> {
  const { rows } = await sql<{ our: OurNumber }>`
    select ${ourNumber} as our from numbers n join accounts a on a.id = n.account_id
    where n.account_id = ${accountId} and n.number = ${number}`.execute(tx)
  return rows[0]?.our ?? null
}

/** The order among the rows `n` of `numbers` in which a text leaves from one: the wanted one, else the oldest. */
export const bestToTextFrom = (wanted: RawBuilder<unknown>) => sql`n.number = ${wanted} desc, n.created_at, n.number`

/**
 * The number that a text leaves from: `wanted`, or the account's oldest number when it no longer has that one. Null for
 * an account without numbers.
 */
export async function numberToTextFrom(tx: Tx, accountId: string, wanted: string | null): Promise<OurNumber | null> {
  const { rows } = await sql<{ our: OurNumber }>`
    select ${ourNumber} as our from numbers n join accounts a on a.id = n.account_id
    where n.account_id = ${accountId} order by ${bestToTextFrom(sql`${wanted ?? ''}`)} limit 1`.execute(tx)
  return rows[0]?.our ?? null
}

export async function listNumbers(tx: Tx, accountId: string): Promise<NumberRow[]> {
  return select(tx, accountId, sql`true`)
}

export async function findNumber(tx: Tx, accountId: string, number: string): Promise<NumberRow | null> {
  const [row] = await select(tx, accountId, sql`n.number = ${number}`)
  return row ?? null
}

async function select(tx: Tx, accountId: string, which: RawBuilder<unknown>): Promise<NumberRow[]> {
  const { rows } = await sql<Omit<NumberRow, keyof NumberSettings> & { settings: NumberSettings }>`
    select ${settings} as settings, n.configured, n.configured_at, n.created_at from numbers n
    where n.account_id = ${accountId} and ${which} order by n.created_at, n.number`.execute(tx)
  return rows.map(({ settings, ...row }) => ({ ...settings, ...row }))
}

/** The numbers whose calls come through the connection. */
export async function numbersOfConnection(tx: Tx, accountId: string, connectionId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('numbers')
    .select('number')
    .where('accountId', '=', accountId)
    .where('connectionId', '=', connectionId)
    .execute()
  return rows.map((row) => row.number)
}

/** The numbers that need the connection for calls or texts. */
export async function numbersUsing(tx: Tx, accountId: string, connectionId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('numbers')
    .select('number')
    .where('accountId', '=', accountId)
    .where(({ or, eb }) => or([eb('connectionId', '=', connectionId), eb('textsConnectionId', '=', connectionId)]))
    .execute()
  return rows.map((row) => row.number)
}

/** Creates the number or changes it to these settings. */
export async function upsertNumber(tx: Tx, accountId: string, number: NumberSettings, now: Date): Promise<void> {
  // A new pace starts over: the booked moments belong to the old one. A separate statement, because a change of
  // `free_at` is not announced to the screens, and other changes are.
  await tx
    .updateTable('numbers')
    .set({ freeAt: now, leftSeconds: 0 })
    .where('accountId', '=', accountId)
    .where('number', '=', number.number)
    .where('segmentsPerSecond', '!=', number.segmentsPerSecond)
    .execute()
  const row = { ...rowOf(number, COLUMNS), updated_at: now }
  const columns = Object.keys(row).map((name) => sql.ref(name))
  const excluded = Object.keys(row).map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`)
  await sql`insert into numbers (account_id, ${sql.join(columns)}) values (${accountId}, ${sql.join(Object.values(row))})
    on conflict (account_id, number) do update set ${sql.join(excluded)}`.execute(tx)
}

function rowOf(values: object, columns: ColumnTree): Record<string, unknown> {
  const pairs = Object.entries(columns).flatMap(([name, column]): [string, unknown][] => {
    const value = (values as Record<string, unknown>)[name]
    if (typeof column !== 'string') return Object.entries(rowOf(value as object, column))
    // `hours` is the only setting that is kept as JSON.
    return [[column, name === 'hours' && value ? JSON.stringify(value) : value]]
  })
  return Object.fromEntries(pairs)
}

export async function deleteNumber(tx: Tx, accountId: string, number: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('numbers')
    .where('accountId', '=', accountId)
    .where('number', '=', number)
    .returning('number')
    .executeTakeFirst()
  return row !== undefined
}

/** Stores what configuring the number at its carrier did, step by step, or where it stopped. */
export async function saveConfigured(tx: Tx, accountId: string, number: string, configured: unknown, now: Date) {
  await tx
    .updateTable('numbers')
    .set({ configured: JSON.stringify(configured), configuredAt: now })
    .where('accountId', '=', accountId)
    .where('number', '=', number)
    .execute()
}
