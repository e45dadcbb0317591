import { NOTHING, type Oversize, oversize } from '../../domain/contactSize.ts'
import type { Actor } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import { countNotes } from '../../store/contacts/contacts.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import type { World } from '../world.ts'

type Note = { id: string; contactId: string; body: string; createdAt: Date }

/** Null when there is no such contact. */
export async function addNote(
  world: World,
  accountId: string,
  contactId: string,
  body: string,
  author: string,
): Promise<Note | Oversize | null> {
  return asAccount(world.db, accountId, async (tx) => {
    const contact = await tx
      .selectFrom('contacts')
      .select('id')
      .where('accountId', '=', accountId)
      .where('id', '=', contactId)
      // Of two notes at once the second counts the first; calls and texts of the person need not wait.
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!contact) return null
    const before = { ...NOTHING, notes: await countNotes(tx, accountId, [contactId]) }
    const tooLarge = oversize(before, { ...before, notes: before.notes + 1 })
    if (tooLarge) return tooLarge
    return tx
      .insertInto('notes')
      .values({ id: newId(), accountId, contactId, body, author, createdAt: world.now() })
      .returning(['id', 'contactId', 'body', 'createdAt'])
      .executeTakeFirstOrThrow()
  })
}

export async function deleteNote(world: World, accountId: string, id: string, actor: Actor): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    const gone = await tx
      .deleteFrom('notes')
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .returning('contactId')
      .executeTakeFirst()
    if (!gone) return false
    await recordEvent(tx, accountId, { type: 'note.deleted', contactId: gone.contactId, actor }, world.now())
    return true
  })
}
