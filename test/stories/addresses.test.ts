import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { signedHooks } from '../signed.ts'
import { type Json, MAIN, SALES, startWorld, until, type World } from '../world.ts'

test('a person with two phones', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world
  const [first, second] = ['+13125550101', '+13125550102']
  const keep = await called(world, first)
  const other = await called(world, second)
  const contact = () => api('GET', `/contacts/${keep}`)
  const conversation = async () => (await api('GET', `/conversations?contactId=${keep}`)).data[0]
  const says = async (from: string, to: string, body: string) => {
    await world.network('POST', '/messages', { from, to, body })
    await until(async () => (await conversation()).lastMessagePreview === body, `"${body}" in the conversation`)
  }
  const reply = async (body: string) => api('POST', '/messages', { conversationId: (await conversation()).id, body })

  await t.test('is one contact after a merge, with both phones', async () => {
    const merged = await api('POST', `/contacts/${keep}/merge`, { otherId: other })
    assert.equal(merged.phone, first)
    assert.deepEqual(phonesOf(merged), [first, second])
    assert.equal((await api('GET', '/contacts')).data.length, 1)
  })

  await t.test('is found by a call from either', async () => {
    for (const phone of [first, second]) {
      await world.missedCall(phone, MAIN)
      const [call] = await world.callsFrom(phone, 2)
      assert.equal(call.contactId, keep)
    }
    assert.equal((await api('GET', '/contacts')).data.length, 1)
    assert.equal((await api('GET', `/leads?contactId=${keep}&status=open`)).data.length, 1)
  })

  await t.test('gets the reply where they used us last, from the number that they used', async () => {
    await says(second, SALES, 'From my office')
    assert.partialDeepStrictEqual(await conversation(), { repliesTo: second, repliesFrom: SALES, number: SALES })
    assert.partialDeepStrictEqual(await reply('To the office'), { to: second, from: SALES, contactId: keep })
    await says(first, MAIN, 'From home')
    assert.partialDeepStrictEqual(await reply('To their home'), { to: first, from: MAIN, contactId: keep })
    await world.missedCall(second, SALES)
    await until(async () => (await conversation()).repliesTo === second, 'the phone of the call')
    assert.partialDeepStrictEqual(await reply('To the office again'), { to: second, from: SALES })
  })

  await t.test('may be written to at the other phone, where replies go from then on', async () => {
    const sent = await api('POST', '/messages', { to: first, body: 'To the other phone' })
    assert.partialDeepStrictEqual(sent, { to: first, conversationId: (await conversation()).id })
    assert.equal((await conversation()).repliesTo, first)
  })

  await t.test('sent again with its key, a reply is the same one wherever they write from meanwhile', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const body = { conversationId: (await conversation()).id, body: 'Once only' }
    const sent = await ask('POST', '/api/v1/messages', body, key)
    await says(second, SALES, 'Now from the office')
    const again = await ask('POST', '/api/v1/messages', body, key)
    assert.deepEqual([sent.status, again.status, again.body.id], [201, 200, sent.body.id])
  })

  await t.test('a STOP at one phone leaves the other one open to texts, and both show it', async () => {
    await world.network('POST', '/messages', { from: second, to: SALES, body: 'Stop texting me here' })
    await until(async () => (await conversation()).optedOut, 'an opt-out')
    const there = await contact()
    assert.equal(there.optedOut, false, 'the primary phone is not')
    assert.deepEqual(
      there.addresses.map((a: Json) => [a.address, a.optedOut]),
      [
        [first, false],
        [second, true],
      ],
    )
    const refused = await ask('POST', '/api/v1/messages', { conversationId: (await conversation()).id, body: 'Hello?' })
    assert.deepEqual([refused.status, refused.body.errors[0].message], [422, 'opted_out'])
    await world.missedCall(second, SALES)
    const calls = await world.callsFrom(second, 4)
    assert.equal(calls[0].decision.reason, 'opted_out')

    await api('POST', '/messages', { to: first, body: 'Here, then' })
    assert.equal((await conversation()).optedOut, false)
    const texted = (await world.callsFrom(first)).length
    await world.missedCall(first, MAIN)
    const [call] = await world.callsFrom(first, texted + 1)
    assert.equal(call.decision.action, 'send')
    await api('DELETE', `/opt-outs/${second}`)
  })

  await t.test('is known by phone for a landline, excluded by phone, and blocked by phone', async () => {
    const reasonAt = async (from: string) => (await preview(world, from)).reason
    await world.network('PUT', `/phones/${encodeURIComponent(second)}`, { kind: 'landline' })
    await world.missedCall(second, SALES)
    await until(async () => (await contact()).addresses[1].lineType === 'landline', 'a landline')
    assert.equal((await contact()).lineType, null)
    assert.deepEqual([await reasonAt(second), await reasonAt(first)], ['landline', 'missed_call'])

    for (const [list, reason] of [
      ['exclusions', 'excluded'],
      ['blocked', 'blocked'],
    ] as const) {
      await api('POST', `/${list}`, { phone: first })
      assert.deepEqual([await reasonAt(first), await reasonAt(second)], [reason, 'landline'])
      await api('DELETE', `/${list}/${encodeURIComponent(first)}`)
    }
  })
})

