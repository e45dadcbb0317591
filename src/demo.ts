import { recordCall } from './actions/calls/recordCall.ts'
import { updateContact } from './actions/contacts/contacts.ts'
import { addNote } from './actions/contacts/notes.ts'
import { changeConversation } from './actions/conversations/conversations.ts'
import { changeLead } from './actions/leads/leads.ts'
import { deliverMessage } from './actions/messages/deliverMessage.ts'
import { receiveMessage } from './actions/messages/receiveMessage.ts'
import { recordReceipt } from './actions/messages/recordReceipt.ts'
import { sendMessage } from './actions/messages/sendMessage.ts'
import type { World } from './actions/world.ts'
import type { Actor } from './domain/events.ts'
import { newId } from './domain/ids.ts'
import { after, DAY, HOUR, MINUTE, SECOND } from './domain/time.ts'
import { primaryPhone } from './store/contacts/addresses.ts'
import { asAccount } from './store/db.ts'
import type { Vendor } from './vendors/vendor.ts'

/**
 * Gives the demo business a week of calls, texts and leads, so that no screen is empty. It calls the real actions with
 * the clock set back and a carrier that accepts everything. It changes only an account without calls, and must run
 * before the worker starts, which would refuse these texts as too late.
 */
export async function playDemoPast(world: World, accountId: string): Promise<void> {
  const played = await asAccount(world.db, accountId, (tx) =>
    tx.selectFrom('calls').select('id').where('accountId', '=', accountId).limit(1).executeTakeFirst(),
  )
  if (played) return
  await addCannedReplies(world, accountId)
  const today = world.now()
  const acts = STORIES.flatMap((story) => story.acts.map((act) => ({ story, act, at: after(today, -act.ago) })))
  // In order of time, because lists are sorted by the ids that are made here.
  acts.sort((a, b) => a.at.getTime() - b.at.getTime())
  for (const { story, act, at } of acts) await play(worldAt(world, at), accountId, story.phone, act, at)
}

const MAIN = '+12025550100'
const SALES = '+12025550101'

type Act = { ago: number } & (
  | { calls: string; rings: number; answeredFor?: number }
  | { texts: string }
  | { weText: string }
  | { note: string }
  | { known: { name: string; addTags?: string[]; email?: string } }
  | { lead: { stage?: string; status?: 'won' | 'lost'; valueCents?: number; reason?: string } }
  | { closed: true }
)

type Story = { phone: string; acts: Act[] }

