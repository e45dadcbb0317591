import { CLOSING_DAYS } from '../../domain/closing.ts'
import type { Actor } from '../../domain/events.ts'
import { after, DAY } from '../../domain/time.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { addJob } from '../../store/jobs.ts'
import type { World } from '../world.ts'
import { closingKey } from './closeAccount.ts'

export type Closing = { closingAt: Date | null; by: string | null }

/** A person who owns the account; a program must not close it. */
type Owner = { accountId: string; userId: string; actor: Actor }

/** When the account will be erased and who asked for that; null when it is not being closed. */
export async function findClosing(tx: Tx, accountId: string): Promise<Closing> {
  return tx
    .selectFrom('accounts')
    .leftJoin('users', 'users.id', 'accounts.closingBy')
    .select(['accounts.closingAt', 'users.name as by'])
    .where('accounts.id', '=', accountId)
    .executeTakeFirstOrThrow()
}

/**
 * Starts the waiting time: from now on no text leaves, and at its end a job erases everything. `confirm` is the typed
 * name of the business. A second request does not restart the time.
 */
export async function beginClosing(world: World, owner: Owner, confirm: string): Promise<'closing' | { name: string }> {
  const { accountId, userId, actor } = owner
  const now = world.now()
  const closingAt = after(now, CLOSING_DAYS * DAY)
  const begun = await asAccount(world.db, accountId, async (tx) => {
    const account = await tx
      .selectFrom('accounts')
      .select(['name', 'closingAt'])
      .where('id', '=', accountId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (confirm.trim() !== account.name.trim()) return { name: account.name }
    if (account.closingAt) return 'closing'
    await tx.updateTable('accounts').set({ closingAt, closingBy: userId }).where('id', '=', accountId).execute()
    await recordEvent(tx, accountId, { type: 'account.closing', actor, data: { closingAt } }, now)
    await addJob(tx, 'close-account', { accountId }, { runAt: closingAt, key: closingKey(accountId) })
    return 'begun'
  })
  if (begun !== 'begun') return begun
  await tellOwners(world, accountId, ({ name, by, when, url }) => ({
    subject: `${name} is being closed`,
    text:
      `${by} asked to close ${name} on Textback. On ${when} everything of it is erased: contacts, texts, calls, ` +
      `leads and settings. Nobody can bring it back then.\n\nUntil that day no text leaves. Calls still ring, and are ` +
      `still in the log.\n\nTo take your data with you, or to keep the business:\n\n${url}`,
  }))
  return 'closing'
}

/** Takes the closing back; texts leave again. False when the account was not being closed. */
export async function keepAccount(world: World, { accountId, actor }: Owner): Promise<boolean> {
  const kept = await asAccount(world.db, accountId, async (tx) => {
    const row = await tx
      .updateTable('accounts')
      .set({ closingAt: null, closingBy: null })
      .where('id', '=', accountId)
      .where('closingAt', 'is not', null)
      .where('erasingSince', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (row) await recordEvent(tx, accountId, { type: 'account.kept', actor }, world.now())
    return row !== undefined
  })
  if (kept)
    await tellOwners(world, accountId, ({ name }) => ({
      subject: `${name} stays`,
      text: `${name} is not being closed any more. Missed calls are texted back as before.`,
    }))
  return kept
}

type Said = { name: string; by: string; when: string; url: string }

async function tellOwners(world: World, accountId: string, say: (said: Said) => { subject: string; text: string }) {
  const { account, closing, owners } = await asAccount(world.db, accountId, async (tx) => ({
    account: await tx
      .selectFrom('accounts')
      .select(['name', 'timezone'])
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow(),
    closing: await findClosing(tx, accountId),
    owners: await tx
      .selectFrom('members')
      .innerJoin('users', 'users.id', 'members.userId')
      .select('users.email')
      .where('members.accountId', '=', accountId)
      .where('members.role', '=', 'owner')
      .execute(),
  }))
  const mail = say({
    name: account.name,
    by: closing.by ?? 'Somebody',
    when: dayOf(closing.closingAt ?? world.now(), account.timezone),
    url: `${world.publicUrl}/settings/closing`,
  })
  for (const { email } of owners) await world.mail({ to: email, ...mail })
}

const dayOf = (at: Date, timeZone: string) =>
  new Intl.DateTimeFormat('en-US', { timeZone, dateStyle: 'full', timeStyle: 'short' }).format(at)
