import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness, NUMBER } from '../../../test/business/business.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../domain/time.ts'
import { receiveMessage } from './receiveMessage.ts'

type Received = Parameters<typeof receiveMessage>[2]

async function start() {
  const b = await aBusiness()
  return {
    ...b,
    receive: (text: Partial<Received>) =>
      receiveMessage(b.world, b.source, {
        type: 'message.received',
        channel: 'sms',
        carrierId: b.aCarrierId(),
        from: b.aPhone(),
        to: NUMBER,
        body: 'My furnace is out.',
        at: b.world.now(),
        media: [],
        carrierReplied: null,
        ...text,
      }),
    statusesOf: async (contactId: string) => (await b.leadsOf(contactId)).map(({ status }) => status),
    waitOf: async (contactId: string) => (await b.conversationOf(contactId)).waitingSince,
    answersTo: async (contactId: string) =>
      (await b.textsWith(contactId)).filter(({ kind }) => kind === 'confirmation').map(({ body }) => body),
    async optOutEventsOf(contactId: string) {
      return (await b.events(contactId)).map(({ type }) => type).filter((type) => type.startsWith('opt_out.'))
    },
  }
}

type Started = Awaited<ReturnType<typeof start>>

const STOPPED = /any more texts from us/
const STARTED = /get our texts again/
const HELP = /Reply here and a person answers/

describe('a text', () => {
  test('of a stranger makes contact, lead and conversation, unread, and they wait', async () => {
    const b = await start()
    const contactId = await b.aTextFrom(b.aPhone(), 'Hello?')
    assert.deepEqual(await b.statusesOf(contactId), ['open'])
    const waits = { status: 'open', unread: 1, waitingSince: b.world.now(), lastMessagePreview: 'Hello?' }
    assert.partialDeepStrictEqual(await b.conversationOf(contactId), waits)
    const types = (await b.events(contactId)).map(({ type }) => type)
    assert.deepEqual(types, ['message.received', 'lead.created'])
  })

  test('of a contact who never had a lead makes none', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone })
    assert.equal(await b.aTextFrom(phone), contactId)
    assert.deepEqual(await b.statusesOf(contactId), [])
    assert.deepEqual(await b.waitOf(contactId), b.world.now())
  })

  test('of a contact with an open lead makes none', async () => {
    const b = await start()
    const phone = b.aPhone()
    await b.aMissedCall(phone)
    assert.deepEqual(await b.statusesOf(await b.aTextFrom(phone)), ['open'])
  })

  test('that the carrier brings again is here once', async () => {
    const b = await start()
    const text = { carrierId: b.aCarrierId(), from: b.aPhone() }
    await b.receive(text)
    const contactId = await b.contactWith(text.from)
    const before = [await b.conversationOf(contactId), await b.events()]
    b.wait(MINUTE)
    await b.receive(text)
    assert.deepEqual([await b.conversationOf(contactId), await b.events()], before)
    assert.equal((await b.textsWith(contactId)).length, 1)
  })

  test('that the carrier brings twice at once is here once', async () => {
    const b = await start()
    const text = { carrierId: b.aCarrierId(), from: b.aPhone() }
    await Promise.all([b.receive(text), b.receive(text)])
    const contactId = await b.contactWith(text.from)
    assert.equal((await b.textsWith(contactId)).length, 1)
    assert.equal((await b.conversationOf(contactId)).unread, 1)
  })

  test('to a number that is not ours is nowhere', async () => {
    const b = await start()
    const before = await b.events()
    await b.receive({ to: '+12025550199' })
    assert.deepEqual(await b.events(), before)
  })

  test('of a short code is kept, and is nobody’s job: no lead, nobody waits, no word in it counts', async () => {
    const b = await start()
    for (const body of ['Your code is 1234.', 'STOP', 'HELP']) await b.receive({ from: '12345', body })
    const contactId = await b.contactWith('12345')
    assert.deepEqual([await b.statusesOf(contactId), await b.answersTo(contactId)], [[], []])
    assert.partialDeepStrictEqual(await b.conversationOf(contactId), { unread: 3, waitingSince: null })
    assert.deepEqual(await b.optOutEventsOf(contactId), [])
  })
})