test('after a merge a reply goes where the person was last heard from, be it a call without a text', async (t) => {
  const world = await startWorld(t)
  const { api } = world
  const [early, late] = ['+13125550161', '+13125550162']
  for (const [keptPhone, otherPhone] of [
    [early, late],
    [late, early],
  ] as const) {
    await called(world, early)
    await api('PATCH', `/numbers/${MAIN}`, { textBack: { enabled: false } })
    await world.missedCall(late, MAIN)
    const contactOf = async (phone: string) => (await world.callsFrom(phone))[0].contactId
    const kept = await contactOf(keptPhone)
    await api('POST', `/contacts/${kept}/merge`, { otherId: await contactOf(otherPhone) })
    const [conversation] = (await api('GET', `/conversations?contactId=${kept}`)).data
    assert.partialDeepStrictEqual(conversation, { repliesTo: late, repliesFrom: MAIN })
    await api('DELETE', `/contacts/${kept}`)
  }
})

test('the phones of a contact are changed', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world
  const [home, office, third, fourth] = ['+13125550111', '+13125550112', '+13125550113', '+13125550114']
  const { id } = await api('POST', '/contacts', { phone: home, name: 'Dana Whitfield' })
  const change = (body: Json) => api('PATCH', `/contacts/${id}`, body)
  const refused = (body: Json) => ask('PATCH', `/api/v1/contacts/${id}`, body)

  await t.test('added with their labels, however they are written', async () => {
    const changed = await change({ addAddresses: [{ address: '(312) 555-0112', label: ' Office ' }] })
    assert.partialDeepStrictEqual(changed.addresses, [
      { address: home, label: '', primary: true, optedOut: false, lineType: null },
      { address: office, label: 'Office', primary: false },
    ])
    assert.deepEqual(phonesOf(await change({ addAddresses: [{ address: office }] })), [home, office])
    assert.equal((await api('GET', `/contacts/${id}`)).addresses[1].label, 'Office', 'no label takes none away')
    assert.equal((await change({ addAddresses: [{ address: home, label: 'Home' }] })).addresses[0].label, 'Home')
  })

  await t.test('one of them becomes the primary one, and all stay', async () => {
    const changed = await change({ phone: office })
    assert.equal(changed.phone, office)
    assert.deepEqual(phonesOf(changed), [office, home])
    assert.deepEqual(
      changed.addresses.map((a: Json) => a.label),
      ['Office', 'Home'],
    )
  })

  await t.test('a new one takes the place of the primary one', async () => {
    assert.deepEqual(phonesOf(await change({ phone: third })), [third, home])
    await world.missedCall(office, SALES)
    const [call] = await world.callsFrom(office)
    assert.notEqual(call.contactId, id, 'the phone that went is nobody’s')
  })

  await t.test('somebody else’s is refused, and the field says which', async () => {
    for (const [body, field] of [
      [{ phone: office }, 'phone'],
      [{ addAddresses: [{ address: fourth }, { address: office }] }, 'addAddresses[1].address'],
    ] as const) {
      const answer = await refused(body)
      assert.equal(answer.status, 409)
      assert.deepEqual(answer.body.errors, [{ field, message: 'belongs to another contact' }])
    }
    assert.deepEqual(phonesOf(await api('GET', `/contacts/${id}`)), [third, home], 'nothing of it was done')
  })

  await t.test('taken off, but never the last', async () => {
    assert.deepEqual(phonesOf(await change({ removeAddresses: [third] })), [home])
    for (const body of [
      { removeAddresses: [home] },
      // It would replace the only one, and be removed itself.
      { phone: fourth, removeAddresses: [fourth] },
      { name: 'Nobody', addAddresses: [{ address: fourth }], removeAddresses: [home, fourth] },
    ]) {
      const answer = await refused(body)
      assert.deepEqual([answer.status, answer.body.errors[0].field], [400, 'removeAddresses'], JSON.stringify(body))
    }
    const contact = await api('GET', `/contacts/${id}`)
    assert.deepEqual([phonesOf(contact), contact.name], [[home], 'Dana Whitfield'])
    assert.deepEqual(phonesOf(await change({ addAddresses: [{ address: fourth }], removeAddresses: [home] })), [fourth])
  })

  await t.test('and each is found by its endings', async () => {
    await change({ addAddresses: [{ address: '+442079460018', label: 'Holiday' }] })
    const found = async (search: string) =>
      (await api('GET', `/contacts?search=${encodeURIComponent(search)}`)).data.map((c: Json) => c.id)
    for (const search of [
      '0114',
      '555-0114',
      '(312) 555-0114',
      '+13125550114',
      '0018',
      '9460018',
      '2079460018',
      '+44 20 7946 0018',
      'dana 0018',
    ])
      assert.deepEqual(await found(search), [id], search)
    await change({ removeAddresses: ['+442079460018'] })
    assert.deepEqual(await found('0018'), [])
    const { people } = await api('GET', '/search?q=0114')
    assert.equal(people[0].contactId, id)
  })

  await t.test('two changes at once: each sees what the other has left', async () => {
    for (let round = 0; round < 10; round += 1) {
      await change({ addAddresses: [{ address: home }, { address: fourth }] })
      const before = phonesOf(await api('GET', `/contacts/${id}`))
      const answers = await Promise.all(before.map((phone) => refused({ removeAddresses: [phone] })))
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 400])
      assert.equal(phonesOf(await api('GET', `/contacts/${id}`)).length, 1)
    }
    const added = Array.from({ length: 8 }, (_, n) => `+1312555012${n}`)
    await Promise.all(added.map((address) => change({ addAddresses: [{ address }] })))
    const { addresses } = await api('GET', `/contacts/${id}`)
    assert.deepEqual(
      addresses
        .slice(1)
        .map((a: Json) => a.address)
        .toSorted(),
      added,
    )
    assert.deepEqual(addresses.filter((a: Json) => a.primary).length, 1)
  })

  await t.test('of two requests for the same phone at once, one gets it', async () => {
    const rival = await api('POST', '/contacts', { phone: '+13125550131' })
    const wanted = { addAddresses: [{ address: '+13125550132' }] }
    const answers = await Promise.all([id, rival.id].map((one) => ask('PATCH', `/api/v1/contacts/${one}`, wanted)))
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409])
  })
})

