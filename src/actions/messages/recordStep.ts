import type { Actor } from '../../domain/events.ts'
import type { Failure, FailureKind } from '../../domain/words.ts'
import type { Tx } from '../../store/db.ts'
import { eventAbout, recordEvent } from '../../store/events.ts'
import { lockRecipient, type Moved, moveForward, type Step } from '../../store/messages/outbox.ts'
import { sharedTransactions } from '../../store/together.ts'
import { learnFromFailure } from '../contacts/optOuts.ts'
import type { World } from '../world.ts'

/** Steps of messages that arrive at the same moment share a transaction. */
const inTransaction = sharedTransactions()

/** Records a step that needs no event: accepted by the carrier, sent or delivered. */
export function recordProgress(world: World, accountId: string, step: Step): Promise<Moved | null> {
  return inTransaction(world.db, accountId, step.id, (tx) => moveForward(tx, accountId, step))
}

/** Records one step of a text of ours. A failure also says something about the phone, and is an event. */
export async function recordStep(
  world: World,
  tx: Tx,
  accountId: string,
  step: Step & { failure: (Failure & { kind: FailureKind }) | null },
  actor: Actor,
): Promise<Moved | null> {
  // The recipient is locked before the message, everywhere: else two transactions could wait for each other.
  if (step.failure) await lockRecipient(tx, accountId, step.id)
  const moved = await moveForward(tx, accountId, step)
  if (!moved || !step.failure) return moved
  await learnFromFailure(world, tx, accountId, moved.toAddress, step.failure)
  await recordEnd(tx, accountId, moved, { type: 'message.failed', actor, failure: step.failure, at: step.at })
  return moved
}

/** Records on the message, the timeline and the counters that the message will not leave or not arrive. */
export async function endMessage(
  world: World,
  tx: Tx,
  { accountId, messageId }: { accountId: string; messageId: string },
  step: { status: 'refused' | 'failed'; at: Date; failure: Failure },
): Promise<void> {
  const moved = await moveForward(tx, accountId, { id: messageId, ...step })
  if (!moved) return
  const type = step.status === 'refused' ? 'message.refused' : 'message.failed'
  await recordEnd(tx, accountId, moved, { type, actor: 'textback', failure: step.failure, at: step.at })
  world.measure.messageEnded(step.status)
}

async function recordEnd(
  tx: Tx,
  accountId: string,
  { id, contactId, callId }: Moved,
  {
    type,
    actor,
    failure,
    at,
  }: { type: 'message.refused' | 'message.failed'; actor: Actor; failure: Failure; at: Date },
): Promise<void> {
  const causeId = await eventAbout(tx, accountId, id, 'message.queued')
  const event = { type, actor, contactId, callId, messageId: id, causeId, data: { trouble: failure } }
  await recordEvent(tx, accountId, event, at)
}
