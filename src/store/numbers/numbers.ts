import { sql } from 'kysely'
import type { NumberSettings } from '../domain/number.ts'
import type { Tx } from './db.ts'

/** A number as far as texting through it goes. */
export type TextLine = { number: string; business: string; textsThrough: string; timezone: string }

export async function lineForTexts(tx: Tx, accountId: string, number: string): Promise<TextLine | null> {
  const { rows } = await sql<TextLine>`
    select n.number, a.name as business, coalesce(n.texts_through, n.carrier) as texts_through, a.timezone
    from numbers n join accounts a on a.id = n.account_id
    where n.account_id = ${accountId} and n.number = ${number}`.execute(tx)
  return rows[0] ?? null
}

/** A number as a person sees it: its settings, and what configuring it at the carrier did. */
export type NumberRow = NumberSettings & { configured: unknown; configuredAt: Date | null; createdAt: Date }

export async function listNumbers(tx: Tx, accountId: string): Promise<NumberRow[]> {
  const rows = await numbers(tx, accountId).orderBy('createdAt').orderBy('number').execute()
  return rows.map(asRow)
}

export async function findNumber(tx: Tx, accountId: string, number: string): Promise<NumberRow | null> {
  const row = await numbers(tx, accountId).where('number', '=', number).executeTakeFirst()
  return row ? asRow(row) : null
}

/** The numbers whose calls the connection brings. */
export async function numbersOfCarrier(tx: Tx, accountId: string, carrier: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('numbers')
    .select('number')
    .where('accountId', '=', accountId)
    .where('carrier', '=', carrier)
    .execute()
  return rows.map((row) => row.number)
}

/** The numbers that need the connection for calls or for texts. */
export async function numbersUsing(tx: Tx, accountId: string, carrier: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('numbers')
    .select('number')
    .where('accountId', '=', accountId)
    .where(({ or, eb }) => or([eb('carrier', '=', carrier), eb('textsThrough', '=', carrier)]))
    .execute()
  return rows.map((row) => row.number)
}

/** Creates the number or changes it to these settings. */
export async function upsertNumber(tx: Tx, accountId: string, s: NumberSettings, now: Date): Promise<void> {
  const values = {
    label: s.label,
    carrier: s.carrier,
    textsThrough: s.textsThrough,
    enabled: s.enabled,
    mode: s.mode,
    forwardTo: s.forwardTo,
    ringSeconds: s.ringSeconds,
    minRingSeconds: s.minRingSeconds,
    greeting: s.greeting,
    segmentsPerSecond: s.segmentsPerSecond,
    textBackEnabled: s.textBack.enabled,
    textBackMessage: s.textBack.message,
    textBackRepeatMessage: s.textBack.repeatMessage,
    afterHoursMessage: s.textBack.afterHoursMessage,
    hours: s.hours && JSON.stringify(s.hours),
    cooldownMinutes: s.textBack.cooldownMinutes,
    forgedCallerId: s.textBack.forgedCallerId,
    updatedAt: now,
  }
  // At another pace the line begins anew: until when it was booked belongs to the old one. A statement of its own, since
  // a change of `free_at` is not told to the screens, and the others are.
  await tx
    .updateTable('numbers')
    .set({ freeAt: now })
    .where('accountId', '=', accountId)
    .where('number', '=', s.number)
    .where('segmentsPerSecond', '!=', s.segmentsPerSecond)
    .execute()
  await tx
    .insertInto('numbers')
    .values({ accountId, number: s.number, ...values })
    .onConflict((c) => c.columns(['accountId', 'number']).doUpdateSet(values))
    .execute()
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

/** What configuring the number at its carrier did, step by step, or where it stopped. */
export async function saveConfigured(tx: Tx, accountId: string, number: string, configured: unknown, now: Date) {
  await tx
    .updateTable('numbers')
    .set({ configured: JSON.stringify(configured), configuredAt: now })
    .where('accountId', '=', accountId)
    .where('number', '=', number)
    .execute()
}

const numbers = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('numbers')
    .select([
      'number',
      'label',
      'carrier',
      'textsThrough',
      'enabled',
      'mode',
      'forwardTo',
      'ringSeconds',
      'minRingSeconds',
      'greeting',
      'segmentsPerSecond',
      'textBackEnabled',
      'textBackMessage',
      'textBackRepeatMessage',
      'afterHoursMessage',
      'hours',
      'cooldownMinutes',
      'forgedCallerId',
      'configured',
      'configuredAt',
      'createdAt',
    ])
    .where('accountId', '=', accountId)

function asRow(row: Awaited<ReturnType<ReturnType<typeof numbers>['executeTakeFirstOrThrow']>>): NumberRow {
  const { textBackEnabled, textBackMessage, textBackRepeatMessage, afterHoursMessage, ...others } = row
  const { cooldownMinutes, forgedCallerId, ...rest } = others
  return {
    ...rest,
    mode: row.mode as NumberSettings['mode'],
    hours: row.hours as NumberSettings['hours'],
    textBack: {
      enabled: textBackEnabled,
      message: textBackMessage,
      repeatMessage: textBackRepeatMessage,
      afterHoursMessage,
      cooldownMinutes,
      forgedCallerId: forgedCallerId as 'skip' | 'send',
    },
  }
}
