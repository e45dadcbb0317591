import type { NewEvent } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import { DEFAULT_TEXT_BACK, fillPlaceholders, firstName, measureText } from '../../domain/message.ts'
import { isOpen } from '../../domain/openHours.ts'
import { readPhone } from '../../domain/phone.ts'
import { type Decision, decideTextBack, deservesLead } from '../../domain/textback.ts'
import { before, DAY, SECOND } from '../../domain/time.ts'
import { type CallerFacts, loadCallerFacts } from '../../store/calls/callerFacts.ts'
import { type NotedCall, settle } from '../../store/calls/calls.ts'
import { withAddress } from '../../store/contacts/addresses.ts'
import { insertContact, touchContact } from '../../store/contacts/contacts.ts'
import { type Heard, heardFrom, talked } from '../../store/conversations/conversations.ts'
import type { Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { insertLead, touchLead } from '../../store/leads/leads.ts'
import { type NewMessage, queueMessage } from '../../store/messages/outbox.ts'
import { segmentsTodayInTurn } from '../../store/messages/textsPerDay.ts'
import { type OurNumber, textsLeaveThrough } from '../../store/numbers/numbers.ts'
import type { World } from '../world.ts'

/** What was decided, and the text that leaves, if one does. */
export type Settled = { decision: Decision; messageId: string | null }

/** What follows once the transaction is committed. */
export function afterSettling(world: World, accountId: string, { decision, messageId }: Settled): void {
  world.measure.callDecided(decision.action, decision.reason)
  if (messageId) world.deliverSoon({ accountId, messageId })
}

/**
 * The call's ringing is over: decide about the text and write everything down that follows from it. Of one caller's calls
 * the first to get the caller's lock decides; the next one sees its text.
 */
export async function settleCall(
  world: World,
  tx: Tx,
  accountId: string,
  call: NotedCall,
  answered: boolean,
): Promise<Settled> {
  const now = world.now()
  const { our } = call
  return withAddress(tx, accountId, call.fromPhone, async () => {
    const facts = await loadCallerFacts(tx, accountId, { phone: call.fromPhone, timezone: our.timezone, now })
    const decision = await decideInTurn(tx, accountId, call, facts, answered, now)
    const text = decision.action === 'send' ? { id: newId(), body: textBackBody(our, facts, now) } : null
    await writeDown(tx, accountId, { call, facts, answered, decision, text, now })
    return { decision, messageId: text?.id ?? null }
  })
}

/** Near the daily cap all who would send take turns, and decide by the count that they then have. */
async function decideInTurn(
  tx: Tx,
  accountId: string,
  call: NotedCall,
  facts: CallerFacts,
  answered: boolean,
  now: Date,
): Promise<Decision> {
  const decision = decideFor(call, call.our, facts, answered, now)
  if (decision.action === 'skip') return decision
  const { timezone, dailyCap } = call.our
  const segments = textBackSegments(call.our, facts, now)
  const turn = { timezone, dailyCap, seen: facts.segmentsToday, segments, now }
  const segmentsToday = await segmentsTodayInTurn(tx, accountId, turn)
  return decideFor(call, call.our, { ...facts, segmentsToday }, answered, now)
}

/** The decision about a call on a number of ours, with the caller's facts. */
export function decideFor(
  call: Pick<NotedCall, 'fromPhone' | 'mode' | 'stirVerstat' | 'startedAt' | 'rangUntil' | 'endedAt'>,
  our: OurNumber,
  facts: CallerFacts,
  answered: boolean,
  now: Date,
): Decision {
  const endedAt = call.rangUntil ?? call.endedAt ?? now
  return decideTextBack(
    {
      from: call.fromPhone,
      answered,
      ringSeconds: Math.max(0, (endedAt.getTime() - call.startedAt.getTime()) / SECOND),
      stirVerstat: call.stirVerstat,
      endedAt,
    },
    {
      ...facts,
      numberEnabled: our.enabled,
      mode: call.mode,
      minRingSeconds: our.minRingSeconds,
      textBackEnabled: our.textBack.enabled,
      forgedCallerId: our.textBack.forgedCallerId,
      cooldownMinutes: our.textBack.cooldownMinutes,
      countries: our.countries,
      segments: textBackSegments(our, facts, now),
      dailyCap: our.dailyCap,
      recipientHourlyCap: our.recipientHourlyCap,
      recipientDailyCap: our.recipientDailyCap,
      lateAfterMinutes: our.lateAfterMinutes,
      accountClosing: our.accountClosing,
    },
    now,
  )
}

/** The number's own words; others for a caller who had them within a day, and others after hours, when it has any. */
export function textBackBody(
  our: OurNumber,
  facts: Pick<CallerFacts, 'contactName' | 'lastTextBackAt'>,
  now: Date,
): string {
  const again = facts.lastTextBackAt !== null && facts.lastTextBackAt > before(now, DAY)
  const { message, repeatMessage, afterHoursMessage } = our.textBack
  const template = (again && repeatMessage) || (!isOpen(our.hours, now, our.timezone) && afterHoursMessage) || message
  const values = {
    first_name: firstName(facts.contactName),
    name: facts.contactName,
    business: our.business,
    number: our.number,
  }
  // A template of which a stranger would get nothing is refused today, but older ones may still be stored.
  return fillPlaceholders(template, values) || fillPlaceholders(DEFAULT_TEXT_BACK, values)
}

const textBackSegments = (...text: Parameters<typeof textBackBody>) => measureText(textBackBody(...text)).segments

export type Settlement = {
  call: Pick<NotedCall, 'id' | 'connectionId' | 'fromPhone' | 'why' | 'recovered'> & {
    number: string
    our: OurNumber | null
  }
  facts: CallerFacts
  answered: boolean
  decision: Decision
  text: { id: string; body: string } | null
  now: Date
}

/**
 * Contact, lead, conversation, the queued text with its job, the events, the decision on the call. None of these waits for
 * another's answer, so they leave in one write. Call it under the caller's lock: `facts` must still be true.
 */
export async function writeDown(tx: Tx, accountId: string, settlement: Settlement): Promise<void> {
  const { call, facts, answered, decision, text, now } = settlement
  const person = personOf(settlement)
  await Promise.all([
    person && keepContact(tx, accountId, person, facts, now),
    person && answered && facts.conversationId && talked(tx, accountId, person.contactId),
    person?.lead && keepLead(tx, accountId, person, facts, now),
    person?.lead && heardFrom(tx, accountId, missedBy(person, person.lead, settlement)),
    person?.lead &&
      text &&
      call.our &&
      queueMessage(tx, accountId, textBack(person, person.lead, call.our, settlement)),
    recordEvents(tx, accountId, person, settlement),
    settle(tx, accountId, {
      callId: call.id,
      outcome: answered ? 'answered' : 'missed',
      why: answered ? null : (call.why ?? 'no_answer'),
      decision,
      contactId: person?.contactId ?? null,
      messageId: text?.id ?? null,
      at: now,
    }),
  ])
}

/** The caller, with the ids of what there is of them or will be; `lead` only where the call is worth one. */
type Person = { phone: string; contactId: string; lead: { id: string; conversationId: string } | null }

/** Null for a caller without a number: there is nobody to make a contact of. */
function personOf({ call, facts, decision }: Settlement): Person | null {
  const phone = call.fromPhone === 'anonymous' ? null : readPhone(call.fromPhone)
  if (!phone) return null
  const lead = { id: facts.openLeadId ?? newId(), conversationId: facts.conversationId ?? newId() }
  return { phone, contactId: facts.contactId ?? newId(), lead: deservesLead(decision) ? lead : null }
}

function keepContact(tx: Tx, accountId: string, { phone, contactId }: Person, facts: CallerFacts, now: Date) {
  if (facts.contactId) return touchContact(tx, accountId, { id: contactId, at: now })
  return insertContact(tx, accountId, { id: contactId, phone, at: now })
}

function keepLead(tx: Tx, accountId: string, { contactId, lead }: Person, facts: CallerFacts, now: Date) {
  if (facts.openLeadId) return touchLead(tx, accountId, { id: facts.openLeadId, at: now })
  return insertLead(tx, accountId, { id: lead!.id, contactId, at: now })
}

function missedBy(
  { phone, contactId }: Person,
  { conversationId }: NonNullable<Person['lead']>,
  { call, text, now }: Settlement,
): Heard {
  return {
    id: conversationId,
    contactId,
    channel: 'sms',
    ourAddress: call.number,
    theirAddress: phone,
    preview: text?.body ?? null,
    unread: text ? 0 : 1,
    waits: true,
    at: now,
  }
}

function textBack(
  { phone, contactId }: Person,
  { conversationId }: NonNullable<Person['lead']>,
  our: OurNumber,
  { call, text, now }: Settlement,
): NewMessage {
  return {
    id: text!.id,
    contactId,
    conversationId,
    callId: call.id,
    kind: 'text_back',
    channel: 'sms',
    from: call.number,
    to: phone,
    body: text!.body,
    segments: measureText(text!.body).segments,
    connectionId: textsLeaveThrough(our),
    sentBy: null,
    idempotencyKey: null,
    timezone: our.timezone,
    at: now,
  }
}

/** The call's end is the cause of the lead and of the text. */
async function recordEvents(tx: Tx, accountId: string, person: Person | null, settlement: Settlement): Promise<void> {
  const { call, facts, answered, decision, text, now } = settlement
  const about = { contactId: person?.contactId ?? null, leadId: person?.lead?.id ?? null, callId: call.id }
  const ended: NewEvent = {
    id: newId(),
    type: answered ? 'call.answered' : 'call.missed',
    actor: `carrier:${call.connectionId}`,
    ...about,
    messageId: text?.id ?? null,
    data: { number: call.number, reason: decision.reason, ...(call.recovered && { recovered: true }) },
  }
  const followed = { actor: 'textback', ...about, causeId: ended.id } as const
  const events: NewEvent[] = [ended]
  if (person?.lead && !facts.openLeadId) events.push({ type: 'lead.created', ...followed })
  if (text) events.push({ type: 'message.queued', ...followed, messageId: text.id })
  await Promise.all(events.map((event) => recordEvent(tx, accountId, event, now)))
}
