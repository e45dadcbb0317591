import { setTimeout as sleep } from 'node:timers/promises'
import type { SendResult } from '../../channels/port.ts'
import { whyNotLeave } from '../../domain/mayMessage.ts'
import { after, before, MINUTE, SECOND } from '../../domain/time.ts'
import type { Failure, FailureKind } from '../../domain/words.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import { lockOutgoing, markSending, moveForward, type OutgoingMessage, requeue } from '../../store/messages/outbox.ts'
import { jobFor, NEAR_MS, takeSlot, wakeNext } from '../../store/messages/slots.ts'
import { patiently } from '../../store/patience.ts'
import { sharedTransactions } from '../../store/together.ts'
import { learnFromFailure } from '../contacts/optOuts.ts'
import { hooksUrl, namesOfVendors, type World } from '../world.ts'
import { endMessage, recordProgress } from './recordStep.ts'

export type WhichMessage = { accountId: string; messageId: string }

/** The carrier drops a text that it cannot deliver in this time: ten hours late it would do harm. */
const VALID_SECONDS = 600

/** How long we keep offering a text that no carrier takes. */
const GIVE_UP_MS = 10 * MINUTE

/** Between "it leaves" on disk and the request lie milliseconds; more than this is a paused machine. */
const OVERSLEPT_MS = 10 * SECOND

/**
 * A text that is marked as leaving for less than this may still be with a carrier that is slow to answer (8 s at most,
 * vendors/http.ts), in this process or another; after it, whoever sent it is dead.
 */
const LEAVES_MS = 15 * SECOND

/** The carrier's list is read first after this long, and then at doubling distances. */
const FIRST_LOOK_MS = SECOND

/** The texts that this process is taking to their carriers. */
const underWay = new Map<string, Promise<void>>()

/** Texts that a carrier took from this process lately. None of them ever goes back to the queue. */
const accepted = new Set<string>()
const MOST_REMEMBERED = 10_000

/**
 * When this process marked a text as leaving, as long as it has not asked a carrier. A database that goes away in that
 * moment may have kept the mark without telling. Such a text has provably not left.
 */
const notAsked = new Map<string, number>()

/** So many leave at once without their jobs; more wait for their jobs, which come in turn. */
const AT_ONCE = 64

/**
 * Takes a text to its carrier right after the commit that queued it, without waiting for its job to be picked up. Should
 * this process end before, the job does it. Never throws.
 */
export function deliverAtOnce(world: World, which: WhichMessage): void {
  if (underWay.size >= AT_ONCE) return
  patiently(world.db, () => deliverMessage(world, which)).catch((error) =>
    world.log.warn(
      { message: which.messageId, err: error.message },
      'a text did not leave at once; its job is tried next',
    ),
  )
}

/** When all texts that are leaving now have left, or failed to. */
export async function deliveriesEnd(): Promise<void> {
  await Promise.allSettled(underWay.values())
}

/**
 * Takes one message to the carrier, once, however many ask for it. `sending` is on disk before the request leaves;
 * whatever happens after that is either a definite answer or `unknown`, and an unknown is never sent again blindly.
 */
export function deliverMessage(world: World, which: WhichMessage): Promise<void> {
  if (accepted.has(which.messageId)) return Promise.resolve()
  const already = underWay.get(which.messageId)
  if (already) return already
  const mine = deliver(world, which).finally(() => underWay.delete(which.messageId))
  underWay.set(which.messageId, mine)
  return mine
}

