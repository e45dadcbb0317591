import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { signedHooks } from '../signed.ts'
import { type Json, MAIN, SALES, startWorld, until, type World } from '../world.ts'

/** A person with a phone, and what the business does about them. */
function personOf(world: World, phone: string) {
  const hooks = signedHooks(world)
  const conversation = async (): Promise<Json> => {
    const { data } = await world.api('GET', '/conversations?limit=200')
    return data.find((c: Json) => c.contact.phone === phone)
  }
  const change = async (body: Json) => world.api('PATCH', `/conversations/${(await conversation()).id}`, body)
  return {
    phone,
    conversation,
    waitsSince: async (): Promise<string | null> => (await conversation()).waitingSince,
    async says(Body: string, From = phone): Promise<void> {
      const text = { MessageSid: `SM${randomUUID().replaceAll('-', '')}`, From, To: MAIN, Body, NumMedia: '0' }
      assert.equal((await hooks.twilio('sms', text)).status, 200)
    },
    async callsInVain(): Promise<void> {
      const call = { CallSid: `CA${randomUUID().replaceAll('-', '')}`, From: phone, To: MAIN, CallStatus: 'no-answer' }
      assert.equal((await hooks.twilio('status', { ...call, CallDuration: '0' })).status, 204)
      await until(async () => (await conversation())?.waitingSince, 'somebody who waits')
    },
    async isTalkedTo(): Promise<void> {
      const call = { CallSid: `CA${randomUUID().replaceAll('-', '')}`, From: phone, To: MAIN }
      const dial = { CallStatus: 'in-progress', DialCallStatus: 'completed', DialBridged: 'true' }
      await hooks.twilio('voice', { ...call, CallStatus: 'ringing' })
      await hooks.twilio('dial', { ...call, ...dial })
      await hooks.twilio('status', { ...call, CallStatus: 'completed', CallDuration: '42' })
    },
    isAnswered: async () =>
      world.api('POST', '/messages', { conversationId: (await conversation()).id, body: 'On our way' }),
    close: () => change({ status: 'closed' }),
    reopen: () => change({ status: 'open' }),
    optOutByHand: (at = phone) => world.api('POST', '/opt-outs', { phone: at }),
    liftByHand: (at = phone) => world.api('DELETE', `/opt-outs/${encodeURIComponent(at)}`),
    async isOptedOut(): Promise<boolean> {
      const { data } = await world.api('GET', '/opt-outs?limit=200')
      return data.some((row: Json) => row.phone === phone)
    },
  }
}

