import { sql } from 'kysely'
import type { Actor } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import { mayMessage, refusalOf } from '../../domain/mayMessage.ts'
import { measureText, plainQuotes } from '../../domain/message.ts'
import { type CallerFacts, loadCallerFacts } from '../../store/calls/callerFacts.ts'
import { lockAddress } from '../../store/contacts/addresses.ts'
import { insertContact } from '../../store/contacts/contacts.ts'
import { begin, replyRoute, weWrote } from '../../store/conversations/conversations.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { queueMessage } from '../../store/messages/outbox.ts'
import { segmentsTodayInTurn } from '../../store/messages/textsPerDay.ts'
import { findOurNumber, numberToTextFrom, type OurNumber, textsLeaveThrough } from '../../store/numbers/numbers.ts'
import type { World } from '../world.ts'

export type WrittenMessage = {
  conversationId?: string
  to?: string
  from?: string
  body: string
  /** The same key gives the same message, however often it is sent. */
  idempotencyKey?: string
}

export type Sent =
  | { outcome: 'queued' | 'repeated'; messageId: string }
  | { outcome: 'wrong'; field: string; message: string }
  | { outcome: 'refused'; reason: string; sentence: string; nextStep: string }

/** Sends a text that a person, or their program, wrote: queues it with its job in one transaction, or refuses it. */
export async function sendMessage(
  world: World,
  accountId: string,
  written: WrittenMessage,
  actor: Actor,
): Promise<Sent> {
  const sent = await asAccount(world.db, accountId, (tx) => send(world, tx, accountId, written, actor))
  if (sent.outcome === 'queued') world.deliverSoon({ accountId, messageId: sent.messageId })
  return sent
}

async function send(world: World, tx: Tx, accountId: string, written: WrittenMessage, actor: Actor): Promise<Sent> {
  const now = world.now()
  const recipient = await lockRecipient(tx, accountId, written)
  if ('outcome' in recipient) return recipient
  const { to } = recipient
  const body = plainQuotes(written.body)
  const repeated = await withKey(tx, accountId, written.idempotencyKey)
  // In a conversation they may have written from another phone since; it is still the same text.
  const toSame = repeated?.toAddress === to || repeated?.conversationId === written.conversationId
  if (repeated && (repeated.body !== body || !toSame))
    return { outcome: 'wrong', field: 'Idempotency-Key', message: 'was used for another text; each text needs its own' }
  if (repeated) return { outcome: 'repeated', messageId: repeated.id }

  const our = written.from
    ? await findOurNumber(tx, accountId, written.from)
    : await numberToTextFrom(tx, accountId, recipient.ourAddress)
  if (!our && !written.from)
    return { outcome: 'wrong', field: 'from', message: 'is needed, and this account has no number; add one first' }
  if (!our) return { outcome: 'wrong', field: 'from', message: 'is not a number of this account' }
  const facts = await loadCallerFacts(tx, accountId, { phone: to, timezone: our.timezone, now })
  if (facts.ownPhone === 'number') return { outcome: 'wrong', field: 'to', message: 'is one of your own numbers' }
  const { segments } = measureText(body)
  const refused = await refusal(tx, accountId, { to, our, facts, segments, now })
  if (refused) return refused

  const contactId = recipient.contactId ?? facts.contactId ?? newId()
  if (!recipient.contactId && !facts.contactId) {
    await insertContact(tx, accountId, { id: contactId, phone: to, at: now })
    await recordEvent(tx, accountId, { type: 'contact.created', contactId, actor }, now)
  }
  const way = { ourAddress: our.number, theirAddress: to, at: now }
  const conversationId =
    recipient.conversationId ?? facts.conversationId ?? (await begin(tx, accountId, { id: newId(), contactId, ...way }))
  const messageId = newId()
  await queueMessage(tx, accountId, {
    id: messageId,
    contactId,
    conversationId,
    callId: null,
    kind: 'reply',
    channel: 'sms',
    from: our.number,
    to,
    body,
    segments,
    connectionId: textsLeaveThrough(our),
    sentBy: actor,
    idempotencyKey: written.idempotencyKey ?? null,
    timezone: our.timezone,
    at: now,
  })
  await weWrote(tx, accountId, conversationId, { ...way, preview: body, endsWait: true })
  await recordEvent(tx, accountId, { type: 'message.queued', contactId, messageId, actor }, now)
  return { outcome: 'queued', messageId }
}

/** Null when nothing forbids the text; near the daily cap all senders take turns. */
async function refusal(
  tx: Tx,
  accountId: string,
  { to, our, facts, segments, now }: { to: string; our: OurNumber; facts: CallerFacts; segments: number; now: Date },
): Promise<Sent | null> {
  const { dailyCap, timezone } = our
  const failedWith = (segmentsToday: number) =>
    mayMessage('reply', { ...our, ...facts, to, segments, segmentsToday, answersEventAt: now }, now).find(
      (check) => !check.passed,
    )
  const failed =
    failedWith(facts.segmentsToday) ??
    failedWith(
      await segmentsTodayInTurn(tx, accountId, { timezone, dailyCap, seen: facts.segmentsToday, segments, now }),
    )
  return failed ? { outcome: 'refused', ...refusalOf(failed) } : null
}

type Recipient = {
  to: string
  contactId: string | null
  conversationId: string | null
  /** The number of ours that they last used. */
  ourAddress: string | null
}

/**
 * Finds the recipient and holds the lock of their address, the same that a STOP takes: either the opt-out is seen here,
 * or it refuses what is queued here. Of two first texts to a new person at the same instant, the second finds the
 * contact that the first has made.
 */
async function lockRecipient(
  tx: Tx,
  accountId: string,
  { conversationId, to }: WrittenMessage,
): Promise<Recipient | Extract<Sent, { outcome: 'wrong' }>> {
  if (!conversationId) {
    await lockAddress(tx, accountId, to!)
    const route = await replyRoute(tx, accountId, { address: to! })
    return { to: to!, contactId: null, conversationId: null, ourAddress: route?.ourAddress ?? null }
  }
  let locked: string | null = null
  for (;;) {
    const route = await replyRoute(tx, accountId, { conversationId })
    if (!route) return { outcome: 'wrong', field: 'conversationId', message: 'names no conversation of this account' }
    const { theirAddress: to, contactId, ourAddress } = route
    if (!to) return { outcome: 'wrong', field: 'conversationId', message: 'is with a contact without a phone' }
    if (to === locked) return { to, contactId, conversationId, ourAddress }
    // Before the lock was held, they may have used another phone, or a merge may have moved the conversation.
    await lockAddress(tx, accountId, to)
    locked = to
  }
}

/** The text that has the key. Of two with it at the same moment, to whomever, the second finds the first here. */
async function withKey(tx: Tx, accountId: string, key: string | undefined) {
  if (!key) return null
  await sql`select pg_advisory_xact_lock(hashtextextended(${`idempotency key ${accountId} ${key}`}, 0))`.execute(tx)
  const row = await tx
    .selectFrom('messages')
    .select(['id', 'body', 'toAddress', 'conversationId'])
    .where('accountId', '=', accountId)
    .where('idempotencyKey', '=', key)
    .executeTakeFirst()
  return row ?? null
}
