import type { CarrierEvent } from '../carriers/carrier.ts'
import { carrierAnswers, consentWord, helpAnswer, startConfirmation, stopConfirmation } from '../domain/consent.ts'
import { newId } from '../domain/ids.ts'
import { measureText } from '../domain/message.ts'
import { readPhone } from '../domain/phone.ts'
import type { CarrierKind } from '../domain/words.ts'
import { lockCaller } from '../store/calls.ts'
import { asAccount, type Tx } from '../store/db.ts'
import { eventAbout, recordEvent } from '../store/events.ts'
import { ensureLead } from '../store/leads.ts'
import { insertReceived, moveForward, nobodyWaits, queueMessage } from '../store/messages.ts'
import { lineForTexts, type TextLine } from '../store/numbers.ts'
import { learnFromTrouble, optIn, optOut } from './consent.ts'
import type { World } from './world.ts'

type Source = { accountId: string; carrier: string; kind: CarrierKind }

type Received = Extract<CarrierEvent, { type: 'message.received' }>
type Receipt = Extract<CarrierEvent, { type: 'message.receipt' }>

/**
 * Takes in one text: the message once, its contact and conversation, and what it says about consent, in one
 * transaction. A stop is in force when this returns.
 */
export async function receiveMessage(world: World, source: Source, event: Received): Promise<void> {
  const from = readPhone(event.from) ?? event.from
  await asAccount(world.db, source.accountId, async (tx) => {
    const [, line] = await Promise.all([
      lockCaller(tx, source.accountId, from),
      lineForTexts(tx, source.accountId, event.to),
    ])
    if (!line || !readPhone(event.from)) {
      world.log.warn({ accountId: source.accountId, carrier: source.carrier }, 'text to or from an unknown number')
      return
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
    if (!received) return
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
    await heedConsent(world, tx, source, event, { ...received, from, line, causeId })
  })
}

/** What the text says about being texted. We answer only what the carrier does not answer itself. */
async function heedConsent(
  world: World,
  tx: Tx,
  source: Source,
  event: Received,
  person: { contactId: string; conversationId: string; from: string; line: TextLine; causeId: string },
): Promise<void> {
  const word = event.carrierReplied ?? consentWord(event.body)
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
  if (answer && !event.carrierReplied && !carrierAnswers(source.kind, event.body))
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
  await asAccount(world.db, source.accountId, async (tx) => {
    const which = event.messageId
      ? { id: event.messageId }
      : { carrier: source.carrier, carrierMessageId: event.carrierId }
    // The carrier itself does not know what became of it: it has it, and that is all that there is to know.
    const status = event.status === 'unknown' ? 'accepted' : event.status
    const moved = await moveForward(tx, source.accountId, which, {
      status,
      at: event.at,
      carrierMessageId: event.carrierId,
      trouble: event.trouble,
    })
    if (!moved) return
    if (status === 'delivered') world.measure.messageEnded('delivered')
    if (!event.trouble || (status !== 'failed' && status !== 'undelivered')) return
    await learnFromTrouble(world, tx, source.accountId, moved.toPhone, event.trouble)
    await recordEvent(
      tx,
      source.accountId,
      {
        type: 'message.failed',
        contactId: moved.contactId,
        callId: moved.callId,
        messageId: moved.id,
        causeId: await eventAbout(tx, source.accountId, moved.id, 'message.queued'),
        data: { trouble: event.trouble },
      },
      event.at,
    )
    world.measure.messageEnded(status)
  })
}
