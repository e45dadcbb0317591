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
import { heardFrom, talked } from '../../store/conversations/conversations.ts'
import type { Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { insertLead, touchLead } from '../../store/leads/leads.ts'
import { queueMessage } from '../../store/messages/outbox.ts'
import { textsTodayInTurn } from '../../store/messages/textsPerDay.ts'
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
  const textsToday = await textsTodayInTurn(tx, accountId, { timezone, dailyCap, seen: facts.textsToday, now })
  return decideFor(call, call.our, { ...facts, textsToday }, answered, now)
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
      dailyCap: our.dailyCap,
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
 * another's answer, so they leave in one write. Ask it under the caller's lock: `facts` must still be true.
 */
export async function writeDown(tx: Tx, accountId: string, settlement: Settlement): Promise<void> {
  const { call, facts, answered, decision, text, now } = settlement
  const phone = call.fromPhone === 'anonymous' ? null : readPhone(call.fromPhone)
  const contactId = phone ? (facts.contactId ?? newId()) : null
  const work: Promise<unknown>[] = []
  if (phone && contactId) {
    work.push(
      facts.contactId
        ? touchContact(tx, accountId, { id: contactId, at: now })
        : insertContact(tx, accountId, { id: contactId, phone, at: now }),
    )
    if (answered && facts.conversationId) work.push(talked(tx, accountId, contactId))
  }
  const wantsLead = contactId !== null && deservesLead(decision)
  const leadId = wantsLead ? (facts.openLeadId ?? newId()) : null
  const eventId = newId()
  const actor = `carrier:${call.connectionId}` as const
  if (phone && contactId && leadId) {
    const conversationId = facts.conversationId ?? newId()
    work.push(
      facts.openLeadId
        ? touchLead(tx, accountId, { id: leadId, at: now })
        : insertLead(tx, accountId, { id: leadId, contactId, at: now }),
      heardFrom(tx, accountId, {
        id: conversationId,
        contactId,
        channel: 'sms',
        ourAddress: call.number,
        theirAddress: phone,
        preview: text?.body ?? null,
        unread: text ? 0 : 1,
        waits: true,
        at: now,
      }),
    )
    if (text && call.our)
      work.push(
        queueMessage(tx, accountId, {
          id: text.id,
          contactId,
          conversationId,
          callId: call.id,
          kind: 'text_back',
          channel: 'sms',
          from: call.number,
          to: phone,
          body: text.body,
          segments: measureText(text.body).segments,
          connectionId: textsLeaveThrough(call.our),
          sentBy: null,
          idempotencyKey: null,
          timezone: call.our.timezone,
          at: now,
        }),
      )
  }
  const about = { contactId, leadId, callId: call.id }
  work.push(
    recordEvent(
      tx,
      accountId,
      {
        id: eventId,
        type: answered ? 'call.answered' : 'call.missed',
        actor,
        ...about,
        messageId: text?.id ?? null,
        data: { number: call.number, reason: decision.reason, ...(call.recovered && { recovered: true }) },
      },
      now,
    ),
  )
  if (leadId && !facts.openLeadId)
    work.push(recordEvent(tx, accountId, { type: 'lead.created', actor: 'textback', ...about, causeId: eventId }, now))
  if (text)
    work.push(
      recordEvent(
        tx,
        accountId,
        { type: 'message.queued', actor: 'textback', ...about, messageId: text.id, causeId: eventId },
        now,
      ),
    )
  work.push(
    settle(tx, accountId, {
      callId: call.id,
      outcome: answered ? 'answered' : 'missed',
      why: answered ? null : (call.why ?? 'no_answer'),
      decision,
      contactId,
      messageId: text?.id ?? null,
      at: now,
    }),
  )
  await Promise.all(work)
}
