import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { rowCounts } from '../rows.ts'
import { signedHooks } from '../signed.ts'
import { type Json, OTHER_KEY, SALES, startWorld, until, WORKSHOP } from '../world.ts'

test('a faulty request gets an answer that names the fault', async (t) => {
  const world = await startWorld(t)
  const { ask, api } = world
  const before = await rowCounts(world)

  await t.test('the fields by name, all at once', async () => {
    const cases: [string, string, Json, string[]][] = [
      ['POST', '/contacts', {}, ['phone']],
      ['POST', '/contacts', { phone: '555', email: 'no', tags: [''] }, ['phone', 'email', 'tags[0]']],
      ['POST', '/contacts', { phone: '+13125550101', fone: 1, nmae: 2 }, ['fone', 'nmae']],
      ['POST', '/contacts', { phone: '+13125550101', fields: { deep: { er: 1 } } }, ['fields.deep']],
      ['POST', '/messages', { to: '+13125550101', body: '  ' }, ['body']],
      ['POST', '/messages', { to: '+13125550101', body: 'a'.repeat(1601) }, ['body']],
      ['POST', '/messages', { to: '+13125550101', body: '\u200b' }, ['body']],
      ['POST', '/messages', { to: SALES, body: 'Hi' }, ['to']],
      ['POST', '/messages', { body: 'Hi' }, ['conversationId']],
      ['POST', '/messages', { to: '+13125550101', conversationId: randomUUID(), body: 'Hi' }, ['conversationId']],
      ['POST', '/messages', { to: '+13125550101', from: '+12025550177', body: 'Hi' }, ['from']],
      ['POST', '/leads', { contactId: 'none' }, ['contactId']],
      ['POST', '/leads', { contactId: randomUUID() }, ['contactId']],
      ['POST', '/opt-outs', { phone: 'x' }, ['phone']],
      ['POST', '/exclusions', { phone: '+13125550101', note: 'a'.repeat(201) }, ['note']],
      ['POST', '/api-keys', { name: '' }, ['name']],
      ['POST', '/numbers', { number: '+12025550107' }, ['carrier']],
      ['POST', '/numbers', { number: '+12025550107', carrier: 'main' }, ['forwardTo']],
      ['POST', '/decisions/preview', { number: '+12025550177', from: '' }, ['number']],
      ['POST', '/decisions/preview', { number: WORKSHOP, from: '', endedAt: 'noon' }, ['endedAt']],
      ['PATCH', '/settings', { timezone: 'Mars', country: 'XX', dailyCap: -1 }, ['timezone', 'country', 'dailyCap']],
      ['PATCH', '/settings', { plan: 'core' }, ['plan']],
      ['GET', '/contacts?limit=0', undefined, ['limit']],
      ['GET', '/contacts?limit=201', undefined, ['limit']],
      ['GET', '/calls?outcome=maybe', undefined, ['outcome']],
      ['GET', '/leads?contactId=none', undefined, ['contactId']],
    ]
    for (const [method, path, body, fields] of cases) {
      const wrong = await ask(method, `/api/v1${path}`, body)
      const name = `${method} ${path} ${JSON.stringify(body)}`
      assert.equal(wrong.status, 400, name)
      assert.match(wrong.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.deepEqual([wrong.body.status, wrong.body.title], [400, 'Some fields are wrong'])
      assert.deepEqual(wrong.body.errors.map((error: Json) => error.field).toSorted(), fields.toSorted(), name)
      for (const { message } of wrong.body.errors) assert.ok(message.length > 3)
    }
  })

  await t.test('a body that is no JSON, none, too large, or something else', async () => {
    const path = '/api/v1/contacts'
    const json = { 'content-type': 'application/json' }
    assert.equal((await ask('POST', path, '{"phone":', json)).status, 400)
    assert.equal((await ask('POST', path, '[]', json)).status, 400)
    assert.equal((await ask('POST', path)).status, 400)
    assert.equal((await ask('POST', path, { phone: '+13125550101', name: 'a'.repeat(256 * 1024) })).status, 413)
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x']) {
      const wrong = await ask('POST', path, 'phone=1', { 'content-type': type })
      assert.deepEqual([wrong.status, wrong.body.title], [415, 'This content type is not understood here'])
    }
  })

  await t.test('an id that nothing has, or that is none, is not there', async () => {
    for (const path of ['/contacts/', '/calls/', '/leads/', '/messages/', '/conversations/'])
      for (const id of [randomUUID(), 'nothing', "1'; drop table contacts; --"]) {
        const gone = await ask('GET', `/api/v1${path}${encodeURIComponent(id)}`)
        assert.equal(gone.status, 404, path)
        assert.match(gone.body.detail, /in your account/)
      }
    assert.equal((await ask('GET', '/api/v1/numbers/12')).status, 404)
    assert.equal((await ask('GET', '/api/v1/nothing')).status, 404)
    assert.equal((await ask('PUT', '/api/v1/contacts')).status, 404)
  })

  await t.test('a cursor that we did not give', async () => {
    const made = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url')
    for (const path of ['/calls', '/contacts', '/leads', '/messages', '/conversations', '/opt-outs', '/blocked'])
      for (const cursor of [
        'x',
        made(['x']),

        made(['yesterday', randomUUID()]),
        made({}),
      ]) {
        const wrong = await ask('GET', `/api/v1${path}?cursor=${encodeURIComponent(cursor)}`)
        assert.notEqual(wrong.status, 500, `${path} ${cursor}`)
        if (wrong.status !== 200) assert.deepEqual([wrong.status, wrong.body.errors[0].field], [400, 'cursor'])
      }
  })

  await t.test('text that PostgreSQL cannot keep', async () => {
    const wrong = await ask('POST', '/api/v1/contacts', { phone: '+13125550101', name: 'Da\u0000na' })
    assert.equal(wrong.status, 400)
    assert.equal((await ask('GET', '/api/v1/contacts?tag=%00')).status, 400)
  })

  await t.test('and nothing was written', async () => assert.deepEqual(await rowCounts(world), before))

  await t.test('without a key, or with an unknown one', async () => {
    for (const authorization of ['', 'Bearer ', 'Bearer tb_', 'Bearer nonsense', 'Basic dXNlcjpwYXNz'])
      assert.equal((await ask('GET', '/api/v1/contacts', undefined, { authorization })).status, 401, authorization)
    assert.deepEqual((await api('GET', '/contacts', undefined, OTHER_KEY)).data, [])
  })
})