const STORIES: Story[] = [
  {
    phone: '+12025550121',
    acts: [
      { ago: 6 * DAY + 3 * HOUR, calls: MAIN, rings: 21 },
      {
        ago: 6 * DAY + 3 * HOUR - 2 * MINUTE,
        texts: 'Hi Mike, our furnace stopped last night. Can someone come today?',
      },
      {
        ago: 6 * DAY + 3 * HOUR - 3 * MINUTE,
        known: { name: 'Dana Whitfield', addTags: ['furnace'], email: 'dana.whitfield@example.com' },
      },
      {
        ago: 6 * DAY + 3 * HOUR - 6 * MINUTE,
        weText: 'Hi Dana, yes: between 2 and 4 this afternoon. Is 18 Maple Street right?',
      },
      { ago: 6 * DAY + 3 * HOUR - 9 * MINUTE, texts: 'Yes! Thank you so much.' },
      { ago: 6 * DAY + 3 * HOUR - 12 * MINUTE, lead: { stage: 'Booked', valueCents: 120_000 } },
      { ago: 5 * DAY + 20 * HOUR, note: 'Ignitor replaced. Wants a yearly service plan, call her in spring.' },
      { ago: 5 * DAY + 19 * HOUR, lead: { status: 'won', valueCents: 134_000 } },
      { ago: 5 * DAY + 19 * HOUR - MINUTE, closed: true },
    ],
  },
  {
    phone: '+12025550122',
    acts: [
      { ago: 5 * DAY + 4 * HOUR, calls: MAIN, rings: 9, answeredFor: 184 },
      { ago: 5 * DAY + 4 * HOUR - 5 * MINUTE, known: { name: 'Luis Ortega', addTags: ['maintenance'] } },
    ],
  },
  {
    phone: '+12025550123',
    acts: [
      { ago: 4 * DAY + 6 * HOUR, calls: SALES, rings: 14 },
      { ago: 4 * DAY + 6 * HOUR - 4 * MINUTE, texts: 'Looking for a quote on two mini-splits, about 1,400 sq ft' },
      { ago: 4 * DAY + 6 * HOUR - 5 * MINUTE, known: { name: 'Priya Nair', addTags: ['mini-split', 'quote'] } },
      {
        ago: 4 * DAY + 5 * HOUR,
        weText: 'Happy to! Could you send a photo of the outside wall? Rough number: $6,800 to $7,900 installed.',
      },
      { ago: 4 * DAY + 3 * HOUR, texts: 'Will send tonight' },
      { ago: 4 * DAY + 2 * HOUR, lead: { stage: 'Quoted', valueCents: 740_000 } },
    ],
  },
  {
    phone: '+12025550124',
    acts: [
      { ago: 3 * DAY + 7 * HOUR, calls: MAIN, rings: 20 },
      { ago: 3 * DAY + 7 * HOUR - 30 * SECOND, texts: 'STOP' },
    ],
  },
  {
    phone: '+12025550125',
    acts: [
      { ago: 2 * DAY + 5 * HOUR, calls: MAIN, rings: 17 },
      { ago: 2 * DAY + 4 * HOUR, known: { name: 'Tom Becker' } },
      { ago: 2 * DAY + 4 * HOUR - MINUTE, texts: 'Got it fixed by my neighbor, thanks anyway' },
      { ago: 2 * DAY + 3 * HOUR, lead: { status: 'lost', reason: 'Solved it himself' } },
      { ago: 2 * DAY + 3 * HOUR - MINUTE, closed: true },
    ],
  },
  {
    phone: '+12025550126',
    acts: [
      { ago: DAY + 6 * HOUR, calls: SALES, rings: 11 },
      { ago: DAY + 6 * HOUR - 7 * MINUTE, texts: 'Do you service heat pumps in Arlington?' },
      { ago: DAY + 6 * HOUR - 8 * MINUTE, known: { name: 'Renee Castillo', addTags: ['heat pump'] } },
      { ago: DAY + 5 * HOUR, weText: 'We do. Is it heating poorly or not at all?' },
      { ago: DAY + 5 * HOUR - 3 * MINUTE, texts: 'Blowing lukewarm air since Tuesday' },
      { ago: DAY + 5 * HOUR - 6 * MINUTE, lead: { stage: 'Contacted', valueCents: 45_000 } },
    ],
  },
  { phone: '+12025550127', acts: [{ ago: DAY + 2 * HOUR, calls: SALES, rings: 1 }] },
  {
    phone: '+12025550128',
    acts: [
      { ago: 5 * HOUR, calls: MAIN, rings: 6, answeredFor: 95 },
      { ago: 5 * HOUR - 4 * MINUTE, known: { name: 'Grace Liu' } },
    ],
  },
  {
    phone: '+12025550129',
    acts: [
      { ago: 3 * HOUR, calls: MAIN, rings: 22 },
      { ago: 3 * HOUR - 90 * SECOND, texts: 'Hello, AC is leaking water onto the floor, how soon could you come?' },
      { ago: 3 * HOUR - 100 * SECOND, known: { name: 'Omar Haddad', addTags: ['leak'] } },
    ],
  },
  { phone: '+12025550130', acts: [{ ago: 50 * MINUTE, calls: MAIN, rings: 18 }] },
]

function worldAt(world: World, at: Date): World {
  const taken = { outcome: 'accepted' as const, segments: 1 }
  const send = async () => ({ ...taken, carrierId: `demo-${newId()}` })
  const accepting = (vendor: Vendor): Vendor =>
    vendor.channels.sms ? { ...vendor, channels: { sms: { ...vendor.channels.sms, send } } } : vendor
  return {
    ...world,
    now: () => at,
    // `deliver` below sends each text at the time of its act.
    deliverSoon: () => {},
    vendors: new Map([...world.vendors].map(([kind, vendor]) => [kind, accepting(vendor)])),
  }
}

async function play(world: World, accountId: string, phone: string, act: Act, at: Date): Promise<void> {
  if ('calls' in act) return playCall(world, accountId, phone, act, at)
  if ('texts' in act) {
    await receiveMessage(
      world,
      { accountId, connectionId: 'main', kind: 'twilio', country: 'US' },
      {
        type: 'message.received',
        channel: 'sms',
        carrierId: `demo-${newId()}`,
        from: phone,
        to: MAIN,
        body: act.texts,
        at,
        media: [],
        carrierReplied: null,
      },
    )
    return
  }
  const { contactId, conversationId, leadId } = await find(world, accountId, phone)
  const actor = await mike(world)
  if ('weText' in act) {
    const sent = await sendMessage(world, accountId, { conversationId: conversationId!, body: act.weText }, actor)
    if (sent.outcome === 'queued') await deliver(world, accountId, sent.messageId)
  } else if ('note' in act) await addNote(world, accountId, contactId, act.note, actor)
  else if ('known' in act) await updateContact(world, accountId, contactId, act.known, actor)
  else if ('lead' in act && leadId) {
    const { stage, ...change } = act.lead
    const stageId = stage ? await stageNamed(world, accountId, stage) : undefined
    await changeLead(world, accountId, leadId, { ...change, ...(stageId && { stageId }) }, actor)
  } else if ('closed' in act && conversationId)
    await changeConversation(world, accountId, conversationId, { status: 'closed' }, actor)
}

