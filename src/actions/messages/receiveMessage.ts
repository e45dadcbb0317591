import { setTimeout as sleep } from 'node:timers/promises'
import type { CarrierEvent } from '../carriers/carrier.ts'
import { carrierAnswers, consentWord, helpAnswer, startConfirmation, stopConfirmation } from '../domain/consent.ts'
import { newId } from '../domain/ids.ts'
import { measureText } from '../domain/message.ts'
import { readPhone } from '../domain/phone.ts'
import { before, HOUR } from '../domain/time.ts'
import type { CarrierKind } from '../domain/words.ts'
import { lockCaller } from '../store/calls.ts'
import { contactByPhone } from '../store/contacts.ts'
import { asAccount, type Tx } from '../store/db.ts'
import { eventAbout, recordEvent } from '../store/events.ts'
import { ensureLead } from '../store/leads.ts'
import {
  idOfSent,
  insertReceived,
  type Moved,
  moveForward,
  moveTogether,
  nobodyWaits,
  queueMessage,
  type Step,
} from '../store/messages.ts'
import { lineForTexts, type TextLine } from '../store/numbers.ts'
import { learnFromTrouble, optIn, optOut } from './consent.ts'
import type { World } from './world.ts'

type Source = { accountId: string; carrier: string; kind: CarrierKind; country: string }

type Received = Extract<CarrierEvent, { type: 'message.received' }>
type Receipt = Extract<CarrierEvent, { type: 'message.receipt' }>

/**
 * Takes in one text: the message once, its contact and conversation, and what it says about consent, in one
 * transaction. A stop is in force when this returns: from then on nothing is on its way to the carrier either.
 */
export async function receiveMessage(world: World, source: Source, event: Received): Promise<void> {
  const from = readPhone(event.from, source.country) ?? event.from
  const word = event.carrierReplied ?? consentWord(event.body)
  const contactId = await asAccount(world.db, source.accountId, async (tx) => {
    const [, line] = await Promise.all([
      lockCaller(tx, source.accountId, from),
      lineForTexts(tx, source.accountId, event.to),
    ])
    if (!line || !readPhone(from)) {
      world.log.warn({ accountId: source.accountId, carrier: source.carrier }, 'text to or from an unknown number')
      // A number that was given up may still be texted: whoever says stop there says it to the business.
      return readPhone(from) ? heedStranger(world, tx, source, from, word) : null
    }
    const now = world.now()
    const id = newId()
    const received = await insertReceived(tx, {
      id,
      accountId: source.accountId,
      contactId: newId(),
      conversationId: newId(),
      from,
      to: event.to,
      body: event.body,
      segments: measureText(event.body).segments,
      media: event.media,
      carrier: source.carrier,
      carrierMessageId: event.carrierId,
      now,
    })
    if (!received) return null
    // A stranger's first text is a job as much as their call is; a known person's is part of what we have.
    const leadId = received.isNewContact ? await ensureLead(tx, source.accountId, received.contactId, now) : null
    const causeId = await recordEvent(
      tx,
      source.accountId,
      {
        type: 'message.received',
        contactId: received.contactId,
        leadId,
        messageId: id,
        data: { media: event.media.length },
      },
      now,
    )
    if (leadId)
      await recordEvent(
        tx,
        source.accountId,
        { type: 'lead.created', contactId: received.contactId, leadId, messageId: id, causeId },
        now,
      )
    await heedConsent(world, tx, source, event, word, { ...received, from, line, causeId })
    return received.contactId
  })
  if (contactId && word === 'stop') await untilNoneLeaves(world, source.accountId, contactId)
}

/** A stop or start on a number that the account has no more: in force, without an answer. Gives the contact, if any. */
async function heedStranger(
  world: World,
  tx: Tx,
  { accountId }: Source,
  phone: string,
  word: ReturnType<typeof consentWord>,
): Promise<string | null> {
  const contactId = await contactByPhone(tx, accountId, phone)
  if (word === 'stop') await optOut(world, tx, { accountId, phone, contactId, source: 'keyword' })
  if (word === 'start') await optIn(world, tx, { accountId, phone, contactId, source: 'keyword' })
  return contactId
}

/** Long enough for a request to leave, short enough for Telnyx, which waits 2 s for our answer. */
const LEAVING_MS = 1_000

/**
 * A text that was marked as leaving just before the stop may reach the carrier just after it; once the stop is answered,
 * nothing may. One that is still `sending` after this time is with a carrier that is slow to answer, or died with its app.
 */
