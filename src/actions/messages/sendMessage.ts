import { newId } from '../domain/ids.ts'
import { measureText, plainQuotes } from '../domain/message.ts'
import { whyUntextable } from '../domain/phone.ts'
import { findLine, lockCaller } from '../store/calls.ts'
import { contactByPhone } from '../store/contacts.ts'
import { asAccount, type Tx } from '../store/db.ts'
import { recordEvent } from '../store/events.ts'
import { queueMessage } from '../store/messages.ts'
import { textsToday, textsTodayInTurn } from '../store/textsPerDay.ts'
import type { World } from './world.ts'

export type WrittenMessage = {
  conversationId?: string
  to?: string
  from?: string
  body: string
  /** The same key gives the same message, however often it is asked for. */
  idempotencyKey?: string
}

export type Sent =
  | { outcome: 'queued' | 'repeated'; messageId: string }
  | { outcome: 'wrong'; field: string; message: string }
  | { outcome: 'refused'; reason: 'opted_out' | 'untextable' | 'daily_cap'; sentence: string; nextStep: string }

/** A text that a person, or their program, wrote. Queued with its job in one transaction, or refused with the reason. */
export async function sendMessage(
  world: World,
  accountId: string,
  written: WrittenMessage,
  actor: string,
): Promise<Sent> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const recipient = await findRecipient(tx, accountId, written)
    if ('outcome' in recipient) return recipient
    // The same lock that a STOP takes: either the opt-out is seen below, or it refuses what is queued here.
    await lockCaller(tx, accountId, recipient.phone)
    const repeated = written.idempotencyKey
      ? await tx
          .selectFrom('messages')
          .select(['id', 'body', 'toPhone'])
          .where('accountId', '=', accountId)
          .where('idempotencyKey', '=', written.idempotencyKey)
          .executeTakeFirst()
      : undefined
    if (repeated && (repeated.body !== plainQuotes(written.body) || repeated.toPhone !== recipient.phone))
      return {
        outcome: 'wrong',
        field: 'Idempotency-Key',
        message: 'was used for another text; each text needs its own',
      }
    if (repeated) return { outcome: 'repeated', messageId: repeated.id }

    const number = written.from ?? recipient.number ?? (await firstNumber(tx, accountId))
    const line = number ? await findLine(tx, accountId, number) : null
    if (!line) return { outcome: 'wrong', field: 'from', message: 'is not a number of this account' }
    if (await findLine(tx, accountId, recipient.phone))
      return { outcome: 'wrong', field: 'to', message: 'is one of your own numbers' }
    const untextable = whyUntextable(recipient.phone, line.countries)
    if (untextable) return refusedAs(untextable)
    const [optedOut, today] = await Promise.all([
      tx
        .selectFrom('optOuts')
        .select('phone')
        .where('accountId', '=', accountId)
        .where('phone', '=', recipient.phone)
        .executeTakeFirst(),
      textsToday(tx, accountId, line.timezone, now),
    ])
    if (optedOut) return OPTED_OUT
    if ((await textsTodayInTurn(tx, accountId, line, now, today)) >= line.dailyCap)
      return dailyCapReached(line.dailyCap)

    const contactId = recipient.contactId ?? (await makeContact(tx, accountId, recipient.phone, actor, now))
    const conversationId =
      recipient.conversationId ?? (await makeConversation(tx, accountId, contactId, line.number, now))
    const body = plainQuotes(written.body)
    const messageId = newId()
    await queueMessage(tx, {
      id: messageId,
      accountId,
      contactId,
      conversationId,
      kind: 'reply',
      from: line.number,
      to: recipient.phone,
      body,
      segments: measureText(body).segments,
      carrier: line.textsThrough ?? line.carrier,
      sentBy: actor,
      idempotencyKey: written.idempotencyKey ?? null,
      timezone: line.timezone,
      now,
    })
    await recordEvent(tx, accountId, { type: 'message.queued', contactId, messageId, actor }, now)
    return { outcome: 'queued', messageId }
  })
}

type Recipient = { phone: string; contactId: string | null; conversationId: string | null; number: string | null }

async function findRecipient(
  tx: Tx,
  accountId: string,
  { conversationId, to }: WrittenMessage,
): Promise<Recipient | Extract<Sent, { outcome: 'wrong' }>> {
  const conversations = tx
    .selectFrom('conversations')
    .innerJoin('contacts', 'contacts.id', 'conversations.contactId')
    .select([
      'conversations.id as conversationId',
      'conversations.number',
      'contacts.id as contactId',
      'contacts.phone',
    ])
    .where('conversations.accountId', '=', accountId)
  if (conversationId) {
    const found = await conversations.where('conversations.id', '=', conversationId).executeTakeFirst()
    if (!found) return { outcome: 'wrong', field: 'conversationId', message: 'names no conversation of this account' }
    if (!found.phone) return { outcome: 'wrong', field: 'conversationId', message: 'is with a contact without a phone' }
    return { ...found, phone: found.phone }
  }
  const phone = to!
  // Of two first texts to a new person at the same instant, the second finds the contact that the first has made.
  await lockCaller(tx, accountId, phone)
  const found = await conversations.where('contacts.phone', '=', phone).executeTakeFirst()
  return found
    ? { ...found, phone }
    : { phone, contactId: await contactByPhone(tx, accountId, phone), conversationId: null, number: null }
}

async function firstNumber(tx: Tx, accountId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('numbers')
    .select('number')
    .where('accountId', '=', accountId)
    .orderBy('createdAt')
    .orderBy('number')
    .executeTakeFirst()
  return row?.number ?? null
}

async function makeContact(tx: Tx, accountId: string, phone: string, actor: string, now: Date): Promise<string> {
  const contactId = newId()
  await tx.insertInto('contacts').values({ id: contactId, accountId, phone, createdAt: now }).execute()
  await recordEvent(tx, accountId, { type: 'contact.created', contactId, actor }, now)
  return contactId
}

async function makeConversation(tx: Tx, accountId: string, contactId: string, number: string, now: Date) {
  const row = await tx
    .insertInto('conversations')
    .values({ id: newId(), accountId, contactId, number, updatedAt: now })
    .onConflict((c) => c.columns(['accountId', 'contactId']).doUpdateSet({ number }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

const OPTED_OUT: Sent = {
  outcome: 'refused',
  reason: 'opted_out',
  sentence: 'This person opted out of texts.',
  nextStep: 'Call them. They get texts again when they text START.',
}

const dailyCapReached = (cap: number): Sent => ({
  outcome: 'refused',
  reason: 'daily_cap',
  sentence: `All ${cap} texts of today are used.`,
  nextStep: 'Raise the daily cap in the settings, or wait until tomorrow.',
})

const refusedAs = (why: string): Sent => ({
  outcome: 'refused',
  reason: 'untextable',
  sentence: `This phone cannot be texted: ${why.replace('_', ' ')}.`,
  nextStep: 'Call them, or use another phone of theirs.',
})