test('who waits, and what their words about texts do to it', async (t) => {
  const world = await startWorld(t)
  let last = 0
  const someone = () => {
    last += 1
    return personOf(world, `+131255501${String(last).padStart(2, '0')}`)
  }
  const whoWaits = async () => {
    const person = someone()
    await person.callsInVain()
    return { person, since: await person.waitsSince() }
  }
  const whoWasAnswered = async () => {
    const { person } = await whoWaits()
    await person.isAnswered()
    assert.equal(await person.waitsSince(), null)
    return person
  }

  for (const word of ['Yes', 'Help', 'Info', 'START', 'Not interested', 'Please stop by at 5'])
    await t.test(`"${word}" without an opt-out is a text: who waits waits on, and who did not waits now`, async () => {
      const { person, since } = await whoWaits()
      await person.says(word)
      assert.equal(await person.waitsSince(), since)
      assert.equal(await person.isOptedOut(), false)
      const { data } = await world.api('GET', '/conversations?view=waiting&limit=200')
      assert.ok(data.some((c: Json) => c.contact.phone === person.phone))

      const other = await whoWasAnswered()
      await other.says(word)
      assert.ok(await other.waitsSince())
    })

  for (const word of ['STOP', 'Please stop texting me', 'Cancel']) {
    await t.test(`"${word}" ends the wait, and START brings it back as it was`, async () => {
      const { person, since } = await whoWaits()
      await person.says(word)
      assert.equal(await person.waitsSince(), null)
      await person.says(word)
      assert.equal(await person.waitsSince(), null)
      await person.says('START')
      assert.equal(await person.waitsSince(), since)
    })

    await t.test(`"${word}" of somebody who did not wait starts no wait, nor does the START after it`, async () => {
      for (const person of [await whoWasAnswered(), someone()]) {
        await person.says(word)
        assert.equal(await person.waitsSince(), null)
        await person.says('Start')
        assert.equal(await person.waitsSince(), null)
        await person.says('Are you there?')
        assert.ok(await person.waitsSince())
      }
    })
  }

  await t.test('an opt-out by hand ends the wait, and lifting it brings it back', async () => {
    const { person, since } = await whoWaits()
    await person.optOutByHand()
    assert.equal(await person.waitsSince(), null)
    await person.liftByHand()
    assert.equal(await person.waitsSince(), since)
  })

  await t.test('who opted out and calls in vain waits for a call; START does not end that', async () => {
    const person = await whoWasAnswered()
    await person.says('STOP')
    await person.callsInVain()
    const since = await person.waitsSince()
    await person.says('START')
    assert.equal(await person.waitsSince(), since)

    const { person: other, since: first } = await whoWaits()
    await other.says('STOP')
    await other.callsInVain()
    assert.notEqual(await other.waitsSince(), first)
    await other.says('STOP')
    await other.says('Yes')
    assert.equal(await other.waitsSince(), first, 'the earlier of the two')
  })

  await t.test('a wait that was ended by a talk does not come back', async () => {
    const { person } = await whoWaits()
    await person.says('STOP')
    await person.isTalkedTo()
    await until(async () => (await world.callsFrom(person.phone, 2)).every((call) => call.decision), 'the talk')
    await person.says('START')
    assert.equal(await person.waitsSince(), null)
  })

  await t.test('nobody waits in a conversation that was closed, nor after it was opened by a START', async () => {
    const { person } = await whoWaits()
    await person.says('STOP')
    await person.close()
    await person.says('START')
    assert.partialDeepStrictEqual(await person.conversation(), { status: 'open', waitingSince: null })

    const { person: other } = await whoWaits()
    await other.close()
    await other.says('STOP')
    assert.partialDeepStrictEqual(await other.conversation(), { status: 'open', waitingSince: null })
    await other.says('START')
    assert.equal(await other.waitsSince(), null)
  })

  await t.test('a conversation that was closed by mistake has its wait again, opt-out or not', async () => {
    const { person, since } = await whoWaits()
    await person.close()
    await person.reopen()
    assert.equal(await person.waitsSince(), since)
    await person.optOutByHand()
    await person.close()
    await person.reopen()
    await person.liftByHand()
    assert.equal(await person.waitsSince(), since)
  })

  await t.test('who wants no texts at one of their phones waits on, until they want them at none', async () => {
    const { person, since } = await whoWaits()
    const office = '+13125550199'
    const { contactId, theirAddress: mobile } = await person.conversation()
    await world.api('PATCH', `/contacts/${contactId}`, { addAddresses: [{ address: office }] })
    await person.optOutByHand(office)
    assert.equal(await person.waitsSince(), since)
    await person.liftByHand(office)
    assert.equal(await person.waitsSince(), since)

    await person.says('STOP', office)
    assert.partialDeepStrictEqual(await person.conversation(), {
      waitingSince: since,
      repliesTo: office,
      optedOut: true,
    })
    await person.optOutByHand(mobile)
    assert.equal(await person.waitsSince(), null)
    await person.liftByHand(office)
    assert.equal(await person.waitsSince(), since)
  })
})

