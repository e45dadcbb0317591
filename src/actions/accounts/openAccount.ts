import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { NOT_A_TIMEZONE } from '../../domain/account.ts'
import { BUSINESSES_OF_USER } from '../../domain/attempts.ts'
import { newId } from '../../domain/ids.ts'
import { type SignUp, whoMaySignUp } from '../../domain/signUp.ts'
import { asPlatform, type Tx } from '../../store/db.ts'
import { createDefaultPipeline } from '../../store/leads/leads.ts'
import { unknownTimezones } from '../../store/timezones.ts'
import type { World } from '../world.ts'

export type Opened =
  | { outcome: 'opened'; accountId: string }
  | { outcome: 'closed' | 'unproven' | 'too_many' }
  | { outcome: 'wrong_timezone'; message: string }

/** A signed-in person opens a business of their own, and is in it from now on. */
export async function openBusiness(
  world: World,
  person: { userId: string; sessionId: string; emailVerified: boolean },
  { name, timezone }: { name: string; timezone: string | null },
): Promise<Opened> {
  if (!person.emailVerified) return { outcome: 'unproven' }
  if (await world.limits.spend(BUSINESSES_OF_USER, person.userId)) return { outcome: 'too_many' }
  return asPlatform(world.db, async (tx) => {
    if ((await whoMaySignUpNow(world, tx)) !== 'open') return { outcome: 'closed' }
    if (timezone && (await unknownTimezones(tx, [timezone])).length > 0)
      return { outcome: 'wrong_timezone', message: NOT_A_TIMEZONE }
    const accountId = await openAccount(tx, { userId: person.userId, name, timezone })
    await tx.updateTable('sessions').set({ activeAccountId: accountId }).where('id', '=', person.sessionId).execute()
    return { outcome: 'opened', accountId }
  })
}

/** Makes an account with what every account begins with, and its first owner. */
export async function openAccount(
  tx: Tx,
  { userId, name, timezone }: { userId: string; name: string; timezone?: string | null },
): Promise<string> {
  const id = newId()
  // Slugs are unique over all accounts and nobody sees them: the name alone would soon be taken.
  const slug = `${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)}-${randomBytes(4).toString('hex')}`
  await tx
    .insertInto('accounts')
    .values({ id, name, slug, ...(timezone && { timezone }) })
    .execute()
  await tx.insertInto('members').values({ id: newId(), accountId: id, userId, role: 'owner' }).execute()
  await createDefaultPipeline(tx, id)
  return id
}

/** Two who come first at the same moment take turns: the lock lasts until the end of the transaction. */
export async function whoMaySignUpNow(world: World, tx: Tx): Promise<SignUp> {
  if (world.signUp !== 'first') return whoMaySignUp(world.signUp, true)
  await sql`select pg_advisory_xact_lock(hashtext('textback first account'))`.execute(tx)
  const account = await tx.selectFrom('accounts').select('id').limit(1).executeTakeFirst()
  return whoMaySignUp(world.signUp, account !== undefined)
}
