import type { Actor } from '../../domain/events.ts'
import { lockContacts } from '../../store/contacts/addresses.ts'
import { ERASED, forgetPhones, phonesEverOf } from '../../store/contacts/traces.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { numbersWaitedFor, wakeNext } from '../../store/messages/slots.ts'
import type { World } from '../world.ts'

/**
 * Forgets a person: contact, addresses, conversation, texts, leads, events, and their phones in other events. Their calls
 * stay in the log without a phone. An opt-out and a listing stay, without their notes, because they are promises about
 * the phone and not facts about the contact. A call of theirs that is under way makes a new contact when it ends.
 */
export async function eraseContact(world: World, accountId: string, contactId: string, actor: Actor): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    await lockContacts(tx, accountId, [contactId])
    const phones = await phonesEverOf(tx, accountId, contactId)
    await tx
      .updateTable('calls')
      .set({ fromPhone: ERASED, callerName: null, forwardedFrom: null })
      .where('accountId', '=', accountId)
      .where('contactId', '=', contactId)
      .execute()
    const numbers = await numbersWaitedFor(tx, accountId, contactId)
    const erased = await tx
      .deleteFrom('contacts')
      .where('accountId', '=', accountId)
      .where('id', '=', contactId)
      .returning('id')
      .executeTakeFirst()
    if (!erased) return false
    await forgetPhones(tx, accountId, phones)
    for (const number of numbers) await wakeNext(tx, accountId, { number, now: world.now() })
    await recordEvent(tx, accountId, { type: 'contact.erased', actor }, world.now())
    return true
  })
}
