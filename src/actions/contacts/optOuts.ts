import type { Actor } from '../../domain/events.ts'
import { OPTED_OUT_BEFORE_IT_LEFT } from '../../domain/mayMessage.ts'
import type { Failure, FailureKind } from '../../domain/words.ts'
import { contactAt, learnLineType, lockAddress } from '../../store/contacts/addresses.ts'
import * as conversations from '../../store/conversations/conversations.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { refuseQueued } from '../../store/messages/outbox.ts'
import { wakeNext } from '../../store/messages/slots.ts'
import type { World } from '../world.ts'

export type OptOutSource = 'keyword' | 'phrase' | 'carrier' | 'manual'

type OptOut = {
  accountId: string
  address: string
  source: OptOutSource
  /** The contact that has the address, if any. */
  contactId: string | null
  actor: Actor
  note?: string | null
  causeId?: string | null
}

/**
 * From this moment nothing is sent to the address: one transaction stores the opt-out and refuses what was queued. The
 * caller holds the address's lock, so that no text is being prepared meanwhile. False when the opt-out existed already.
 */
export async function optOut(world: World, tx: Tx, o: OptOut): Promise<boolean> {
  const now = world.now()
  const added = await tx
    .insertInto('optOuts')
    .values({ accountId: o.accountId, address: o.address, source: o.source, note: o.note ?? null, createdAt: now })
    .onConflict((c) => c.columns(['accountId', 'kind', 'address']).doNothing())
    .returning('address')
    .executeTakeFirst()
  const causeId = added ? await recordEvent(tx, o.accountId, { ...eventOf(o), type: 'opt_out.added' }, now) : null
  if (o.contactId) await conversations.optedOut(tx, o.accountId, o.contactId, o.address)
  const refused = await refuseQueued(tx, o.accountId, o.address, OPTED_OUT_BEFORE_IT_LEFT)
  for (const { id: messageId } of refused) {
    const about = { contactId: o.contactId, messageId, causeId }
    const data = { reason: 'opted_out' }
    await recordEvent(tx, o.accountId, { type: 'message.refused', actor: 'textback', ...about, data }, now)
    world.measure.messageEnded('refused')
  }
  const left = new Set(refused.filter(({ slotAt }) => slotAt).map(({ fromAddress }) => fromAddress))
  for (const number of left) await wakeNext(tx, o.accountId, { number, now })
  return added !== undefined
}

/** Allows texts again. False when there was no opt-out. */
export async function optIn(world: World, tx: Tx, o: OptOut & { source: 'keyword' | 'manual' }): Promise<boolean> {
  const removed = await tx
    .deleteFrom('optOuts')
    .where('accountId', '=', o.accountId)
    .where('kind', '=', 'phone')
    .where('address', '=', o.address)
    .returning('address')
    .executeTakeFirst()
  if (!removed) return false
  await recordEvent(tx, o.accountId, { ...eventOf(o), type: 'opt_out.removed' }, world.now())
  if (o.contactId) await conversations.optedIn(tx, o.accountId, o.contactId)
  return true
}

const eventOf = ({ contactId, causeId, actor, source, address }: OptOut) => ({
  contactId,
  causeId: causeId ?? null,
  actor,
  // Names the phone, because a contact may have several.
  data: { source, phone: address },
})

/** Opts a phone out by hand, as its owner asked. */
export function addOptOut(world: World, accountId: string, address: string, note: string | null, actor: Actor) {
  return asAccount(world.db, accountId, async (tx) => {
    await lockAddress(tx, accountId, address)
    const contactId = await contactAt(tx, accountId, address)
    await optOut(world, tx, { accountId, address, source: 'manual', note, contactId, actor })
  })
}

/** Removes an opt-out by hand, as the phone's owner asked. False when there is none. */
export function removeOptOut(world: World, accountId: string, address: string, actor: Actor): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    await lockAddress(tx, accountId, address)
    const contactId = await contactAt(tx, accountId, address)
    return optIn(world, tx, { accountId, address, source: 'manual', contactId, actor })
  })
}

/** Stores what a carrier's refusal says about the phone, so that the next call does not pay for the same refusal. */
export async function learnFromFailure(
  world: World,
  tx: Tx,
  accountId: string,
  address: string,
  failure: Failure & { kind: FailureKind },
): Promise<void> {
  if (failure.kind === 'landline') {
    const learned = { type: 'landline', source: failure.code ?? 'carrier', at: world.now() }
    await learnLineType(tx, accountId, address, learned)
  }
  if (failure.kind === 'opted_out') {
    await lockAddress(tx, accountId, address)
    const contactId = await contactAt(tx, accountId, address)
    await optOut(world, tx, { accountId, address, source: 'carrier', contactId, actor: 'textback' })
  }
}
