import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { demoTwilio } from '../../simulator/demo.ts'
import { signedHooks, telnyxEvent } from '../signed.ts'
import { CALLER, type Json, MAIN, SALES, startWorld, until, type World } from '../world.ts'

/** A phone's side of the conversation with us. */
function phoneOf(world: World, phone: string) {
  const messages = async () => (await world.api('GET', '/messages?limit=200')).data.filter(about)
  const about = (message: Json) => message.from === phone || message.to === phone
  let said = 0
  return {
    /** They text; returns what is on their phone when we are done. */
    async says(to: string, body: string): Promise<string[]> {
      said += 1
      await world.network('POST', '/messages', { from: phone, to, body })
      await until(async () => {
        const all = await messages()
        const heard = all.filter((m: Json) => m.direction === 'inbound').length === said
        const open = all.some((m: Json) => ['queued', 'sending', 'accepted', 'sent'].includes(m.status))
        return heard && !open
      }, `an end of "${body}"`)
      return this.texts()
    },
    async texts(): Promise<string[]> {
      const shown = await world.network('GET', `/phones/${encodeURIComponent(phone)}`)
      return shown.messages.filter((m: Json) => m.direction === 'received').map((m: Json) => m.body)
    },
    messages,
    async events(type: string): Promise<Json[]> {
      const { data } = await world.api('GET', `/contacts?phone=${encodeURIComponent(phone)}`)
      const { data: events } = await world.api('GET', `/contacts/${data[0].id}/events`)
      return events.filter((event: Json) => event.type === type)
    },
    async optOut(): Promise<Json> {
      const { data } = await world.api('GET', '/opt-outs')
      return data.find((row: Json) => row.phone === phone) ?? null
    },
  }
}

const CARRIERS = [
  ['Twilio', MAIN],
  ['Telnyx', SALES],
] as const

