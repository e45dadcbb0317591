import type { FoundSent, ReceiptStatus } from '../../channels/port.ts'
import type { Actor } from '../../domain/events.ts'
import { after, SECOND } from '../../domain/time.ts'
import { mayBeSentAgain, personDecidesAt } from '../../domain/unknown.ts'
import type { Failure, MessageStatus } from '../../domain/words.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { eventAbout, recordEvent } from '../../store/events.ts'
import { addJob } from '../../store/jobs.ts'
import {
  lockOutgoing,
  moveForward,
  type OutgoingMessage,
  requeue,
  takenCarrierIds,
} from '../../store/messages/outbox.ts'
import type { World } from '../world.ts'
import type { WhichMessage } from './deliverMessage.ts'
import { endMessage, recordStep } from './recordStep.ts'

/**
 * Finds out what became of a text whose sending has an unknown outcome. A receipt with our id may have settled it
 * already; else the carrier's list decides. The text is sent again only on proof: the list has come past our attempt,
 * and lacks the text. Without proof we wait for the receipt, and at last a person decides: a text twice is worse than a
 * rare text that somebody has to send.
 */
export async function reconcileMessage(world: World, which: WhichMessage): Promise<void> {
  const message = await asAccount(world.db, which.accountId, (tx) => lockOutgoing(tx, which.accountId, which.messageId))
  if (message?.status !== 'unknown' || !message.attemptedAt) return
  const connection = await world.connections.find(which.accountId, message.connectionId)
  const sms = connection && world.vendors.get(connection.kind)?.channels.sms
  const found = sms
    ? await sms.findSent(connection, {
        messageId: message.id,
        from: message.fromAddress,
        to: message.toAddress,
        body: message.body,
        attemptedAt: message.attemptedAt,
        askedAt: world.now(),
      })
    : ({ outcome: 'unreadable', why: 'The carrier connection is gone.' } as const)

  await asAccount(world.db, which.accountId, async (tx) => {
    const still = await lockOutgoing(tx, which.accountId, which.messageId)
    if (still?.status !== 'unknown' || still.attempts !== message.attempts) return
    const now = world.now()
    if (found.outcome === 'found') {
      const taken = await takenCarrierIds(
        tx,
        which.accountId,
        message.connectionId,
        found.texts.map((text) => text.carrierId),
      )
      const ours = found.texts.find((text) => !taken.has(text.carrierId))
      if (ours) {
        const step = {
          id: message.id,
          status: asMessageStatus(ours.status),
          at: ours.at,
          carrierMessageId: ours.carrierId,
          failure: ours.failure,
        }
        await recordStep(world, tx, which.accountId, step, `carrier:${message.connectionId}`)
        return
      }
    }
    if (sms && mayBeSentAgain(found, { attemptedAt: message.attemptedAt!, outOfOrderMs: sms.listSettlesAfterMs })) {
      await requeue(tx, which.accountId, message.id)
      await addJob(tx, 'deliver-message', which, { key: `deliver ${message.id}` })
      return
    }
    const { lateAfterMinutes } = message
    if (now >= personDecidesAt({ attemptedAt: message.attemptedAt!, lateAfterMinutes })) {
      await askPerson(world, tx, which, message, found)
      return
    }
    const wait = Math.min(60 * SECOND, Math.max(SECOND, now.getTime() - message.attemptedAt!.getTime()))
    await addJob(tx, 'reconcile-message', which, { runAt: after(now, wait), key: `reconcile ${message.id}` })
  })
}

const asMessageStatus = (status: ReceiptStatus): MessageStatus => (status === 'unknown' ? 'accepted' : status)

const WITHOUT_PROOF = 'The carrier’s list does not show it, which proves nothing: a list may lag.'

async function askPerson(world: World, tx: Tx, which: WhichMessage, message: OutgoingMessage, found: FoundSent) {
  const failure: Failure = {
    code: null,
    sentence: `Nobody can tell whether this text went out. ${found.outcome === 'unreadable' ? found.why : WITHOUT_PROOF}`,
    nextStep: 'Ask the recipient, or look at the carrier’s own log; then mark it as sent or send it again.',
  }
  await tx
    .updateTable('messages')
    .set({ failure: JSON.stringify(failure), dueAt: null })
    .where('accountId', '=', which.accountId)
    .where('id', '=', message.id)
    .execute()
  await recordEvent(
    tx,
    which.accountId,
    {
      type: 'message.unknown',
      actor: 'textback',
      contactId: message.contactId,
      callId: message.callId,
      messageId: message.id,
      causeId: await eventAbout(tx, which.accountId, message.id, 'message.queued'),
      data: { trouble: failure },
    },
    world.now(),
  )
  world.measure.messageEnded('unknown')
}

/**
 * Settles an unknown text as a person says. `not_sent` ends it, `send_again` queues it once more. False when the
 * message is not unknown.
 */
export async function resolveMessage(
  world: World,
  which: WhichMessage,
  as: 'sent' | 'not_sent' | 'send_again',
  actor: Actor,
): Promise<boolean> {
  return asAccount(world.db, which.accountId, async (tx) => {
    const message = await lockOutgoing(tx, which.accountId, which.messageId)
    if (message?.status !== 'unknown') return false
    const now = world.now()
    if (as === 'sent') {
      await moveForward(tx, which.accountId, { id: message.id, status: 'accepted', at: now, failure: null })
    } else if (as === 'not_sent') {
      const failure = {
        code: null,
        sentence: 'A person found that it was not sent.',
        nextStep: 'Send it again, or call them.',
      }
      await endMessage(world, tx, which, { status: 'failed', at: now, failure })
    } else {
      await tx
        .updateTable('messages')
        .set({ sentBy: actor })
        .where('accountId', '=', which.accountId)
        .where('id', '=', message.id)
        .execute()
      await requeue(tx, which.accountId, message.id)
      await addJob(tx, 'deliver-message', which, { key: `deliver ${message.id}` })
    }
    return true
  })
}
