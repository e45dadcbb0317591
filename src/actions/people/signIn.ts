import { asPlatform, type Database } from '../../store/db.ts'
import { deleteLinks } from '../../store/people/links.ts'

/** After a new password nothing works that was made before it; whoever sets it ends the sessions. */
export const noteNewPassword = (db: Database, user: { id: string; email: string }): Promise<void> =>
  asPlatform(db, (tx) => deleteLinks(tx, user))

/** The same when it was chosen by a link in a mail, which proves the address too. */
export function noteReset(db: Database, user: { id: string; email: string }): Promise<void> {
  return asPlatform(db, async (tx) => {
    await deleteLinks(tx, user)
    await tx.updateTable('users').set({ emailVerified: true }).where('id', '=', user.id).execute()
  })
}

/** Ends one session of the user. The sessions that they see are named by what is stored of their tokens. */
export async function endSession(db: Database, userId: string, storedToken: string): Promise<void> {
  await asPlatform(db, (tx) =>
    tx.deleteFrom('sessions').where('userId', '=', userId).where('token', '=', storedToken).execute(),
  )
}

export async function endOtherSessions(db: Database, userId: string, sessionId: string): Promise<void> {
  await asPlatform(db, (tx) =>
    tx.deleteFrom('sessions').where('userId', '=', userId).where('id', '!=', sessionId).execute(),
  )
}