test('what people text about being texted', async (t) => {
  const world = await startWorld(t)
  let last = 0
  const stranger = () => {
    last += 1
    const phone = `+131255501${String(last).padStart(2, '0')}`
    return { phone, ...phoneOf(world, phone) }
  }

  for (const [carrier, line] of CARRIERS) {
    await t.test(`${carrier} answers STOP and START itself, and we keep both`, async () => {
      const pat = stranger()
      assert.equal((await pat.says(line, 'STOP')).length, 1)
      assert.equal((await pat.optOut()).source, 'keyword')
      const [added] = await pat.events('opt_out.added')
      const [received] = await pat.events('message.received')
      assert.equal(added.causeId, received.id)

      const texts = await pat.says(line, ' start ')
      assert.equal(texts.length, 2)
      assert.match(texts[1]!, /re-subscribed/)
      assert.equal(await pat.optOut(), null)
      await world.missedCall(pat.phone, SALES)
      assert.equal((await world.textsOn(pat.phone, 3)).length, 3)
    })

    await t.test(`after STOP at ${carrier} nothing leaves: not for a call, not by API`, async () => {
      const pat = stranger()
      await pat.says(line, 'Stop')
      await world.missedCall(pat.phone, SALES)
      const [call] = await world.callsFrom(pat.phone)
      assert.equal(call.decision.reason, 'opted_out')
      const refused = await world.ask('POST', '/api/v1/messages', { to: pat.phone, body: 'Hello?' })
      assert.equal(refused.status, 422)
      assert.deepEqual(refused.body.errors, [{ field: 'to', message: 'opted_out' }])
      assert.equal((await pat.texts()).length, 1)
      assert.deepEqual(await world.textsSentTo(pat.phone), [])
    })

    await t.test(`${carrier}: a sentence that means stop gets one confirmation, from us`, async () => {
      const pat = stranger()
      const texts = await pat.says(line, 'Please stop texting me')
      assert.deepEqual(texts, ["Acme HVAC: you won't get any more texts from us. Reply START to get them again."])
      assert.equal((await pat.optOut()).source, 'phrase')
      assert.equal((await pat.says(line, 'I said stop texting me!')).length, 1)
    })

    await t.test(`${carrier} answers HELP itself, and we what it does not know`, async () => {
      const pat = stranger()
      assert.equal((await pat.says(line, 'HELP')).length, 1)
      const texts = await pat.says(line, 'Ayuda')
      assert.equal(texts.length, 2)
      assert.match(texts[1]!, /^Acme HVAC: we text you about your call/)
    })

    await t.test(`${carrier}: what may be meant as a stop is for a person to look at`, async () => {
      const pat = stranger()
      assert.deepEqual(await pat.says(line, 'Sorry, not interested'), [])
      assert.equal((await pat.events('opt_out.suspected')).length, 1)
      assert.equal(await pat.optOut(), null)
    })
  }

  await t.test('a keyword that only the other carrier knows gets our confirmation', async () => {
    for (const [line, word] of [
      [MAIN, 'stop all'],
      [SALES, 'revoke'],
    ] as const) {
      const pat = stranger()
      const texts = await pat.says(line, word)
      assert.equal(texts.length, 1, word)
      assert.match(texts[0]!, /^Acme HVAC: you won't get any more/)
    }
  })

  await t.test('STOP to a number that was given up: its carrier still tells us, and it counts', async () => {
    const pat = stranger()
    const gone = '+12025550108'
    const hooks = signedHooks(world)
    const text = (Body: string) => ({
      MessageSid: `SM${randomUUID().replaceAll('-', '')}`,
      From: pat.phone,
      To: gone,
      Body,
    })
    assert.equal((await hooks.twilio('sms', text('What is your address?'))).status, 200)
    assert.equal(await pat.optOut(), null)
    assert.equal((await hooks.twilio('sms', text('STOP'))).status, 200)
    assert.equal((await pat.optOut()).source, 'keyword')
    await world.missedCall(pat.phone, MAIN)
    const call = await until(async () => {
      const { data } = await world.api('GET', `/calls?from=${encodeURIComponent(pat.phone)}`)
      return data[0]?.decision && data[0]
    })
    assert.equal(call.decision.reason, 'opted_out')
    await hooks.twilio('sms', text('START'))
    assert.equal(await pat.optOut(), null)
  })

  await t.test('"yes" is START to somebody who had stopped, and an ordinary text otherwise', async () => {
    const pat = stranger()
    assert.deepEqual(await pat.says(SALES, 'Yes'), [])
    assert.equal((await pat.events('opt_out.removed')).length, 0)
    await pat.says(SALES, 'no more texts')
    const texts = await pat.says(SALES, 'Yes')
    assert.match(texts.at(-1)!, /^Acme HVAC: you will get our texts again/)
    assert.equal(await pat.optOut(), null)
  })

  await t.test('what the carrier still blocks stays stopped, whatever we make of "yes"', async () => {
    const pat = stranger()
    await pat.says(SALES, 'STOP')
    await pat.says(SALES, 'yes')
    await until(async () => (await pat.optOut())?.source === 'carrier', 'a carrier’s opt-out')
  })

  await t.test('a STOP that we did not hear is learned from the carrier’s refusal', async () => {
    for (const [line, code] of [
      [MAIN, '21610'],
      [SALES, '40300'],
    ] as const) {
      const pat = stranger()
      await world.network('PUT', '/settings', { webhooks: false })
      await world.network('POST', '/messages', { from: pat.phone, to: line, body: 'STOP' })
      await world.network('PUT', '/settings', { webhooks: true })
      await world.missedCall(pat.phone, line)
      const [first] = await world.callsFrom(pat.phone)
      const message = await until(async () => {
        const told = await world.api('GET', `/messages/${first.messageId}`)
        return told.status === 'refused' && told
      }, 'a refused text')
      assert.equal(message.trouble.code, code)
      assert.match(message.trouble.nextStep, /START/)
      assert.equal((await pat.optOut()).source, 'carrier')
      await world.missedCall(pat.phone, line)
      const [second] = await world.callsFrom(pat.phone, 2)
      assert.equal(second.decision.reason, 'opted_out')
    }
  })

  await t.test('an opt-out by hand, and its end', async () => {
    const pat = stranger()
    const path = `/opt-outs/${encodeURIComponent(pat.phone)}`
    const made = await world.api('POST', '/opt-outs', { phone: pat.phone, note: 'asked by phone' })
    assert.partialDeepStrictEqual(made, { phone: pat.phone, source: 'manual', note: 'asked by phone' })
    await world.missedCall(pat.phone, SALES)
    const [call] = await world.callsFrom(pat.phone)
    assert.equal(call.decision.reason, 'opted_out')
    assert.equal((await world.api('GET', `/contacts/${call.contactId}`)).optedOut, true)
    await world.api('DELETE', path)
    assert.equal((await world.ask('DELETE', `/api/v1${path}`)).status, 404)
    await world.missedCall(pat.phone, SALES)
    await world.textsOn(pat.phone)
  })

  await t.test('with Twilio’s Advanced Opt-Out, Twilio’s word counts and ours is not said', async () => {
    const { accountSid, authToken } = demoTwilio
    await world.network('PUT', '/config', { twilio: [{ accountSid, authToken, advancedOptOut: true, numbers: [] }] })
    const pat = stranger()
    assert.equal((await pat.says(MAIN, 'Unsubscribe')).length, 1)
    assert.equal((await pat.optOut()).source, 'keyword')
    // A word that only Twilio's settings know: the OptOutType gives its meaning.
    const hooks = signedHooks(world)
    const kim = stranger()
    const text = {
      MessageSid: `SM${randomUUID().replaceAll('-', '')}`,
      From: kim.phone,
      To: MAIN,
      Body: 'BASTA',
      NumMedia: '0',
    }
    assert.equal((await hooks.twilio('sms', { ...text, OptOutType: 'STOP' })).status, 200)
    assert.equal((await kim.optOut()).source, 'keyword')
    assert.equal((await kim.messages()).length, 1)
  })
})

test('a STOP refuses the texts that wait for their turn', async (t) => {
  const world = await startWorld(t, { provision: (file) => (file.accounts[0].numbers[0].segmentsPerSecond = 1) })
  const pat = phoneOf(world, CALLER)
  for (const body of ['one', 'two', 'three']) await world.api('POST', '/messages', { to: CALLER, from: MAIN, body })
  await world.textsOn(CALLER)
  await world.network('POST', '/messages', { from: CALLER, to: MAIN, body: 'STOP' })
  await until(async () => (await pat.optOut()) !== null, 'an opt-out')

  const messages = (await pat.messages()).filter((m: Json) => m.direction === 'outbound')
  const byBody = Object.fromEntries(messages.map((m: Json) => [m.body, m]))
  assert.equal(byBody.one.status, 'delivered')
  assert.deepEqual([byBody.two.status, byBody.three.status], ['refused', 'refused'])
  assert.equal(byBody.three.trouble.code, 'opted_out')
  const [added] = await pat.events('opt_out.added')
  const refused = await pat.events('message.refused')
  assert.deepEqual(
    refused.map((event) => event.causeId),
    [added.id, added.id],
  )
  // Their turn comes and goes: the next text of the number leaves, theirs does not.
  await world.api('POST', '/messages', { to: '+13125550144', from: MAIN, body: 'somebody else' })
  await world.textsOn('+13125550144')
  assert.equal((await world.textsSentTo(CALLER)).length, 1)
})

test('an incoming text', async (t) => {
  const world = await startWorld(t)
  const hooks = signedHooks(world)

  await t.test('of a stranger makes contact, lead and conversation, once however often it comes', async () => {
    const text = {
      MessageSid: 'SMe2eff6c2dafd909df8508f891b385d88',
      From: CALLER,
      To: MAIN,
      Body: 'Do you fix boilers?',
      NumMedia: '0',
    }
    const answers = await Promise.all(Array.from({ length: 5 }, () => hooks.twilio('sms', text)))
    for (const { status, text } of answers) {
      assert.equal(status, 200)
      assert.doesNotMatch(text, /<Message/)
    }
    const { data: messages } = await world.api('GET', '/messages')
    assert.deepEqual(
      messages.map((m: Json) => [m.direction, m.status, m.body]),
      [['inbound', 'received', 'Do you fix boilers?']],
    )
    const { data: conversations } = await world.api('GET', '/conversations')
    assert.partialDeepStrictEqual(conversations, [
      { unread: 1, number: MAIN, lastMessagePreview: 'Do you fix boilers?' },
    ])
    const { data: leads } = await world.api('GET', '/leads')
    assert.deepEqual(
      leads.map((lead: Json) => [lead.contact.phone, lead.stage]),
      [[CALLER, 'New']],
    )
  })

  await t.test('with pictures notes where they are, and fetches nothing', async () => {
    const media = { NumMedia: '2', MediaUrl0: 'https://media.example/0', MediaContentType0: 'image/jpeg' }
    const text = {
      MessageSid: 'MM9ed98e5c3e9685aa3de82c99009a2ed3',
      From: CALLER,
      To: MAIN,
      Body: '',
      ...media,
      MediaUrl1: 'https://media.example/1',
    }
    await hooks.twilio('sms', text)
    await hooks.telnyx(
      'events',
      telnyxEvent('message.received', {
        id: randomUUID(),
        from: { phone_number: CALLER },
        to: [{ phone_number: SALES }],
        text: 'And one more',
        media: [{ url: 'https://media.example/2', content_type: 'image/png' }],
      }),
    )
    const { data } = await world.api('GET', '/messages')
    assert.deepEqual(
      data.slice(0, 2).map((m: Json) => m.media),
      [
        [{ url: 'https://media.example/2', contentType: 'image/png' }],
        [
          { url: 'https://media.example/0', contentType: 'image/jpeg' },
          { url: 'https://media.example/1', contentType: null },
        ],
      ],
    )
  })

  await t.test('that answers a text-back lands on the same contact, lead and conversation', async () => {
    const from = '+13125550144'
    await world.missedCall(from, SALES)
    await world.textsOn(from)
    await world.network('POST', '/messages', { from, to: SALES, body: 'Yes please, my furnace is out' })
    const conversation = await until(async () => {
      const { data } = await world.api('GET', '/conversations')
      return data.find((c: Json) => c.contact.phone === from && c.unread === 1)
    }, 'an unread conversation')
    const { data: messages } = await world.api('GET', `/messages?conversationId=${conversation.id}`)
    assert.deepEqual(
      messages.map((m: Json) => m.kind),
      ['inbound', 'text_back'],
    )
    const { data: leads } = await world.api('GET', `/leads?contactId=${conversation.contactId}`)
    assert.equal(leads.length, 1)
    const { data: events } = await world.api('GET', `/contacts/${conversation.contactId}/events`)
    assert.deepEqual(events.map((event: Json) => event.type).toSorted(), [
      'call.missed',
      'lead.created',
      'message.queued',
      'message.received',
    ])
  })

  await t.test('reopens a closed conversation', async () => {
    const { data } = await world.api('GET', '/conversations')
    const conversation = data.find((c: Json) => c.contact.phone === CALLER)
    await world.api('PATCH', `/conversations/${conversation.id}`, { status: 'closed', unread: 0 })
    await world.network('POST', '/messages', { from: CALLER, to: MAIN, body: 'Hello again' })
    await until(async () => {
      const { status, unread } = await world.api('GET', `/conversations/${conversation.id}`)
      return status === 'open' && unread === 1
    }, 'an open conversation')
  })

  await t.test('to a number that is not set up, or from no phone, is taken and dropped', async () => {
    const before = (await world.api('GET', '/messages')).data.length
    const text = { MessageSid: 'SM1c9a44eb2e8eaf3da1eb551da310cce7', From: CALLER, To: '+12025550177', Body: 'Hi' }
    assert.equal((await hooks.twilio('sms', text)).status, 200)
    assert.equal(
      (await hooks.twilio('sms', { ...text, MessageSid: 'SMb068931cc450442b63f5b3d276ea4297', From: 'ACME', To: MAIN }))
        .status,
      200,
    )
    assert.equal((await world.api('GET', '/messages')).data.length, before)
  })

  await t.test('from a short code is kept: no lead, nobody waits, and no answer can be sent', async () => {
    const text = {
      MessageSid: 'SMc13367945d5d4c91047b3b50234aa7ab',
      From: '74454',
      To: MAIN,
      Body: 'HELP: your code is 123456',
    }
    assert.equal((await hooks.twilio('sms', text)).status, 200)
    const { data } = await world.api('GET', '/messages')
    const kept = data.find((message: Json) => message.from === '74454')
    assert.equal(kept.body, text.Body)
    assert.deepEqual((await world.api('GET', `/leads?contactId=${kept.contactId}`)).data, [])
    const conversation = await world.api('GET', `/conversations/${kept.conversationId}`)
    assert.equal(conversation.unread, 1)
    assert.equal(conversation.waitingSince, null)
    const reply = { conversationId: kept.conversationId, body: 'Hello?' }
    const refused = await world.ask('POST', '/api/v1/messages', reply)
    assert.equal(refused.status, 422)
    assert.match(refused.body.detail, /short code/)
  })
})