test('a list is walked to its end, newest first, each row once', async (t) => {
  const world = await startWorld(t)
  const hooks = signedHooks(world)
  const phones = Array.from({ length: 25 }, (_, i) => `+131255501${String(i).padStart(2, '0')}`)
  for (const from of phones) {
    await hooks.generic(missed(from))
    await world.api('POST', '/exclusions', { phone: from })
    await world.api('POST', '/opt-outs', { phone: from })
  }
  const walk = async (path: string) => {
    const rows: Json[] = []
    let cursor: string | null = null
    do {
      const page: Json = await world.api('GET', `${path}limit=10${cursor ? `&cursor=${cursor}` : ''}`)
      assert.ok(page.data.length <= 10)
      rows.push(...page.data)
      cursor = page.nextCursor
    } while (cursor)
    return rows
  }
  const newestFirst = phones.toReversed()
  const phoneIn: Record<string, (row: Json) => string> = {
    '/calls?': (row) => row.from,
    '/contacts?': (row) => row.phone,
    '/leads?': (row) => row.contact.phone,
    '/messages?': (row) => row.to,
    '/conversations?': (row) => row.contact.phone,
    '/exclusions?': (row) => row.phone,
    '/opt-outs?': (row) => row.phone,
  }
  for (const [path, phoneOf] of Object.entries(phoneIn))
    await t.test(path, async () => {
      const rows = await walk(path)
      // Rows of the same millisecond are sorted by phone or id.
      const times = rows.map((row) => Date.parse(row.createdAt ?? row.startedAt))
      if (path !== '/calls?')
        assert.deepEqual(
          times,
          times.toSorted((a, b) => b - a),
        )
      assert.deepEqual(rows.map(phoneOf).toSorted(), phones)
      if (path === '/contacts?') assert.deepEqual(rows.map(phoneOf), newestFirst)
    })

  await t.test('also while new rows come in', async () => {
    const first = await world.api('GET', '/calls?limit=10')
    await hooks.generic(missed('+13125550180'))
    const second = await world.api('GET', `/calls?limit=10&cursor=${first.nextCursor}`)
    const third = await world.api('GET', `/calls?limit=10&cursor=${second.nextCursor}`)
    const seen = [...first.data, ...second.data, ...third.data].map((call: Json) => call.from)
    assert.deepEqual(seen.toSorted(), phones)
    assert.equal(third.nextCursor, null)
  })

  await t.test('and only what was asked for', async () => {
    assert.equal((await world.api('GET', `/calls?number=${encodeURIComponent(WORKSHOP)}&limit=200`)).data.length, 26)
    assert.equal((await world.api('GET', '/calls?outcome=answered')).data.length, 0)
    const [contact] = (await world.api('GET', '/contacts?limit=1')).data
    assert.equal((await world.api('GET', `/calls?contactId=${contact.id}`)).data.length, 1)
  })
})

