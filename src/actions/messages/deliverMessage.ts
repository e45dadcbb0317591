import { setTimeout as sleep } from 'node:timers/promises'
import type { SendResult, TroubleKind } from '../carriers/carrier.ts'
import { after, before, MINUTE, SECOND } from '../domain/time.ts'
import type { Trouble } from '../domain/words.ts'
import { inBatches } from '../store/batches.ts'
import { asAccount, type Tx } from '../store/db.ts'
import { eventAbout, recordEvent } from '../store/events.ts'
import { addJob } from '../store/jobs.ts'
import {
  holdForSlot,
  lockAllOutgoing,
  markSending,
  moveForward,
  moveTogether,
  type OutgoingMessage,
  type Progress,
  requeue,
  takeSlot,
} from '../store/messages.ts'
import { learnFromTrouble } from './consent.ts'
import { hooksUrl, type World } from './world.ts'

type Which = { accountId: string; messageId: string }

/** The carrier drops a text that it cannot deliver in this time: ten hours late it would do harm. */
const VALID_SECONDS = 600

/** How long we keep offering a text that no carrier takes, and how long an unknown outcome may stay one. */
export const GIVE_UP_MS = 10 * MINUTE

/** Between "it leaves" on disk and the request lie milliseconds; more than this is a paused machine. */
const OVERSLEPT_MS = 10 * SECOND

/** A slot this near is waited for in place: the worker looks for due jobs twice in this time. */
const NEAR_MS = SECOND

/** The carrier's list is read first after this long, and then at doubling distances. */
const FIRST_LOOK_MS = SECOND

/**
 * Takes one message to the carrier, once. `sending` is on disk before the request leaves; whatever happens after that
 * is either a definite answer or `unknown`, and an unknown is never sent again blindly.
 */
export async function deliverMessage(world: World, which: Which): Promise<void> {
  let asked = world.now()
  let message = await prepareTogether(world, which.accountId, which)
  while (message instanceof Date) {
    await sleep(Math.max(0, message.getTime() - world.now().getTime()))
    asked = world.now()
    message = await prepareTogether(world, which.accountId, which)
  }
  if (!message) return
  // A machine that slept since then has been taken for dead: a survivor may have asked the carrier and sent it.
  if (world.now() > after(asked, OVERSLEPT_MS)) throw new Error('The machine paused before the text left.')
  const connection = await world.connections.find(which.accountId, message.carrier)
  const result: SendResult = connection
    ? await world.carriers[connection.kind].send(connection, {
        messageId: message.id,
        from: message.fromPhone,
        to: message.toPhone,
        body: message.body,
        callbackUrl: `${hooksUrl(world, connection.kind, which.accountId, connection.id)}/receipt/${message.id}`,
        validSeconds: VALID_SECONDS,
      })
    : { outcome: 'refused', trouble: NO_CONNECTION }
  if (result.outcome === 'accepted') await noteAccepted(world, which, message, result.carrierId)
  else await asAccount(world.db, which.accountId, (tx) => settleSend(world, tx, which, message, result))
}

/** Messages whose turn comes at the same moment share the transaction that marks them as leaving. */
const prepareTogether = inBatches(
  ({ messageId }: Which) => messageId,
  (world: World, accountId, whiches) =>
    asAccount(world.db, accountId, async (tx) => {
      const messages = await lockAllOutgoing(
        tx,
        accountId,
        whiches.map(({ messageId }) => messageId),
      )
      const prepared = new Map<string, OutgoingMessage | Date | null>()
      for (const message of messages)
        prepared.set(message.id, await prepare(world, tx, { accountId, messageId: message.id }, message))
      const leaving = [...prepared.values()].filter(
        (one): one is OutgoingMessage => one !== null && !(one instanceof Date),
      )
      if (leaving.length > 0)
        await markSending(
          tx,
          accountId,
          leaving.map(({ id }) => id),
          world.now(),
        )
      return whiches.map(({ messageId }) => prepared.get(messageId) ?? null)
    }),
)

/**
 * Everything that may still stop a text is looked at here, in the transaction that marks it as leaving. A date is the
 * line's near slot, to wait for in place; null means that there is nothing to send (now).
 */
async function prepare(
  world: World,
  tx: Tx,
  which: Which,
  message: OutgoingMessage,
): Promise<OutgoingMessage | Date | null> {
  const now = world.now()
  // A worker died between "sending" and the answer, and its job came to us: the carrier may have the text.
  if (message.status === 'sending') {
    await becomeUnknown(world, tx, which, 'The app stopped while the carrier was being asked.')
    return null
  }
  if (message.status !== 'queued') return null
  const refusal = whyNotNow(message, now)
  if (refusal) {
    await end(world, tx, which, { status: 'refused', at: now, trouble: refusal })
    return null
  }
  if (message.segmentsPerSecond > 0) {
    const slot = await lineSlot(world, tx, which, message)
    if (slot) return slot.near ? slot.at : null
  }
  return message
}