describe('a text of somebody whose last lead is closed', () => {
  const CASES: [string, number | null, number, 'new lead' | 'no lead'][] = [
    ['at once, when each text is a new job', 0, 0, 'new lead'],
    ['within three days, when it takes three', 3, 3 * DAY - SECOND, 'no lead'],
    ['after three days, when it takes three', 3, 3 * DAY, 'new lead'],
    ['a year later, when texts never make one', null, 365 * DAY, 'no lead'],
  ]
  for (const [when, newLeadAfterDays, wait, expected] of CASES)
    for (const closed of ['won', 'lost'] as const)
      test(`makes a ${expected} after a ${closed} one ${when}`.replace('a no', 'no'), async () => {
        const b = await start()
        await b.withSettings({ newLeadAfterDays })
        const phone = b.aPhone()
        const contactId = await b.aContact({ phone })
        await (closed === 'won' ? b.aWonLead(contactId) : b.aLostLead(contactId))
        b.wait(wait)
        await b.aTextFrom(phone)
        const leads = expected === 'new lead' ? [closed, 'open'] : [closed]
        assert.deepEqual(await b.statusesOf(contactId), leads)
      })

  test('makes no lead when it is STOP, or the START after it', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone })
    await b.aWonLead(contactId)
    for (const body of ['STOP', 'START']) await b.aTextFrom(phone, body)
    assert.deepEqual(await b.statusesOf(contactId), ['won'])
  })

  test('says on the timeline which lead was before', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aContact({ phone })
    await b.aLostLead(contactId)
    await b.aTextFrom(phone)
    const data = { after: 'closed_lead', status: 'lost' }
    assert.partialDeepStrictEqual(await b.lastEvent(contactId), { type: 'lead.created', actor: 'textback', data })
  })
})

/** Who may write: whether they wait, and whether they opted out. */
const SENDERS: { who: string; waits: boolean; out: boolean; make(b: Started, phone: string): Promise<string> }[] = [
  { who: 'somebody who waits', waits: true, out: false, make: (b, phone) => b.aTextFrom(phone) },
  { who: 'somebody who called in vain', waits: true, out: false, make: (b, phone) => b.aMissedCall(phone) },
  { who: 'somebody who had an answer', waits: false, out: false, make: (b, phone) => b.anAnsweredConversation(phone) },
  {
    who: 'somebody in a closed conversation',
    waits: false,
    out: false,
    make: (b, phone) => b.aClosedConversation(phone),
  },
  { who: 'somebody who opted out', waits: false, out: true, make: (b, phone) => b.anOptOut(phone) },
  {
    who: 'somebody who waited when they opted out',
    waits: true,
    out: true,
    async make(b, phone) {
      await b.aTextFrom(phone)
      return b.anOptOut(phone)
    },
  },
]

/** They write, five minutes after what was before. Gives what was before, and the answers since. */
async function write(b: Started, make: (typeof SENDERS)[number]['make'], body: string) {
  const phone = b.aPhone()
  const began = b.world.now()
  const contactId = await make(b, phone)
  const { waitingSince } = await b.conversationOf(contactId)
  const [answers, events] = [await b.answersTo(contactId), await b.optOutEventsOf(contactId)]
  b.wait(5 * MINUTE)
  await b.aTextFrom(phone, body)
  return {
    contactId,
    began,
    waitedSince: waitingSince,
    answers: (await b.answersTo(contactId)).slice(answers.length),
    events: (await b.optOutEventsOf(contactId)).slice(events.length),
  }
}

