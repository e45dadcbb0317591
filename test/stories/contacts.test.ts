import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { CALLER, type Json, MAIN, SALES, startWorld, until, type World } from '../world.ts'

test('contacts', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world

  await t.test('are made, found and changed; a phone belongs to one only', async () => {
    const dana = await api('POST', '/contacts', {
      phone: '(312) 555-0101',
      name: ' Dana Whitfield ',
      email: 'dana@example.com',
      tags: ['boiler'],
      fields: { zip: '60601', rooms: 4 },
    })
    assert.partialDeepStrictEqual(dana, { phone: '+13125550101', name: 'Dana Whitfield', optedOut: false })
    const again = await ask('POST', '/api/v1/contacts', { phone: '+13125550101' })
    assert.equal(again.status, 409)
    assert.equal(again.body.errors[0].field, 'phone')
    assert.match(again.body.detail, new RegExp(dana.id))

    const kim = await api('POST', '/contacts', { phone: '+13125550102' })
    const taken = await ask('PATCH', `/api/v1/contacts/${kim.id}`, { phone: '+13125550101', name: 'Kim' })
    assert.equal(taken.status, 409)
    assert.equal((await api('GET', `/contacts/${kim.id}`)).name, null)
    const changed = await api('PATCH', `/contacts/${kim.id}`, { name: 'Kim', addTags: ['vip'], removeTags: ['boiler'] })
    assert.partialDeepStrictEqual(changed, { name: 'Kim', tags: ['vip'], phone: '+13125550102' })

    const found = async (query: string) => (await api('GET', `/contacts?${query}`)).data.map((c: Json) => c.name)
    assert.deepEqual(await found('search=whitf'), ['Dana Whitfield'])
    assert.deepEqual(await found('search=555-0102'), ['Kim'])
    assert.deepEqual(await found('search=nobody'), [])
    assert.deepEqual(await found('tag=vip'), ['Kim'])
    assert.deepEqual(await found(`phone=${encodeURIComponent('(312) 555-0101')}`), ['Dana Whitfield'])
    const { data: events } = await api('GET', `/contacts/${kim.id}/events`)
    assert.deepEqual(
      events.map((event: Json) => event.type),
      ['contact.updated', 'contact.created'],
    )
    assert.match(events[0].actor, /^key:/)
  })

  await t.test('what two people add at the same moment is all there; null takes a field away', async () => {
    const { id } = await api('POST', '/contacts', { phone: '+13125550109', tags: ['old'], fields: { zip: '60601' } })
    const added = Array.from({ length: 8 }, (_, n) => `tag ${n}`)
    await Promise.all(added.map((tag) => api('PATCH', `/contacts/${id}`, { addTags: [tag], fields: { [tag]: tag } })))
    const { tags, fields } = await api('GET', `/contacts/${id}`)
    assert.deepEqual(tags.toSorted(), ['old', ...added])
    assert.deepEqual(fields, { zip: '60601', ...Object.fromEntries(added.map((tag) => [tag, tag])) })
    const change = { addTags: ['old', 'new'], removeTags: added, fields: { zip: null } }
    const changed = await api('PATCH', `/contacts/${id}`, change)
    assert.deepEqual([changed.tags, changed.fields.zip], [['old', 'new'], undefined])
  })

  await t.test('merged: calls, texts, leads and what is known move to the kept one', async () => {
    const [keep, other] = await Promise.all([called(world, '+13125550103'), called(world, '+13125550104')])
    await api('PATCH', `/contacts/${other}`, { name: 'Pat', addTags: ['attic'], fields: { zip: '60602' } })
    await api('PATCH', `/contacts/${keep}`, { addTags: ['cellar'] })
    const merged = await api('POST', `/contacts/${keep}/merge`, { otherId: other })
    assert.partialDeepStrictEqual(merged, {
      id: keep,
      phone: '+13125550103',
      name: 'Pat',
      tags: ['cellar', 'attic'],
      fields: { zip: '60602' },
    })
    assert.equal((await ask('GET', `/api/v1/contacts/${other}`)).status, 404)
    const count = async (path: string) => (await api('GET', `${path}?contactId=${keep}`)).data.length
    assert.deepEqual(await Promise.all(['/calls', '/messages', '/conversations', '/leads'].map(count)), [2, 2, 1, 2])
    const { data: leads } = await api('GET', `/leads?contactId=${keep}&status=open`)
    assert.equal(leads.length, 1)
    const { data: conversations } = await api('GET', `/conversations?contactId=${keep}`)
    assert.equal((await api('GET', `/messages?conversationId=${conversations[0].id}`)).data.length, 2)
    assert.equal((await ask('POST', `/api/v1/contacts/${keep}/merge`, { otherId: keep })).status, 400)
    assert.equal((await ask('POST', `/api/v1/contacts/${keep}/merge`, { otherId: randomUUID() })).status, 404)
  })

  await t.test('erased: nothing of the person stays, but their opt-out does', async () => {
    const phone = '+13125550105'
    const contact = await called(world, phone)
    await api('POST', '/opt-outs', { phone })
    await api('DELETE', `/contacts/${contact}`)
    assert.equal((await ask('GET', `/api/v1/contacts/${contact}`)).status, 404)
    for (const path of ['/messages', '/conversations', '/leads'])
      assert.deepEqual((await api('GET', `${path}?contactId=${contact}`)).data, [], path)
    const { data: calls } = await api('GET', '/calls')
    assert.ok(!JSON.stringify(calls).includes(phone))
    assert.ok(calls.some((call: Json) => call.from === 'erased' && call.contactId === null))
    await world.missedCall(phone, SALES)
    const [call] = await world.callsFrom(phone)
    assert.equal(call.decision.reason, 'opted_out')
  })

  await t.test('two calls of a stranger at the same instant make one contact and one lead', async () => {
    const phone = '+13125550106'
    await Promise.all([world.missedCall(phone, SALES), world.missedCall(phone, MAIN)])
    const calls = await world.callsFrom(phone, 2)
    assert.equal(new Set(calls.map((call) => call.contactId)).size, 1)
    assert.equal((await api('GET', `/leads?contactId=${calls[0].contactId}`)).data.length, 1)
    await world.textsOn(phone, 2)
  })
})