function whyNotNow(message: OutgoingMessage, now: Date): Trouble | null {
  if (message.optedOutAt && message.kind !== 'confirmation')
    return {
      code: 'opted_out',
      sentence: 'The recipient opted out of texts before this one left.',
      nextStep: 'Call them, or wait until they text START.',
    }
  // A person who has it sent again knows what time it is.
  const late =
    message.kind === 'text_back' &&
    message.sentBy === null &&
    (message.hungUpAt ?? message.createdAt) < before(now, message.lateAfterMinutes * MINUTE)
  if (late)
    return {
      code: 'late',
      sentence: `It could not leave within ${message.lateAfterMinutes} minutes of the call, and a later text does more harm than good.`,
      nextStep: 'Call them back, or write to them yourself.',
    }
  return null
}

/**
 * One line sends its segments one after the other; the row of the number is the queue. Null: the line is free now.
 * A far slot gets a job of its own, a little early, so that the last moment is waited out in place.
 */
async function lineSlot(world: World, tx: Tx, which: Which, message: OutgoingMessage) {
  const now = world.now()
  const seconds = message.segments / message.segmentsPerSecond
  const kept = message.slotAt && message.slotAt > before(now, SECOND) ? message.slotAt : null
  const at = kept ?? (await takeSlot(tx, which.accountId, message.fromPhone, seconds, now))
  if (at <= now) return null
  if (!kept) await holdForSlot(tx, which.accountId, message.id, at)
  const near = at <= after(now, NEAR_MS)
  if (!near)
    await addJob(tx, 'deliver-message', which, { runAt: before(at, NEAR_MS / 2), key: `deliver ${message.id}` })
  return { at, near }
}

async function noteAccepted(world: World, which: Which, message: OutgoingMessage, carrierMessageId: string) {
  const now = world.now()
  await moveTogether(world.db, which.accountId, { id: which.messageId, status: 'accepted', at: now, carrierMessageId })
  // Counted also when a receipt was quicker than this answer and has moved the message further.
  world.measure.textAccepted(message.hungUpAt ? secondsSince(message.hungUpAt, now) : null)
}

/** What follows from every answer but "accepted". */
async function settleSend(
  world: World,
  tx: Tx,
  which: Which,
  message: OutgoingMessage,
  result: Exclude<SendResult, { outcome: 'accepted' }>,
) {
  const now = world.now()
  if (result.outcome === 'refused') {
    await learnFromTrouble(world, tx, which.accountId, message.toPhone, result.trouble)
    await end(world, tx, which, { status: 'refused', at: now, trouble: result.trouble })
    return
  }
  if (result.outcome === 'unknown') {
    await becomeUnknown(world, tx, which, result.why)
    return
  }
  // A text that waited for its turn has been offered only since that came.
  if ((message.slotAt ?? message.createdAt) < before(now, GIVE_UP_MS)) {
    await end(world, tx, which, { status: 'failed', at: now, trouble: unreachableCarrier(result.why) })
    return
  }
  await requeue(tx, which.accountId, which.messageId)
  const wait = result.retryAfterMs ?? Math.min(30 * SECOND, SECOND * 2 ** message.attempts)
  await addJob(tx, 'deliver-message', which, { runAt: after(now, wait), key: `deliver ${message.id}` })
}

async function becomeUnknown(world: World, tx: Tx, which: Which, why: string): Promise<void> {
  const trouble: Trouble = {
    code: null,
    sentence: `We can't tell yet whether the carrier took it: ${why}`,
    nextStep: 'Nothing to do now: we ask the carrier, and never send it twice on a guess.',
  }
  const now = world.now()
  const moved = await moveForward(tx, which.accountId, { id: which.messageId, status: 'unknown', at: now, trouble })
  if (!moved) return
  await addJob(tx, 'reconcile-message', which, {
    runAt: after(now, FIRST_LOOK_MS),
    key: `reconcile ${which.messageId}`,
  })
}

/** The message will not leave, or will not arrive: on the message, on the timeline, in the counters. */
export async function end(world: World, tx: Tx, which: Which, progress: Progress & { status: 'refused' | 'failed' }) {
  const moved = await moveForward(tx, which.accountId, { id: which.messageId, ...progress })
  if (!moved) return
  await recordEvent(
    tx,
    which.accountId,
    {
      type: progress.status === 'refused' ? 'message.refused' : 'message.failed',
      contactId: moved.contactId,
      callId: moved.callId,
      messageId: moved.id,
      causeId: await eventAbout(tx, which.accountId, moved.id, 'message.queued'),
      data: { trouble: progress.trouble },
    },
    progress.at,
  )
  world.measure.messageEnded(progress.status)
}

const secondsSince = (from: Date, to: Date) => (to.getTime() - from.getTime()) / SECOND

const unreachableCarrier = (why: string): Trouble => ({
  code: null,
  sentence: `The carrier did not take it for ${GIVE_UP_MS / MINUTE} minutes: ${why}`,
  nextStep: 'Look at the carrier connection, then send it again if it still makes sense.',
})

const NO_CONNECTION: Trouble & { kind: TroubleKind } = {
  code: null,
  kind: 'configuration',
  sentence: 'The carrier connection that this number texts through is gone.',
  nextStep: 'Choose another connection for the number.',
}