test('a customer who writes again after their lead was closed', async (t) => {
  const world = await startWorld(t)
  const { api } = world
  let last = 0
  /** A person whose only lead was closed this many days ago. */
  const customer = async (status: 'won' | 'lost', daysAgo = 0) => {
    last += 1
    const phone = `+141555501${String(last).padStart(2, '0')}`
    await world.missedCall(phone, SALES)
    const [{ contactId }] = await world.callsFrom(phone)
    const [lead] = (await api('GET', `/leads?contactId=${contactId}`)).data
    await api('PATCH', `/leads/${lead.id}`, { status })
    if (daysAgo > 0)
      await world.app.world.db.pool.query(
        `begin; select set_config('textback.account', 'acme', true);
         update leads set closed_at = closed_at - interval '${daysAgo} days' where id = '${lead.id}'; commit`,
      )
    const person = personOf(world, phone)
    return {
      says: person.says,
      leads: async () => (await api('GET', `/leads?contactId=${contactId}`)).data,
      created: async () => {
        const { data } = await api('GET', `/contacts/${contactId}/events`)
        return data.filter((event: Json) => event.type === 'lead.created')
      },
    }
  }
  const statuses = (leads: Json[]) => leads.map(({ status }) => status)

  await t.test('has a new lead at once, whether it was won or lost, and the timeline says why', async () => {
    for (const status of ['won', 'lost'] as const) {
      const { says, leads, created } = await customer(status)
      await says('The other tap drips, too')
      assert.deepEqual(statuses(await leads()), ['open', status])
      const [again, first] = await created()
      assert.deepEqual(again.data, { after: 'closed_lead', status })
      assert.deepEqual(first.data, {})
      await says('And the third')
      assert.equal((await leads()).length, 2, 'an open lead is enough')
    }
  })

  await t.test('has none for words about texts alone', async () => {
    const { says, leads } = await customer('won')
    await says('STOP')
    await says('START')
    assert.deepEqual(statuses(await leads()), ['won'])
    await says('Yes')
    assert.deepEqual(statuses(await leads()), ['open', 'won'], 'with no opt-out to take back it is about the job')
  })

  await t.test('has one only after the days that the business set, or never', async () => {
    await api('PATCH', '/settings', { newLeadAfterDays: 30 })
    const recent = await customer('won', 29)
    await recent.says('Thank you!')
    assert.deepEqual(statuses(await recent.leads()), ['won'])
    const old = await customer('won', 30)
    await old.says('Can you come again?')
    assert.deepEqual(statuses(await old.leads()), ['open', 'won'])

    await api('PATCH', '/settings', { newLeadAfterDays: null })
    const ancient = await customer('lost', 3000)
    await ancient.says('Hello again')
    assert.deepEqual(statuses(await ancient.leads()), ['lost'])
    const wrong = await world.ask('PATCH', '/api/v1/settings', { newLeadAfterDays: 0.5 })
    assert.deepEqual(wrong.body.errors, [{ field: 'newLeadAfterDays', message: 'is whole days' }])
  })

  await t.test('and a call in vain opens one whatever is set: it always has', async () => {
    const { leads } = await customer('won')
    const phone = (await leads())[0].contact.phone
    await world.missedCall(phone, SALES)
    await world.callsFrom(phone, 2)
    assert.deepEqual(statuses(await leads()), ['open', 'won'])
  })

  await t.test('as the provisioning file says', async () => {
    await world.provision((file) => (file.accounts[0].newLeadAfterDays = 14))
    assert.equal((await api('GET', '/settings')).newLeadAfterDays, 14)
    await world.provision((file) => (file.accounts[0].newLeadAfterDays = null))
    assert.equal((await api('GET', '/settings')).newLeadAfterDays, null)
    await world.provision((file) => delete file.accounts[0].newLeadAfterDays)
    assert.equal((await api('GET', '/settings')).newLeadAfterDays, 0)
    await assert.rejects(
      world.provision((file) => (file.accounts[0].newLeadAfterDays = -1)),
      /newLeadAfterDays/,
    )
  })
})
