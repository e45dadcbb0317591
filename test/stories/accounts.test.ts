import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { rowCounts, tablesOf, withDatabase } from '../rows.ts'
import { CALLER, type Json, MAIN, OTHER_KEY, SALES, startWorld, until, type World } from '../world.ts'

/** A valid body for each route that needs one: without it, its 400 would come before its 404. */
const BODIES: Record<string, Json> = {
  'PATCH /numbers/{number}': { label: 'Ours now' },
  'POST /numbers/{number}/test': { to: '+13125550177' },
  'PATCH /contacts/{id}': { name: 'Ours now' },
  'POST /contacts/{id}/merge': { otherId: randomUUID() },
  'POST /contacts/{id}/notes': { body: 'We were here' },
  'PATCH /stages/{id}': { name: 'Ours now' },
  'DELETE /stages/{id}': {},
  'PATCH /leads/{id}': { status: 'lost' },
  'PATCH /conversations/{id}': { status: 'closed' },
  'POST /messages/{id}/resolve': { as: 'sent' },
  'PATCH /canned-replies/{id}': { title: 'Ours now' },
  'POST /api-keys/{id}/roll': {},
  'PATCH /webhooks/{id}': { description: 'Ours now' },
}

test('another account’s things look exactly like none', async (t) => {
  const world = await startWorld(t)
  const theirs = await fillAcme(world)
  const nothing: Record<string, string> = {
    numbers: '+12025550177',
    'opt-outs': '+12025550177',
    exclusions: '+12025550177',
    blocked: '+12025550177',
    carriers: 'nothing',
  }
  const { body: openapi } = await world.ask('GET', '/api/openapi.json')
  const routes = Object.entries(openapi.paths as Json).flatMap(([path, methods]) =>
    Object.keys(methods as Json).map((method) => ({
      method: method.toUpperCase(),
      path: path.replace('/api/v1', ''),
      wantsBody: (methods as Json)[method].requestBody !== undefined,
    })),
  )
  const asOther = { authorization: `Bearer ${OTHER_KEY}` }
  const before = await rowCounts(world)

  await t.test('every route with an id', async () => {
    const withId = routes.filter(({ path }) => path.includes('{'))
    assert.ok(withId.length > 20)
    for (const { method, path, wantsBody } of withId) {
      const name = `${method} ${path}`
      const noun = path.split('/')[1]!
      const id = theirs[noun]
      assert.ok(id, `${name}: make one of ${noun} in fillAcme, so that this test covers it`)
      assert.ok(!wantsBody || BODIES[name], `${name}: add a body for it to BODIES`)
      const ask = async (which: string) => {
        const real = `/api/v1${path.replace(/\{\w+\}/, encodeURIComponent(which))}`
        const { status, body } = await world.ask(method, real, BODIES[name], asOther)
        return { name, status, body }
      }
      const answer = await ask(id)
      assert.deepEqual(answer, await ask(nothing[noun] ?? randomUUID()))
      assert.equal(answer.status, 404, name)
    }
  })

  await t.test('every list, search and summary', async () => {
    const lists = routes.filter(({ method, path }) => method === 'GET' && !path.includes('{') && path !== '/live')
    assert.ok(lists.length > 10)
    const signs = ['acme', 'Acme', CALLER.slice(1), 'Dana', ...Object.values(theirs).filter((id) => id.length > 20)]
    for (const { path } of lists) {
      const query = path === '/search' ? '?q=Dana' : ''
      const { status, body } = await world.ask('GET', `/api/v1${path}${query}`, undefined, asOther)
      assert.equal(status, 200, path)
      const seen = signs.filter((sign) => JSON.stringify(body).includes(sign))
      assert.deepEqual(seen, [], `${path} shows what is another account's`)
    }
  })

  await t.test('the simulated phone network, which carries their texts', async () => {
    for (const [method, path] of [
      ['GET', '/simulator/wire'],
      ['GET', `/simulator/phones/${encodeURIComponent(CALLER)}/messages`],
      ['POST', '/simulator/faults/next'],
    ] as const) {
      const { status } = await world.ask(method, `/api/v1${path}`, method === 'POST' ? {} : undefined, asOther)
      assert.equal(status, 404, path)
    }
    assert.equal((await world.ask('GET', '/api/v1/simulator/wire')).status, 200)
    const sees = async (key?: string) => (await world.api('GET', '/me', undefined, key)).simulator
    assert.deepEqual([await sees(), await sees(OTHER_KEY)], [true, false])
  })

  await t.test('words that try to reach past the account', async () => {
    for (const words of ['Dana', '@acme', "@acme' | 'dana", 'dana | @acme', '@acme:*', '!@other', CALLER, '5550143'])
      for (const path of [`/search?q=${encodeURIComponent(words)}`, `/contacts?search=${encodeURIComponent(words)}`]) {
        const { status, body } = await world.ask('GET', `/api/v1${path}`, undefined, asOther)
        assert.ok(status < 500, `${path}: ${status}`)
        assert.ok(!JSON.stringify(body).includes(theirs.contacts!), path)
      }
    const { data } = await world.api('GET', '/contacts?search=dana')
    assert.equal(data.length, 1)
  })

  await t.test('ids inside a body', async () => {
    const { contacts, conversations, stages } = theirs
    const mine = await world.api('POST', '/contacts', { phone: '+13125550199' }, OTHER_KEY)
    const { id: lead } = await world.api('POST', '/leads', { contactId: mine.id }, OTHER_KEY)
    const cases: [string, string, Json, Json][] = [
      ['POST', '/leads', { contactId: contacts }, { contactId: randomUUID() }],
      [
        'POST',
        '/messages',
        { conversationId: conversations, body: 'Hi' },
        { conversationId: randomUUID(), body: 'Hi' },
      ],
      ['POST', '/messages', { to: CALLER, from: MAIN, body: 'Hi' }, { to: CALLER, from: '+12025550177', body: 'Hi' }],
      ['POST', `/contacts/${mine.id}/merge`, { otherId: contacts }, { otherId: randomUUID() }],
      ['PATCH', `/leads/${lead}`, { stageId: stages }, { stageId: randomUUID() }],
      ['POST', '/decisions/preview', { number: MAIN, from: CALLER }, { number: '+12025550177', from: CALLER }],
    ]
    for (const [method, path, real, made] of cases) {
      const answers = []
      for (const body of [real, made]) answers.push(await world.ask(method, `/api/v1${path}`, body, asOther))
      const [one, other] = answers.map(({ status, body }) => ({ status, body }))
      assert.deepEqual(one, other, `${method} ${path}`)
      assert.ok(one!.status === 400 || one!.status === 404, `${method} ${path}: ${one!.status}`)
    }
    await world.api('DELETE', `/contacts/${mine.id}`, undefined, OTHER_KEY)
  })

  await t.test('and nothing of it has changed', async () => {
    const after = await rowCounts(world)
    // An export leaves a trace only in the account that asked.
    for (const table of ['events', 'contacts', 'leads']) {
      delete before[table]
      delete after[table]
    }
    assert.deepEqual(after, before)
    for (const [noun, id] of Object.entries(theirs))
      if (!['opt-outs', 'exclusions', 'blocked', 'api-keys', 'stages', 'notes', 'canned-replies'].includes(noun))
        assert.equal((await world.ask('GET', `/api/v1/${noun}/${encodeURIComponent(id)}`)).status, 200, noun)
  })

  await t.test('the database itself shows nothing without an account, and only its own with one', async () => {
    const all = await rowCounts(world)
    const other = await rowCounts(world, 'other')
    const none = await rowCounts(world, null)
    // schema.test.ts lists these by name, with the reasons.
    const signIn = ['accounts', 'invitations', 'members', 'sessions', 'sign_in_methods', 'users', 'verifications']
    const open = [...signIn, 'contact_words', 'message_words', 'migrations', 'workers']
    for (const table of Object.keys(all)) {
      if (open.includes(table)) continue
      assert.equal(none[table], 0, `${table} is seen without an account`)
    }
    assert.equal(other.contacts, 0)
    assert.equal(other.pipelines, 1)
    await withDatabase(world, 'other', async (client) => {
      for (const table of await tablesOf(client)) {
        if (all[table] === none[table]) continue
        const { rows } = await client.query(
          `select count(*)::int as n from textback.${table} where account_id <> 'other'`,
        )
        assert.equal(rows[0].n, 0, table)
      }
      await assert.rejects(
        client.query("insert into contacts (id, account_id, name) values (gen_random_uuid(), 'acme', 'Nobody')"),
        /row-level security/,
      )
      const { rowCount } = await client.query("update contacts set name = 'Ours now'")
      assert.equal(rowCount, 0)
    })
  })
})

