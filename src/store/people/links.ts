import { sql } from 'kysely'
import type { Tx } from '../db.ts'

/**
 * Deletes every link that a mail brought a user, and the halves of a sign-in: better-auth stores those by the user's id
 * or email.
 */
export async function deleteLinks(tx: Tx, user: { id: string; email: string }): Promise<void> {
  const written = JSON.stringify({ email: user.email }).slice(1, -1)
  await sql`delete from verifications where value = ${user.id} or strpos(value, ${written}) > 0`.execute(tx)
  await tx.deleteFrom('addressProofs').where('email', '=', user.email).execute()
}
