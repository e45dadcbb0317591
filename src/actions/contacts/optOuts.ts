import type { TroubleKind } from '../carriers/carrier.ts'
import type { Trouble } from '../domain/words.ts'
import { lockCaller } from '../store/calls.ts'
import type { Tx } from '../store/db.ts'
import { recordEvent } from '../store/events.ts'
import { refuseQueued } from '../store/messages.ts'
import type { World } from './world.ts'

export type OptOutSource = 'keyword' | 'phrase' | 'carrier' | 'manual'

type OptOut = {
  accountId: string
  phone: string
  source: OptOutSource
  contactId: string | null
  note?: string | null
  causeId?: string | null
  actor?: string
}

/**
 * From this moment nothing is sent to the phone: the opt-out stands and what was queued is refused, in one
 * transaction. The caller holds the phone's lock (lockCaller), so that no text is being prepared meanwhile.
 * False when it stood already.
 */
export async function optOut(world: World, tx: Tx, o: OptOut): Promise<boolean> {
  const now = world.now()
  const added = await tx
    .insertInto('optOuts')
    .values({ accountId: o.accountId, phone: o.phone, source: o.source, note: o.note ?? null, createdAt: now })
    .onConflict((c) => c.columns(['accountId', 'phone']).doNothing())
    .returning('phone')
    .executeTakeFirst()
  const causeId = added
    ? await recordEvent(
        tx,
        o.accountId,
        {
          type: 'opt_out.added',
          contactId: o.contactId,
          causeId: o.causeId ?? null,
          actor: o.actor ?? 'textback',
          data: { source: o.source, ...(o.contactId === null && { phone: o.phone }) },
        },
        now,
      )
    : null
  const refused = await refuseQueued(tx, o.accountId, o.phone, {
    code: 'opted_out',
    sentence: 'The recipient opted out of texts before this one left.',
    nextStep: 'Call them, or wait until they text START.',
  })
  for (const messageId of refused) {
    await recordEvent(
      tx,
      o.accountId,
      { type: 'message.refused', contactId: o.contactId, messageId, causeId, data: { reason: 'opted_out' } },
      now,
    )
    world.measure.messageEnded('refused')
  }
  return added !== undefined
}

/** Texts are welcome again. False when no opt-out stood. */
export async function optIn(
  world: World,
  tx: Tx,
  o: Omit<OptOut, 'source' | 'note'> & { source: 'keyword' | 'manual' },
): Promise<boolean> {
  const removed = await tx
    .deleteFrom('optOuts')
    .where('accountId', '=', o.accountId)
    .where('phone', '=', o.phone)
    .returning('phone')
    .executeTakeFirst()
  if (!removed) return false
  await recordEvent(
    tx,
    o.accountId,
    {
      type: 'opt_out.removed',
      contactId: o.contactId,
      causeId: o.causeId ?? null,
      actor: o.actor ?? 'textback',
      data: { source: o.source, ...(o.contactId === null && { phone: o.phone }) },
    },
    world.now(),
  )
  return true
}

/** What a carrier's refusal teaches about the phone is kept: the next call does not pay for the same lesson. */
export async function learnFromTrouble(
  world: World,
  tx: Tx,
  accountId: string,
  phone: string,
  trouble: Trouble & { kind: TroubleKind },
): Promise<void> {
  if (trouble.kind !== 'opted_out' && trouble.kind !== 'landline') return
  const contact = await tx
    .selectFrom('contacts')
    .select('id')
    .where('accountId', '=', accountId)
    .where('phone', '=', phone)
    .executeTakeFirst()
  if (trouble.kind === 'opted_out') {
    await lockCaller(tx, accountId, phone)
    await optOut(world, tx, { accountId, phone, source: 'carrier', contactId: contact?.id ?? null })
  } else if (contact) {
    await tx
      .updateTable('contacts')
      .set({ lineType: 'landline', lineTypeSource: trouble.code ?? 'carrier', lineTypeAt: world.now() })
      .where('accountId', '=', accountId)
      .where('id', '=', contact.id)
      .execute()
  }
}
