import type { MessageEvent } from '../../channels/port.ts'
import { type ConsentWord, helpAnswer, startConfirmation, stopConfirmation } from '../../domain/consent.ts'
import { newId } from '../../domain/ids.ts'
import { mayConfirm } from '../../domain/mayMessage.ts'
import { measureText } from '../../domain/message.ts'
import { before, HOUR } from '../../domain/time.ts'
import { weWrote } from '../../store/conversations/conversations.ts'
import type { Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { countConfirmations } from '../../store/messages/inbound.ts'
import { queueMessage } from '../../store/messages/outbox.ts'
import { type OurNumber, textsLeaveThrough } from '../../store/numbers/numbers.ts'
import { optIn, optOut } from '../contacts/optOuts.ts'
import type { Source, World } from '../world.ts'

type Received = Extract<MessageEvent, { type: 'message.received' }>

/** The sender, the number of ours that they wrote to, and the event of their text. */
type Sender = { contactId: string; conversationId: string; from: string; our: OurNumber; causeId: string }

/**
 * Acts on what a text says about consent. "Help", and a "yes" from a person who never said stop, change no consent, so
 * their sender still waits. We answer only what the carrier does not answer itself.
 */
export async function heedConsent(
  world: World,
  tx: Tx,
  source: Source,
  event: Received,
  word: NonNullable<ConsentWord>,
  sender: Sender,
): Promise<void> {
  const answersItself = world.vendors.get(source.kind)?.channels.sms?.answersItself(event.body) ?? false
  const byCarrier = answersItself || event.carrierReplied !== null
  const answer = await act(world, tx, source, word, byCarrier, sender)
  if (!answer || byCarrier) return
  const { accountId } = source
  const { contactId, conversationId, from, our } = sender
  const now = world.now()
  if (!mayConfirm(await countConfirmations(tx, accountId, contactId, before(now, HOUR)))) return
  await queueMessage(tx, accountId, {
    id: newId(),
    contactId,
    conversationId,
    callId: null,
    kind: 'confirmation',
    channel: 'sms',
    from: event.to,
    to: from,
    body: answer,
    segments: measureText(answer).segments,
    connectionId: textsLeaveThrough(our),
    sentBy: null,
    idempotencyKey: null,
    timezone: our.timezone,
    at: now,
  })
  const wrote = { preview: answer, ourAddress: event.to, theirAddress: from, endsWait: false, at: now }
  await weWrote(tx, accountId, conversationId, wrote)
}

/** Returns the answer to send, if any. */
async function act(
  world: World,
  tx: Tx,
  { accountId, connectionId }: Source,
  word: NonNullable<ConsentWord>,
  byCarrier: boolean,
  { contactId, from, our, causeId }: Sender,
): Promise<string | null> {
  const who = { accountId, address: from, contactId, causeId, actor: `carrier:${connectionId}` } as const
  if (word === 'stop') {
    const added = await optOut(world, tx, { ...who, source: byCarrier ? 'keyword' : 'phrase' })
    return added ? stopConfirmation(our.business) : null
  }
  // "Yes" is an everyday word: it means START only from a person who had said STOP.
  if (word === 'start')
    return (await optIn(world, tx, { ...who, source: 'keyword' })) ? startConfirmation(our.business) : null
  if (word === 'help') return helpAnswer(our.business)
  const { actor } = who
  await recordEvent(tx, accountId, { type: 'opt_out.suspected', actor, contactId, causeId }, world.now())
  return null
}