async function playCall(
  world: World,
  accountId: string,
  from: string,
  { calls: to, rings, answeredFor }: Extract<Act, { calls: string }>,
  endsRinging: Date,
): Promise<void> {
  const connection =
    to === MAIN
      ? ({ connectionId: 'main', kind: 'twilio' } as const)
      : ({ connectionId: 'alt', kind: 'telnyx' } as const)
  const source = { accountId, ...connection, country: 'US' }
  const callId = `demo-${newId()}`
  const startedAt = after(endsRinging, -rings * SECOND)
  const about = { callId, legId: null, from, to }
  await recordCall(worldAt(world, startedAt), source, {
    type: 'call.arrived',
    ...about,
    at: startedAt,
    callerName: null,
    forwardedFrom: null,
    stirVerstat: null,
  })
  if (answeredFor) await recordCall(world, source, { type: 'call.answered', callId, at: endsRinging })
  const endedAt = after(endsRinging, (answeredFor ?? 0) * SECOND)
  await recordCall(worldAt(world, endedAt), source, {
    type: 'call.ended',
    ...about,
    startedAt,
    at: endedAt,
    answered: answeredFor ? null : false,
    why: answeredFor ? null : 'no_answer',
    durationSeconds: answeredFor ?? 0,
  })
  const text = await asAccount(world.db, accountId, (tx) =>
    tx
      .selectFrom('messages')
      .innerJoin('calls', 'calls.messageId', 'messages.id')
      .select('messages.id')
      .where('messages.accountId', '=', accountId)
      .where('calls.carrierCallId', '=', callId)
      .executeTakeFirst(),
  )
  if (text) await deliver(worldAt(world, after(endedAt, 0.4 * SECOND)), accountId, text.id)
}

async function deliver(world: World, accountId: string, messageId: string): Promise<void> {
  await deliverMessage(world, { accountId, messageId })
  const sent = await asAccount(world.db, accountId, (tx) =>
    tx
      .selectFrom('messages')
      .select(['connectionId', 'carrierMessageId'])
      .where('accountId', '=', accountId)
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow(),
  )
  await recordReceipt(
    world,
    { accountId, connectionId: sent.connectionId, kind: 'twilio', country: 'US' },
    {
      type: 'message.receipt',
      messageId,
      carrierId: sent.carrierMessageId!,
      status: 'delivered',
      failure: null,
      at: after(world.now(), 1.2 * SECOND),
    },
  )
}

async function find(world: World, accountId: string, phone: string) {
  return asAccount(world.db, accountId, (tx) =>
    tx
      .selectFrom('contacts')
      .leftJoin('conversations', 'conversations.contactId', 'contacts.id')
      .leftJoin('leads', 'leads.contactId', 'contacts.id')
      .select(['contacts.id as contactId', 'conversations.id as conversationId', 'leads.id as leadId'])
      .where('contacts.accountId', '=', accountId)
      .where(primaryPhone('contacts.id'), '=', phone)
      .executeTakeFirstOrThrow(),
  )
}

async function stageNamed(world: World, accountId: string, name: string): Promise<string> {
  const row = await asAccount(world.db, accountId, (tx) =>
    tx
      .selectFrom('stages')
      .select('id')
      .where('accountId', '=', accountId)
      .where('name', '=', name)
      .executeTakeFirstOrThrow(),
  )
  return row.id
}

async function mike(world: World): Promise<Actor> {
  const row = await asAccount(world.db, 'acme', (tx) =>
    tx.selectFrom('users').select('id').where('email', '=', 'mike@acme.test').executeTakeFirst(),
  )
  return row ? `user:${row.id}` : 'textback'
}

async function addCannedReplies(world: World, accountId: string): Promise<void> {
  const replies = [
    ['On my way', "I'm on my way, about 20 minutes."],
    ['Address?', 'Could you send me the address, and the best time for a visit?'],
    ['Photo?', 'Could you send a photo of the unit and its label? Then I bring the right parts.'],
  ]
  await asAccount(world.db, accountId, (tx) =>
    tx
      .insertInto('cannedReplies')
      .values(replies.map(([title, body]) => ({ id: newId(), accountId, title: title!, body: body! })))
      .onConflict((c) => c.columns(['accountId', 'title']).doNothing())
      .execute(),
  )
}
