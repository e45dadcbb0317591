import { type RawBuilder, sql } from 'kysely'
import { idleAt, type Line, placeText } from '../../domain/pace.ts'
import { after, before } from '../../domain/time.ts'
import type { Tx } from '../db.ts'
import { addJob } from '../jobs.ts'
import { recordset } from '../recordset.ts'
import { gathered } from '../together.ts'

/** The slots of the numbers that send one segment after the other: one row for each number is the queue of all processes. */

export type Slot = {
  at: Date
  /** Whether other texts wait for the same number. */
  others: boolean
}

type Asker = { id: string; number: string; seconds: number; slotAt: Date | null; now: Date }

/**
 * Gives the text its moment, and holds the number until the transaction ends. A moment that is not after `now` counts
 * as leaving, so the caller must mark the text in this transaction. The slot of a text that waits is kept on its row.
 */
export const takeSlot = gathered(async (tx, accountId, texts: Asker[]): Promise<Slot[]> => {
  const lines = await lockLines(tx, accountId, [...new Set(texts.map(({ number }) => number))], texts.length + 1)
  const slots = texts.map(({ number, now, ...text }) => {
    const line = lines.get(number)
    // The number was deleted: nothing keeps its pace.
    if (!line) return { at: now, others: false }
    const placed = placeText(line, text, now)
    lines.set(number, placed.line)
    return { at: placed.at, others: placed.line.waiting.some((id) => id !== text.id) }
  })
  const held = texts.flatMap(({ id, slotAt, now }, n) => {
    const { at } = slots[n]!
    return at > now && at.getTime() !== slotAt?.getTime() ? [{ id, at }] : []
  })
  await Promise.all([
    lines.size > 0 && saveLines(tx, accountId, lines),
    held.length > 0 &&
      sql`update messages m set slot_at = item.at from ${recordset('id uuid, at timestamptz', held)}
        where m.account_id = ${accountId} and m.id = item.id
          and m.id = any(${held.map(({ id }) => id)}::uuid[])`.execute(tx),
  ])
  return slots
})

async function lockLines(tx: Tx, accountId: string, numbers: string[], many: number): Promise<Map<string, Line>> {
  const { rows } = await sql<Line & { number: string }>`
    select n.number, n.free_at, n.left_at, n.left_seconds, array(select message_id::text from waiting_texts w
      where w.account_id = ${accountId} and w.number = n.number order by slot_at, message_id limit ${many}) as waiting
    from numbers n where n.account_id = ${accountId} and n.number = any(${numbers}::text[])
    -- in one order for everybody, so that two who take slots of several numbers do not wait for each other
    order by n.number for update`.execute(tx)
  return new Map(rows.map(({ number, ...line }) => [number, line]))
}

async function saveLines(tx: Tx, accountId: string, lines: Map<string, Line>): Promise<void> {
  const items = [...lines].map(([number, { freeAt, leftAt, leftSeconds }]) => ({
    number,
    free_at: freeAt,
    left_at: leftAt,
    left_seconds: leftSeconds,
  }))
  await sql`update numbers n set free_at = item.free_at, left_at = item.left_at, left_seconds = item.left_seconds
    from ${recordset('number text, free_at timestamptz, left_at timestamptz, left_seconds float8', items)}
    where n.account_id = ${accountId} and n.number = item.number`.execute(tx)
}

/** A slot this near is waited for in place: the worker looks for due jobs twice in this time. */
export const NEAR_MS = 1_000

/** When the job of a text with this slot runs: a little early, so that the last moment is waited out in place. */
export const jobFor = (slotAt: Date): Date => before(slotAt, NEAR_MS / 2)

/**
 * Wakes the next text of the number when it need not wait for its slot any more: those before it have left, or never
 * will. Call it in the transaction that took one of them away.
 */
export const wakeNext = gathered(async (tx, accountId, all: { number: string; now: Date }[]): Promise<undefined[]> => {
  const numbers = all.map(({ number }) => number)
  await wake(tx, sql`n.account_id = ${accountId} and n.number = any(${numbers}::text[])`, all[0]!.now)
  return all.map(() => undefined)
})

/** The same for every number of every account. */
export const wakeEveryNext = (tx: Tx, now: Date): Promise<void> => wake(tx, sql`true`, now)

async function wake(tx: Tx, which: RawBuilder<unknown>, now: Date): Promise<void> {
  const { rows } = await sql<
    Pick<Line, 'leftAt' | 'leftSeconds'> & { accountId: string; messageId: string; slotAt: Date }
  >`
    select distinct on (w.account_id, w.number) n.left_at, n.left_seconds, w.account_id, w.message_id, w.slot_at
    from waiting_texts w join numbers n using (account_id, number) where ${which}
    order by w.account_id, w.number, w.slot_at, w.message_id`.execute(tx)
  const early = rows.filter(({ slotAt, ...line }) => slotAt > after(idleAt(line, now), NEAR_MS))
  const free = await lockUnlessHeld(tx, early)
  for (const { accountId, messageId, ...line } of early)
    if (free.has(messageId))
      await addJob(
        tx,
        'deliver-message',
        { accountId, messageId },
        { runAt: jobFor(idleAt(line, now)), key: `deliver ${messageId}` },
      )
}

/**
 * Locks the texts that nobody else holds. Who holds one moves it; and to wait for somebody who wakes one of ours, as two
 * STOPs at once to one number would, is to wait for ever.
 */
async function lockUnlessHeld(tx: Tx, texts: { messageId: string }[]): Promise<Set<string>> {
  if (texts.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`select id from messages
    where id = any(${texts.map(({ messageId }) => messageId)}::uuid[]) order by id for no key update skip locked`.execute(
    tx,
  )
  return new Set(rows.map(({ id }) => id))
}

/** The numbers that texts to the contact wait for. */
export async function numbersWaitedFor(tx: Tx, accountId: string, contactId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('waitingTexts')
    .innerJoin('messages', 'messages.id', 'waitingTexts.messageId')
    .select('number')
    .distinct()
    .where('waitingTexts.accountId', '=', accountId)
    .where('messages.contactId', '=', contactId)
    .execute()
  return rows.map(({ number }) => number)
}