test('both phones of one person at the same instant', async (t) => {
  const world = await startWorld(t)
  const hooks = signedHooks(world)
  for (let round = 0; round < 5; round += 1) {
    const [home, office] = [`+1312555014${round}`, `+1312555015${round}`]
    const { id } = await world.api('POST', '/contacts', { phone: home })
    await world.api('PATCH', `/contacts/${id}`, { addAddresses: [{ address: office }] })
    const ended = { CallStatus: 'no-answer', Direction: 'inbound', CallDuration: '0', To: MAIN }
    const at = (From: string) => ({ ...ended, From, CallSid: `CA${randomUUID().replaceAll('-', '')}` })
    const calls = [home, office].map((phone) => hooks.twilio('status', at(phone)))
    const text = {
      MessageSid: `SM${randomUUID().replaceAll('-', '')}`,
      From: office,
      To: MAIN,
      Body: 'Hello?',
      NumMedia: '0',
    }
    const answers = await Promise.all([...calls, hooks.twilio('sms', text)])
    assert.deepEqual(
      answers.map(({ status }) => status < 300),
      [true, true, true],
    )
    for (const phone of [home, office]) assert.equal((await world.callsFrom(phone))[0].contactId, id)
    const count = async (path: string) => (await world.api('GET', `${path}?contactId=${id}`)).data.length
    assert.deepEqual(await Promise.all(['/conversations', '/leads', '/calls'].map(count)), [1, 1, 2])
    const { data: events } = await world.api('GET', `/contacts/${id}/events`)
    assert.equal(events.filter(({ type }: Json) => type === 'lead.created').length, 1)
    for (const phone of [home, office]) assert.equal((await world.textsOn(phone)).length, 1)
  }
})

const phonesOf = (contact: Json): string[] => contact.addresses.map((a: Json) => a.address)

const preview = (world: World, from: string) =>
  world.api('POST', '/decisions/preview', { number: MAIN, from, ringSeconds: 20 })

/** A stranger's missed call on the sales line; returns their contact. */
async function called(world: World, phone: string): Promise<string> {
  await world.missedCall(phone, SALES)
  await world.textsOn(phone)
  return (await world.callsFrom(phone))[0].contactId
}