describe('STOP', () => {
  for (const { who, out, make } of SENDERS)
    test(`of ${who} leaves them opted out, and nobody waits`, async () => {
      const b = await start()
      const { contactId, answers, events } = await write(b, make, 'STOP')
      assert.equal(await b.waitOf(contactId), null)
      assert.deepEqual(events, out ? [] : ['opt_out.added'])
      // Who has said it before was told so.
      assert.equal(answers.length, out ? 0 : 1)
      for (const answer of answers) assert.match(answer, STOPPED)
    })

  test('refuses what was queued', async () => {
    const b = await start()
    const phone = b.aPhone()
    const contactId = await b.aMissedCall(phone)
    await b.anOptOut(phone)
    assert.partialDeepStrictEqual((await b.textsWith(contactId))[0], { kind: 'text_back', status: 'refused' })
  })

  test('that the carrier has answered is not answered again', async () => {
    const b = await start()
    const from = b.aPhone()
    await b.receive({ from, body: 'STOP', carrierReplied: 'stop' })
    const contactId = await b.contactWith(from)
    assert.deepEqual([await b.answersTo(contactId), await b.optOutEventsOf(contactId)], [[], ['opt_out.added']])
  })

  test('to a number that the account has no more is in force, without an answer', async () => {
    const b = await start()
    const from = b.aPhone()
    const contactId = await b.aTextFrom(from)
    await b.withoutNumber(NUMBER)
    await b.receive({ from, body: 'STOP' })
    assert.deepEqual([await b.answersTo(contactId), await b.optOutEventsOf(contactId)], [[], ['opt_out.added']])
    assert.equal(await b.waitOf(contactId), null)
  })
})

describe('START, and YES', () => {
  for (const { who, waits, make } of SENDERS.filter(({ out }) => out))
    for (const body of ['START', 'Yes'])
      test(`"${body}" of ${who} brings the texts back${waits ? ', and the wait' : ''}`, async () => {
        const b = await start()
        const { contactId, began, answers, events } = await write(b, make, body)
        assert.deepEqual(await b.waitOf(contactId), waits ? began : null)
        assert.deepEqual(events, ['opt_out.removed'])
        assert.match(answers.join(), STARTED)
      })

  for (const { who, waits, make } of SENDERS.filter(({ out }) => !out))
    for (const body of ['START', 'Yes'])
      test(`"${body}" of ${who} is about the job: they wait`, async () => {
        const b = await start()
        const { contactId, waitedSince, answers, events } = await write(b, make, body)
        assert.deepEqual(await b.waitOf(contactId), waits ? waitedSince : b.world.now())
        assert.deepEqual([answers, events], [[], []])
      })
})

describe('HELP', () => {
  for (const { who, waits, out, make } of SENDERS)
    test(`of ${who} is answered, and they wait`, async () => {
      const b = await start()
      const { contactId, waitedSince, answers, events } = await write(b, make, 'HELP')
      assert.deepEqual(await b.waitOf(contactId), waits && !out ? waitedSince : b.world.now())
      assert.match(answers.join(), HELP)
      assert.deepEqual(events, [])
    })

  test('is answered twice in an hour: more is a machine’s', async () => {
    const b = await start()
    const phone = b.aPhone()
    for (const _ of [1, 2, 3, 4]) await b.aTextFrom(phone, 'HELP')
    const contactId = await b.contactWith(phone)
    assert.equal((await b.answersTo(contactId)).length, 2)
    b.wait(HOUR)
    await b.aTextFrom(phone, 'HELP')
    assert.equal((await b.answersTo(contactId)).length, 3)
  })
})

describe('what may mean STOP', () => {
  for (const { who, waits, out, make } of SENDERS)
    test(`of ${who} is for a person to see, and they wait`, async () => {
      const b = await start()
      const { contactId, waitedSince, answers, events } = await write(b, make, 'Wrong number')
      assert.deepEqual(await b.waitOf(contactId), waits && !out ? waitedSince : b.world.now())
      assert.deepEqual([answers, events], [[], ['opt_out.suspected']])
    })
})
