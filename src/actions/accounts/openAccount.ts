import { asPlatform, type Database } from '../../store/db.ts'
import { createDefaultPipeline } from '../../store/leads/leads.ts'

/** A business that somebody just named when signing up gets what every business begins with. */
export function openAccount(db: Database, accountId: string): Promise<void> {
  return asPlatform(db, (tx) => createDefaultPipeline(tx, accountId))
}
