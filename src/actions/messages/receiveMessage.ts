import { setTimeout as sleep } from 'node:timers/promises'
import type { MessageEvent } from '../../channels/port.ts'
import { type ConsentWord, consentWord } from '../../domain/consent.ts'
import { newId } from '../../domain/ids.ts'
import { measureText, textOf } from '../../domain/message.ts'
import { isShortCode, readPhone } from '../../domain/phone.ts'
import { after, DAY } from '../../domain/time.ts'
import { type CallerFacts, loadCallerFacts } from '../../store/calls/callerFacts.ts'
import { contactAt, withAddress } from '../../store/contacts/addresses.ts'
import { insertContact, touchContact } from '../../store/contacts/contacts.ts'
import { heardFrom } from '../../store/conversations/conversations.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { insertLead, lastClosedLead } from '../../store/leads/leads.ts'
import { insertInbound, isLeaving, isReceived } from '../../store/messages/inbound.ts'
import { findOurNumber, type OurNumber } from '../../store/numbers/numbers.ts'
import { optIn, optOut } from '../contacts/optOuts.ts'
import type { Source, World } from '../world.ts'
import { heedConsent } from './heedConsent.ts'

type Received = Extract<MessageEvent, { type: 'message.received' }>

/**
 * Records one text in one transaction: the message once, its contact and conversation, and what it says about consent.
 * When this returns, a stop is in force and no text to the sender is on its way to the carrier.
 */
export async function receiveMessage(world: World, source: Source, received: Received): Promise<void> {
  const { accountId } = source
  const event = { ...received, body: textOf(received.body) }
  const from = senderOf(event.from, source.country)
  const word = event.carrierReplied ?? consentWord(event.body)
  const contactId = await asAccount(world.db, accountId, (tx) =>
    withAddress(tx, accountId, from ?? event.from, async () => {
      const our = await findOurNumber(tx, accountId, event.to)
      if (from && our) return takeIn(world, tx, source, { event, from, our, word })
      world.log.warn({ accountId, connection: source.connectionId }, 'text to or from an unknown number')
      // People may still text a number that the account gave up; a stop sent there applies to the whole business.
      return from ? heedStranger(world, tx, source, from, word) : null
    }),
  )
  if (contactId && word === 'stop') await untilNoneLeaves(world, accountId, contactId)
}

/** E.164, or a short code as it is, because a bank's text is kept too. Null for anything else. */
function senderOf(from: string, country: string): string | null {
  return readPhone(from, country) ?? (isShortCode(from) ? from : null)
}

type Taken = { event: Received; from: string; our: OurNumber; word: ConsentWord }

/** Returns the contact; null when the message is stored already. */
async function takeIn(world: World, tx: Tx, source: Source, { event, from, our, word }: Taken): Promise<string | null> {
  const { accountId, connectionId } = source
  const now = world.now()
  const [repeated, facts] = await Promise.all([
    isReceived(tx, accountId, connectionId, event.carrierId),
    loadCallerFacts(tx, accountId, { phone: from, timezone: our.timezone, now }),
  ])
  if (repeated) return null
  const contactId = facts.contactId ?? newId()
  if (facts.contactId) await touchContact(tx, accountId, { id: contactId, at: now })
  else await insertContact(tx, accountId, { id: contactId, phone: from, at: now })
  const machine = isShortCode(from)
  const conversationId = await heardFrom(tx, accountId, {
    id: newId(),
    contactId,
    channel: 'sms',
    ourAddress: event.to,
    theirAddress: from,
    preview: event.body,
    unread: 1,
    // A machine's text needs no answer, nor does one that is only about consent. Opting in restores an earlier wait.
    waits: !machine && !isOnlyAboutTexts(word, facts),
    at: now,
  })
  const messageId = newId()
  await insertInbound(tx, accountId, {
    id: messageId,
    contactId,
    conversationId,
    channel: 'sms',
    from,
    to: event.to,
    body: event.body,
    segments: measureText(event.body).segments,
    media: event.media,
    connectionId,
    carrierMessageId: event.carrierId,
    at: now,
  })
  const lead = machine ? null : await leadFor(tx, accountId, { facts, word, our, now })
  const actor = `carrier:${connectionId}` as const
  const about = { contactId, leadId: lead?.id ?? null, messageId }
  const data = { media: event.media.length }
  const causeId = await recordEvent(tx, accountId, { type: 'message.received', actor, ...about, data }, now)
  if (lead && (await insertLead(tx, accountId, { id: lead.id, contactId, at: now }))) {
    const created = { type: 'lead.created', actor: 'textback', ...about, causeId, data: lead.data } as const
    await recordEvent(tx, accountId, created, now)
  }
  if (word && !machine)
    await heedConsent(world, tx, source, event, word, { contactId, conversationId, from, our, causeId })
  return contactId
}

/** "Stop", and a "start" that takes one back. A "yes" from a person who never said stop is about the job. */
function isOnlyAboutTexts(word: ConsentWord, { optedOutAt }: CallerFacts): boolean {
  return word === 'stop' || (word === 'start' && optedOutAt !== null)
}

/**
 * The first text of a stranger makes a lead, as their call does. So does a text some time after a person's last lead
 * was closed. Any other text belongs to existing business.
 */
async function leadFor(
  tx: Tx,
  accountId: string,
  { facts, word, our, now }: { facts: CallerFacts; word: ConsentWord; our: OurNumber; now: Date },
): Promise<{ id: string; data: Record<string, unknown> } | null> {
  const { contactId, openLeadId } = facts
  if (!contactId) return { id: newId(), data: {} }
  const days = our.newLeadAfterDays
  if (openLeadId || days === null || isOnlyAboutTexts(word, facts)) return null
  const closed = await lastClosedLead(tx, accountId, contactId)
  if (!closed || now < after(closed.closedAt, days * DAY)) return null
  return { id: newId(), data: { after: 'closed_lead', status: closed.status } }
}

/** Applies a stop or start sent to a number that the account no longer has. Returns the contact, if any. */
async function heedStranger(
  world: World,
  tx: Tx,
  { accountId, connectionId }: Source,
  address: string,
  word: ConsentWord,
): Promise<string | null> {
  const contactId = await contactAt(tx, accountId, address)
  const who = { accountId, address, contactId, source: 'keyword', actor: `carrier:${connectionId}` } as const
  if (word === 'stop') await optOut(world, tx, who)
  if (word === 'start') await optIn(world, tx, who)
  return contactId
}

/** Long enough for a request to leave, short enough for a carrier that waits 2 s for our answer. */
const LEAVING_MS = 1_000

/**
 * A text marked as leaving just before the stop may reach the carrier just after it, but none may once the stop is
 * answered. One still `sending` after this time is at a slow carrier, or its process died.
 */
async function untilNoneLeaves(world: World, accountId: string, contactId: string): Promise<void> {
  const deadline = performance.now() + LEAVING_MS
  while (await asAccount(world.db, accountId, (tx) => isLeaving(tx, accountId, contactId))) {
    if (performance.now() > deadline) return
    await sleep(20)
  }
}