/** One of each thing in Acme, by the noun of its routes. */
async function fillAcme(world: World): Promise<Record<string, string>> {
  await world.missedCall(CALLER, SALES)
  await world.textsOn(CALLER)
  const [call] = await world.callsFrom(CALLER)
  const contact = call.contactId as string
  await world.api('PATCH', `/contacts/${contact}`, { name: 'Dana Whitfield' })
  const first = async (path: string) => (await world.api('GET', path)).data[0]
  const [conversation, lead, pipeline] = await Promise.all(['/conversations', '/leads', '/pipelines'].map(first))
  const phone = '+13125550155'
  for (const list of ['opt-outs', 'exclusions', 'blocked']) await world.api('POST', `/${list}`, { phone })
  await until(async () => (await world.api('GET', `/messages/${call.messageId}`)).status === 'delivered', 'delivery')
  const key = await world.api('POST', '/api-keys', { name: 'spare' })
  const note = await world.ask('POST', `/api/v1/contacts/${contact}/notes`, { body: 'Dana has a dog' })
  const reply = await world.ask('POST', '/api/v1/canned-replies', { title: 'Hours', body: 'Dana, we open at 8.' })
  // Nobody listens there, so deliveries to it fail.
  const webhook = await world.api('POST', '/webhooks', { url: 'http://127.0.0.1:9/acme' })
  const tested = await world.api('POST', `/webhooks/${webhook.id}/test`)
  await world.api('PATCH', `/webhooks/${webhook.id}`, { enabled: false })
  return {
    numbers: SALES,
    carriers: 'alt',
    calls: call.id,
    contacts: contact,
    leads: lead.id,
    stages: pipeline.stages.at(-1).id,
    conversations: conversation.id,
    messages: call.messageId,
    'opt-outs': phone,
    exclusions: phone,
    blocked: phone,
    'api-keys': key.id,
    notes: note.body.id,
    'canned-replies': reply.body.id,
    webhooks: webhook.id,
    'webhook-deliveries': tested.id,
  }
}

test('a time zone must be known to the clock and the database', async (t) => {
  const world = await startWorld(t)
  for (const timezone of ['+05:00', 'US/Pacific-New', 'PST', 'Mars']) {
    const wrong = await world.ask('PATCH', '/api/v1/settings', { timezone })
    assert.equal(wrong.status, 400, timezone)
    assert.deepEqual(wrong.body.errors, [
      { field: 'timezone', message: 'is not a time zone; write it like America/New_York' },
    ])
  }
  for (const timezone of ['UTC', 'US/Pacific', 'Asia/Calcutta', 'America/New_York'])
    assert.equal((await world.api('PATCH', '/settings', { timezone })).timezone, timezone)
})
