import type { MessageEvent } from '../../channels/port.ts'
import { asAccount } from '../../store/db.ts'
import { idOfSent } from '../../store/messages/outbox.ts'
import type { Source, World } from '../world.ts'
import { recordProgress, recordStep } from './recordStep.ts'

type Receipt = Extract<MessageEvent, { type: 'message.receipt' }>

/** Records the carrier's report about a text of ours. Late, repeated and reordered receipts change nothing. */
export async function recordReceipt(world: World, source: Source, event: Receipt): Promise<void> {
  const { accountId, connectionId } = source
  const id =
    event.messageId ??
    (await asAccount(world.db, accountId, (tx) => idOfSent(tx, accountId, connectionId, event.carrierId)))
  if (!id) return
  // The carrier does not know the outcome itself; it does have the text.
  const status = event.status === 'unknown' ? 'accepted' : event.status
  const step = { id, status, at: event.at, carrierMessageId: event.carrierId, failure: event.failure }
  const failed = status === 'failed' || status === 'undelivered'
  const moved = failed
    ? await asAccount(world.db, accountId, (tx) => recordStep(world, tx, accountId, step, `carrier:${connectionId}`))
    : await recordProgress(world, accountId, step)
  if (moved && (failed || status === 'delivered')) world.measure.messageEnded(status)
}
