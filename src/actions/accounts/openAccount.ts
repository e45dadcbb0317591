import { asPlatform, type Database } from '../../store/db.ts'
import { createDefaultPipeline } from '../../store/leads/leads.ts'

/** Gives a business named at sign-up what every account begins with. */
export function openAccount(db: Database, accountId: string): Promise<void> {
  return asPlatform(db, (tx) => createDefaultPipeline(tx, accountId))
}