test('settings, lists of phones, keys', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world

  await t.test('settings change one by one', async () => {
    const changed = await api('PATCH', '/settings', { name: ' Acme & Sons ', dailyCap: 7 })
    assert.partialDeepStrictEqual(changed, {
      id: 'acme',
      name: 'Acme & Sons',
      dailyCap: 7,
      timezone: 'America/New_York',
    })
    assert.deepEqual(await api('PATCH', '/settings', {}), changed)
  })

  for (const list of ['exclusions', 'blocked'])
    await t.test(`the list of ${list}`, async () => {
      const made = await api('POST', `/${list}`, { phone: '(312) 555-0101', note: 'our own' })
      assert.partialDeepStrictEqual(made, { phone: '+13125550101', note: 'our own' })
      await api('POST', `/${list}`, { phone: '+13125550101', note: 'Mike’s wife' })
      const { data } = await api('GET', `/${list}`)
      assert.deepEqual(
        data.map((row: Json) => row.note),
        ['Mike’s wife'],
      )
      await api('DELETE', `/${list}/${encodeURIComponent('+13125550101')}`)
      assert.equal((await ask('DELETE', `/api/v1/${list}/%2B13125550101`)).status, 404)
      assert.deepEqual((await api('GET', `/${list}`)).data, [])
    })

  await t.test('an API key is shown once, works at once, and is dead at once', async () => {
    const made = await api('POST', '/api-keys', { name: 'website' })
    assert.match(made.key, /^tb_[\w-]{43}$/)
    const { data } = await api('GET', '/api-keys')
    assert.deepEqual(data.map((key: Json) => key.name).toSorted(), ['tests', 'website'])
    assert.equal(data.find((key: Json) => key.name === 'website').hint, made.key.slice(-4))
    assert.ok(!JSON.stringify(data).includes(made.key))
    assert.equal((await api('GET', '/settings', undefined, made.key)).id, 'acme')
    const again = await ask('POST', '/api/v1/api-keys', { name: 'website' })
    assert.deepEqual([again.status, again.body.errors[0].field], [409, 'name'])
    await api('DELETE', `/api-keys/${made.id}`)
    await assert.rejects(api('GET', '/settings', undefined, made.key), /401/)
  })
})

test('the API describes itself', async (t) => {
  const world = await startWorld(t)

  await t.test('every route of it, with the shapes of its answers', async () => {
    const { body, status } = await world.ask('GET', '/api/openapi.json', undefined, { authorization: '' })
    assert.equal(status, 200)
    assert.match(body.openapi, /^3\.1/)
    const described = Object.entries(body.paths as Json).flatMap(([path, methods]) =>
      Object.entries(methods as Json).map(([method, route]) => ({ name: `${method} ${path}`, route: route as Json })),
    )
    for (const { name, route } of described) {
      assert.ok(route.summary && route.tags?.length > 0, `${name} does not say what it does`)
      if (name === 'get /api/v1/live') continue
      const good = Object.keys(route.responses).filter((code) => code.startsWith('2'))
      assert.ok(good.length > 0, `${name} does not say what it answers`)
    }
    const names = described.map(({ name }) => name)
    for (const noun of ['numbers', 'carriers', 'calls', 'contacts', 'leads', 'conversations', 'messages', 'settings'])
      assert.ok(names.includes(`get /api/v1/${noun}`), noun)
    assert.ok(!names.some((name) => name.includes('/hooks/')))
  })

  await t.test('on a page to read and try it', async () => {
    const answer = await fetch(`${world.url}/api/docs`)
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type') ?? '', /text\/html/)
    assert.match(await answer.text(), /swagger/i)
    const scripts = /script-src[^;]*/.exec(answer.headers.get('content-security-policy') ?? '')
    assert.ok(scripts, 'the policy says which scripts may run')
    assert.doesNotMatch(scripts[0], /unsafe-inline/)
  })

  await t.test('and its health in numbers, without a phone or a text in them', async () => {
    await world.missedCall('+13125550143', SALES)
    await world.textsOn('+13125550143')
    const metrics = await until(async () => {
      const text = await (await fetch(`${world.url}/metrics`)).text()
      return /textback_messages_ended_total\{status="delivered"\} 1/.test(text) && text
    }, 'a delivery in the metrics')
    assert.match(metrics, /textback_calls_decided_total\{action="send",reason="missed_call"\} 1/)
    assert.match(metrics, /textback_hangup_to_accepted_seconds_count 1/)
    assert.doesNotMatch(metrics, /5550143|missed your call/)
    const health = await fetch(`${world.url}/healthz`)
    assert.deepEqual([health.status, await health.json()], [200, { ready: true }])
  })
})

function missed(from: string) {
  const times = { started_at: new Date(Date.now() - 20_000).toISOString(), ended_at: new Date().toISOString() }
  return { id: `pbx-${from}`, from, to: WORKSHOP, ...times, outcome: 'missed' }
}