async function untilNoneLeaves(world: World, accountId: string, contactId: string): Promise<void> {
  const deadline = performance.now() + LEAVING_MS
  for (;;) {
    const leaving = await asAccount(world.db, accountId, (tx) =>
      tx
        .selectFrom('messages')
        .select('id')
        .where('accountId', '=', accountId)
        .where('contactId', '=', contactId)
        .where('status', '=', 'sending')
        .where('kind', '!=', 'confirmation')
        .executeTakeFirst(),
    )
    if (!leaving || performance.now() > deadline) return
    await sleep(20)
  }
}

/** Two machines could ask and answer for ever, at our cost: so many answers about texting an hour are enough. */
const ANSWERS_AN_HOUR = 2

async function answeredEnough(world: World, tx: Tx, accountId: string, contactId: string): Promise<boolean> {
  const rows = await tx
    .selectFrom('messages')
    .select('id')
    .where('accountId', '=', accountId)
    .where('contactId', '=', contactId)
    .where('kind', '=', 'confirmation')
    .where('createdAt', '>', before(world.now(), HOUR))
    .limit(ANSWERS_AN_HOUR)
    .execute()
  return rows.length >= ANSWERS_AN_HOUR
}

/** What the text says about being texted. We answer only what the carrier does not answer itself. */
async function heedConsent(
  world: World,
  tx: Tx,
  source: Source,
  event: Received,
  word: ReturnType<typeof consentWord>,
  person: { contactId: string; conversationId: string; from: string; line: TextLine; causeId: string },
): Promise<void> {
  if (!word) return
  // Words about texting itself want no person's answer, but for the doubtful ones.
  if (word !== 'ask') await nobodyWaits(tx, source.accountId, person.conversationId)
  const who = {
    accountId: source.accountId,
    phone: person.from,
    contactId: person.contactId,
    causeId: person.causeId,
  }
  const { business } = person.line
  let answer: string | null = null
  if (word === 'stop') {
    const keyword = carrierAnswers(source.kind, event.body) || event.carrierReplied !== null
    const added = await optOut(world, tx, { ...who, source: keyword ? 'keyword' : 'phrase', note: null })
    if (added) answer = stopConfirmation(business)
  } else if (word === 'start') {
    // "Yes" is an everyday word: it means START only to somebody who had said STOP.
    if (await optIn(world, tx, { ...who, source: 'keyword' })) answer = startConfirmation(business)
  } else if (word === 'help') {
    answer = helpAnswer(business)
  } else {
    await recordEvent(tx, source.accountId, { type: 'opt_out.suspected', ...who }, world.now())
  }
  if (
    answer &&
    !event.carrierReplied &&
    !carrierAnswers(source.kind, event.body) &&
    !(await answeredEnough(world, tx, source.accountId, person.contactId))
  )
    await queueMessage(tx, {
      id: newId(),
      accountId: source.accountId,
      contactId: person.contactId,
      conversationId: person.conversationId,
      kind: 'confirmation',
      from: event.to,
      to: person.from,
      body: answer,
      segments: measureText(answer).segments,
      carrier: person.line.textsThrough,
      sentBy: null,
      idempotencyKey: null,
      timezone: person.line.timezone,
      now: world.now(),
    })
}

/** Takes in what the carrier says about a text of ours. Late, repeated and reordered words change nothing. */
export async function recordReceipt(world: World, source: Source, event: Receipt): Promise<void> {
  const { accountId } = source
  const id =
    event.messageId ??
    (await asAccount(world.db, accountId, (tx) => idOfSent(tx, accountId, source.carrier, event.carrierId)))
  if (!id) return
  // The carrier itself does not know what became of it: it has it, and that is all that there is to know.
  const status = event.status === 'unknown' ? 'accepted' : event.status
  const step = { id, status, at: event.at, carrierMessageId: event.carrierId, trouble: event.trouble }
  const moved =
    status === 'failed' || status === 'undelivered'
      ? await asAccount(world.db, accountId, (tx) => recordStep(world, tx, accountId, step))
      : await moveTogether(world.db, accountId, step)
  if (moved && (status === 'delivered' || status === 'failed' || status === 'undelivered'))
    world.measure.messageEnded(status)
}

/** One step of a text of ours, whoever told of it. A failure also says something about the phone, and is an event. */
export async function recordStep(
  world: World,
  tx: Tx,
  accountId: string,
  step: Step & { trouble: Receipt['trouble'] },
): Promise<Moved | null> {
  const moved = await moveForward(tx, accountId, step)
  if (!moved || !step.trouble) return moved
  await learnFromTrouble(world, tx, accountId, moved.toPhone, step.trouble)
  await recordEvent(
    tx,
    accountId,
    {
      type: 'message.failed',
      contactId: moved.contactId,
      callId: moved.callId,
      messageId: moved.id,
      causeId: await eventAbout(tx, accountId, moved.id, 'message.queued'),
      data: { trouble: step.trouble },
    },
    step.at,
  )
  return moved
}