async function deliver(world: World, which: WhichMessage): Promise<void> {
  let asked = world.now()
  let ready = await prepare(world, which)
  while (ready.outcome === 'wait') {
    await sleep(Math.max(0, ready.until.getTime() - world.now().getTime()))
    asked = world.now()
    ready = await prepare(world, which)
  }
  if (ready.outcome === 'stays') return
  const { message } = ready
  // A machine that slept since then has been taken for dead: a survivor may have asked the carrier and sent it.
  if (world.now() > after(asked, OVERSLEPT_MS)) throw new Error('The machine paused before the text left.')
  const connection = await world.connections.find(which.accountId, message.connectionId)
  const sms = connection && world.vendors.get(connection.kind)?.channels.sms
  notAsked.delete(message.id)
  const result: SendResult = sms
    ? await sms.send(connection, {
        messageId: message.id,
        from: message.fromAddress,
        to: message.toAddress,
        body: message.body,
        callbackUrl: `${hooksUrl(world, connection.kind, which.accountId, connection.id)}/receipt/${message.id}`,
        validSeconds: VALID_SECONDS,
      })
    : { outcome: 'refused', failure: connection ? sendsNoTexts(world) : NO_CONNECTION }
  // Nobody else knows the answer. Without it the text would be of unknown outcome.
  await patiently(world.db, () =>
    result.outcome === 'accepted'
      ? noteAccepted(world, which, message, result.carrierId)
      : asAccount(world.db, which.accountId, (tx) => settleSend(world, tx, which, message, result)),
  )
}

/** `leaves`: marked as leaving, ask the carrier now. `wait`: its slot is near. `stays`: nothing to send (now). */
type Ready = { outcome: 'leaves'; message: OutgoingMessage } | { outcome: 'wait'; until: Date } | { outcome: 'stays' }

/** Messages whose turn comes at the same moment share the transaction that marks them as leaving. */
const inTransaction = sharedTransactions()

/** Everything that may still stop a text is looked at here, in the transaction that marks it as leaving. */
function prepare(world: World, which: WhichMessage): Promise<Ready> {
  const { accountId, messageId } = which
  return inTransaction(world.db, accountId, messageId, async (tx): Promise<Ready> => {
    let message = await lockOutgoing(tx, accountId, messageId)
    const now = world.now()
    if (message && isMarkedHere(message)) {
      await requeue(tx, accountId, messageId)
      message = { ...message, status: 'queued', slotAt: null }
    }
    if (message?.status === 'sending') await lookAfterSending(world, tx, which, message)
    if (message?.status !== 'queued') {
      notAsked.delete(messageId)
      return { outcome: 'stays' }
    }
    const failure = whyNotLeave(
      purposeOf(message),
      { ...message, answersEventAt: message.hungUpAt ?? message.createdAt },
      now,
    )
    if (failure) {
      await endMessage(world, tx, which, { status: 'refused', at: now, failure })
      if (message.slotAt) await wakeNext(tx, accountId, { number: message.fromAddress, now })
      return { outcome: 'stays' }
    }
    const slot = message.segmentsPerSecond > 0 ? await slotOf(tx, which, message, now) : null
    if (slot && slot.at > now)
      return slot.at <= after(now, NEAR_MS) ? { outcome: 'wait', until: slot.at } : { outcome: 'stays' }
    notAsked.set(messageId, now.getTime())
    await markSending(tx, accountId, { id: messageId, at: now })
    if (slot?.others) await wakeNext(tx, accountId, { number: message.fromAddress, now })
    return { outcome: 'leaves', message }
  })
}

/** A text-back that a person has sent again is theirs: they know what time it is. */
const purposeOf = ({ kind, sentBy }: OutgoingMessage) => (kind === 'text_back' && sentBy ? 'reply' : kind)

/** Whether it is marked as leaving by an attempt of this process that never reached the carrier. */
const isMarkedHere = ({ id, status, attemptedAt }: OutgoingMessage) =>
  status === 'sending' && attemptedAt?.getTime() === notAsked.get(id)

/** Somebody marked it as leaving: they may be at it, or have died between that and the answer. */
async function lookAfterSending(world: World, tx: Tx, which: WhichMessage, message: OutgoingMessage): Promise<void> {
  const deadAfter = after(message.attemptedAt ?? message.createdAt, LEAVES_MS)
  if (world.now() < deadAfter)
    await addJob(tx, 'deliver-message', which, { runAt: deadAfter, key: `deliver ${message.id}` })
  // The carrier may have the text.
  else await becomeUnknown(world, tx, which, 'The app stopped while the carrier was being asked.')
}