test('leads and conversations', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world
  const contact = await called(world, CALLER)
  const { data: pipelines } = await api('GET', '/pipelines')
  const stage = (name: string) => pipelines[0].stages.find((s: Json) => s.name === name).id
  const [lead] = (await api('GET', '/leads')).data

  await t.test('a lead moves on, is won, and opened again; each is on the timeline', async () => {
    const change = (body: Json) => api('PATCH', `/leads/${lead.id}`, body)
    assert.equal((await change({ stageId: stage('Quoted'), valueCents: 120_000 })).stage, 'Quoted')
    const won = await change({ status: 'won' })
    assert.ok(won.closedAt)
    assert.equal(won.valueCents, 120_000)
    assert.equal((await change({ status: 'open' })).closedAt, null)
    const lost = await change({ status: 'lost', reason: 'too far away' })
    assert.deepEqual([lost.status, lost.reason], ['lost', 'too far away'])
    const { data: events } = await api('GET', `/contacts/${contact}/events`)
    assert.deepEqual(events.map((event: Json) => event.type).slice(0, 4), [
      'lead.lost',
      'lead.reopened',
      'lead.won',
      'lead.moved',
    ])
  })

  await t.test('a contact has at most one open lead', async () => {
    const second = await api('POST', '/leads', { contactId: contact, valueCents: 5000 })
    assert.deepEqual([second.stage, second.valueCents], ['New', 5000])
    const third = await ask('POST', '/api/v1/leads', { contactId: contact })
    assert.equal(third.status, 409)
    assert.match(third.body.detail, new RegExp(second.id))
    assert.equal((await ask('PATCH', `/api/v1/leads/${lead.id}`, { status: 'open' })).status, 409)
    await world.missedCall(CALLER, SALES)
    await world.callsFrom(CALLER, 2)
    assert.equal((await api('GET', `/leads?contactId=${contact}&status=open`)).data.length, 1)
    await api('PATCH', `/leads/${second.id}`, { status: 'won' })
    await world.missedCall(CALLER, SALES)
    await until(
      async () => (await api('GET', `/leads?contactId=${contact}&status=open`)).data.length === 1,
      'a new lead',
    )
  })

  await t.test('the totals are of a filter, together and by status', async () => {
    const none = { count: 0, valueCents: 0 }
    const won = { count: 1, valueCents: 5000 }
    const lost = { count: 1, valueCents: 120_000 }
    const open = { count: 1, valueCents: 0 }
    assert.deepEqual(await api('GET', '/leads/totals'), {
      count: 3,
      valueCents: 125_000,
      byStatus: { open, won, lost },
    })
    assert.deepEqual(await api('GET', '/leads/totals?minValueCents=6000'), {
      ...lost,
      byStatus: { open: none, won: none, lost },
    })
  })

  await t.test('a lead says whether its person opted out', async () => {
    const optedOut = async () => (await api('GET', `/leads/${lead.id}`)).contact.optedOut
    assert.equal(await optedOut(), false)
    await api('POST', '/opt-outs', { phone: CALLER })
    assert.equal(await optedOut(), true)
    await api('DELETE', `/opt-outs/${encodeURIComponent(CALLER)}`)
    assert.equal(await optedOut(), false)
  })

  await t.test('a stage that is not ours names its field', async () => {
    const wrong = await ask('PATCH', `/api/v1/leads/${lead.id}`, { stageId: randomUUID() })
    assert.deepEqual([wrong.status, wrong.body.errors[0].field], [400, 'stageId'])
  })

  await t.test('a conversation is read, closed, and opened by the next call', async () => {
    await world.network('POST', '/messages', { from: CALLER, to: SALES, body: 'Hello?' })
    const unread = await until(async () => {
      const { data } = await api('GET', `/conversations?contactId=${contact}`)
      return data[0].unread > 0 && data[0]
    }, 'an unread text')
    const path = `/conversations/${unread.id}`
    assert.equal((await api('PATCH', path, { unread: 0 })).unread, 0)
    assert.equal((await api('PATCH', path, { status: 'closed' })).status, 'closed')
    assert.deepEqual((await api('GET', '/conversations?status=open')).data, [])
    await world.missedCall(CALLER, SALES)
    await until(async () => (await api('GET', path)).status === 'open', 'an open conversation')
    const wrong = await ask('PATCH', `/api/v1${path}`, { unread: 3 })
    assert.deepEqual([wrong.status, wrong.body.errors[0].field], [400, 'unread'])
  })

  await t.test('a text into a conversation leaves from the number that they used last', async () => {
    const [{ id }] = (await api('GET', `/conversations?contactId=${contact}`)).data
    const sent = await api('POST', '/messages', { conversationId: id, body: 'On our way’s end' })
    assert.deepEqual([sent.from, sent.to, sent.kind, sent.body], [SALES, CALLER, 'reply', "On our way's end"])
    await world.network('POST', '/messages', { from: CALLER, to: MAIN, body: 'Using your other number' })
    await until(async () => (await api('GET', `/conversations/${id}`)).number === MAIN, 'the other line')
    assert.equal((await api('POST', '/messages', { conversationId: id, body: 'Fine' })).from, MAIN)
    assert.equal((await api('POST', '/messages', { to: CALLER, from: SALES, body: 'Or here' })).conversationId, id)
  })
})

/** A stranger's missed call on the sales line; returns their contact. */
async function called(world: World, phone: string): Promise<string> {
  await world.missedCall(phone, SALES)
  await world.textsOn(phone)
  return (await world.callsFrom(phone))[0].contactId
}