/** One number sends its segments one after the other. A text whose slot is far gets a job of its own. */
async function slotOf(tx: Tx, which: WhichMessage, message: OutgoingMessage, now: Date) {
  const { id, fromAddress: number, slotAt } = message
  const seconds = message.segments / message.segmentsPerSecond
  const slot = await takeSlot(tx, which.accountId, { id, number, seconds, slotAt, now })
  if (slot.at > after(now, NEAR_MS))
    await addJob(tx, 'deliver-message', which, { runAt: jobFor(slot.at), key: `deliver ${id}` })
  // A new text finds out when those before it need not wait any more, as after the clock has jumped back.
  if (slot.others && !slotAt) await wakeNext(tx, which.accountId, { number, now })
  return slot
}

async function noteAccepted(world: World, which: WhichMessage, message: OutgoingMessage, carrierMessageId: string) {
  const now = world.now()
  await recordProgress(world, which.accountId, { id: which.messageId, status: 'accepted', at: now, carrierMessageId })
  accepted.add(which.messageId)
  if (accepted.size > MOST_REMEMBERED) accepted.delete(accepted.values().next().value!)
  // Counted also when a receipt was quicker than this answer and has moved the message further.
  world.measure.textAccepted(message.hungUpAt ? secondsSince(message.hungUpAt, now) : null)
}

/** What follows from every answer but "accepted". */
async function settleSend(
  world: World,
  tx: Tx,
  which: WhichMessage,
  message: OutgoingMessage,
  result: Exclude<SendResult, { outcome: 'accepted' }>,
) {
  const now = world.now()
  if (result.outcome === 'refused') {
    await learnFromFailure(world, tx, which.accountId, message.toAddress, result.failure)
    await endMessage(world, tx, which, { status: 'refused', at: now, failure: result.failure })
    return
  }
  if (result.outcome === 'unknown') {
    await becomeUnknown(world, tx, which, result.why)
    return
  }
  // A text that waited for its turn has been offered only since that came.
  if ((message.slotAt ?? message.createdAt) < before(now, GIVE_UP_MS)) {
    await endMessage(world, tx, which, { status: 'failed', at: now, failure: unreachableCarrier(result.why) })
    return
  }
  await requeue(tx, which.accountId, which.messageId)
  const wait = result.retryAfterMs ?? Math.min(30 * SECOND, SECOND * 2 ** message.attempts)
  await addJob(tx, 'deliver-message', which, { runAt: after(now, wait), key: `deliver ${message.id}` })
}

async function becomeUnknown(world: World, tx: Tx, which: WhichMessage, why: string): Promise<void> {
  const failure: Failure = {
    code: null,
    sentence: `We can't tell yet whether the carrier took it: ${why}`,
    nextStep:
      'Nothing to do now: we ask the carrier, and never send it twice on a guess. Sent again by hand, it may come twice.',
  }
  const now = world.now()
  const moved = await moveForward(tx, which.accountId, { id: which.messageId, status: 'unknown', at: now, failure })
  if (!moved) return
  await addJob(tx, 'reconcile-message', which, {
    runAt: after(now, FIRST_LOOK_MS),
    key: `reconcile ${which.messageId}`,
  })
}

const secondsSince = (from: Date, to: Date) => (to.getTime() - from.getTime()) / SECOND

const unreachableCarrier = (why: string): Failure => ({
  code: null,
  sentence: `The carrier did not take it for ${GIVE_UP_MS / MINUTE} minutes: ${why}`,
  nextStep: 'Look at the carrier connection, then send it again if it still makes sense.',
})

const NO_CONNECTION: Failure & { kind: FailureKind } = {
  code: null,
  kind: 'configuration',
  sentence: 'The carrier connection that this number texts through is gone.',
  nextStep: 'Choose another connection for the number.',
}

const sendsNoTexts = (world: World): Failure & { kind: FailureKind } => ({
  code: null,
  kind: 'configuration',
  sentence: 'A connection that only brings calls sends no texts.',
  nextStep: `Choose a ${namesOfVendors(world, ({ channels }) => channels.sms !== undefined)} connection for the texts of this number.`,
})
