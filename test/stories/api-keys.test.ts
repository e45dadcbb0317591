import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { withDatabase } from '../rows.ts'
import { openBrowser } from '../session.ts'
import { type Json, KEY, startWorld, until, type World } from '../world.ts'

const HOUR = 3_600_000
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()

test('API keys', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true })
  const { api, ask } = world
  const by = (key: string) => ({ authorization: `Bearer ${key}` })
  const make = (body: Json, key = KEY) => api('POST', '/api-keys', body, key)
  const roll = (id: string, body?: Json, key = KEY) => api('POST', `/api-keys/${id}/roll`, body, key)
  const status = async (key: string) => (await ask('GET', '/api/v1/settings', undefined, by(key))).status
  const listed = async (id: string) => (await api('GET', '/api-keys')).data.find((key: Json) => key.id === id)
  const newest = async () => (await api('GET', '/audit?limit=1')).data[0]

  await t.test('made without a scope may do everything, as ever; those of before too', async () => {
    const { key, ...made } = await make({ name: 'plain' })
    assert.partialDeepStrictEqual(made, { scope: 'admin', expiresAt: null, previousWorksUntil: null, lastUsedAt: null })
    assert.equal((await ask('GET', '/api/v1/audit', undefined, by(key))).status, 200)
    const tests = (await api('GET', '/api-keys')).data.find((one: Json) => one.name === 'tests')
    assert.equal(tests.scope, 'admin')
  })

  await t.test('say who they are, and what they may do', async () => {
    const expiresAt = inMs(HOUR)
    const { id, key } = await make({ name: 'reader', scope: 'read', expiresAt })
    const me = await api('GET', '/me', undefined, key)
    assert.partialDeepStrictEqual(me, {
      user: null,
      role: 'member',
      key: { id, name: 'reader', scope: 'read', expiresAt },
    })
    assert.equal((await api('GET', '/me')).role, 'owner')
  })

  await t.test('are told to the owners when they are made, rolled and revoked', async () => {
    const { id } = await make({ name: 'told', scope: 'send' })
    assert.partialDeepStrictEqual(await newest(), {
      type: 'api_key.made',
      actor: 'API key tests',
      data: { name: 'told', scope: 'send', expiresAt: null },
    })
    const { previousWorksUntil } = await roll(id)
    assert.partialDeepStrictEqual(await newest(), {
      type: 'api_key.rolled',
      data: { name: 'told', oldWorksUntil: previousWorksUntil },
    })
    await api('DELETE', `/api-keys/${id}`)
    assert.partialDeepStrictEqual(await newest(), { type: 'api_key.revoked', data: { name: 'told' } })
  })

  await t.test('that have expired are refused, with the time since when', async () => {
    const expiresAt = inMs(1_500)
    const { id, key } = await make({ name: 'brief', expiresAt })
    assert.equal(await status(key), 200)
    await until(async () => (await status(key)) === 401, 'the end of the key')
    const { body } = await ask('GET', '/api/v1/settings', undefined, by(key))
    assert.equal(body.title, 'This API key has expired')
    assert.ok(body.detail.includes(`“brief” has not worked since ${expiresAt}`), body.detail)
    // The list still has it, so that a person sees why a program stopped.
    assert.equal((await listed(id)).expiresAt, expiresAt)
  })

  await t.test('cannot be made with an end that is over, or one that is no time', async () => {
    for (const expiresAt of [inMs(-1_000), 'tomorrow', 5, '2027-13-01T00:00:00Z']) {
      const wrong = await ask('POST', '/api/v1/api-keys', { name: 'wrong', expiresAt })
      assert.deepEqual([wrong.status, wrong.body.errors[0].field], [400, 'expiresAt'], String(expiresAt))
    }
    const wrong = await ask('POST', '/api/v1/api-keys', { name: 'wrong', scope: 'root' })
    assert.deepEqual(wrong.body.errors, [{ field: 'scope', message: 'must be one of read, send, admin' }])
  })

  await t.test('show when they were last used, to the minute', async () => {
    const { id, key } = await make({ name: 'used', scope: 'read' })
    assert.equal((await listed(id)).lastUsedAt, null)
    await status(key)
    const { lastUsedAt } = await listed(id)
    assert.ok(Math.abs(Date.parse(lastUsedAt) - Date.now()) < 10_000)
  })

  await t.test(
    'rolled: the old secret works beside the new one for the chosen time, and says afterwards why not',
    async () => {
      const { id, key: old } = await make({ name: 'rolled', scope: 'read' })
      const rolled = await roll(id, { oldWorksForHours: 2 })
      assert.match(rolled.key, /^tb_[\w-]{43}$/)
      assert.partialDeepStrictEqual(rolled, {
        id,
        name: 'rolled',
        scope: 'read',
        hint: rolled.key.slice(-4),
        previousUsedAt: null,
      })
      assert.ok(Math.abs(Date.parse(rolled.previousWorksUntil) - Date.now() - 2 * HOUR) < 10_000)
      assert.deepEqual([await status(old), await status(rolled.key)], [200, 200])
      assert.ok((await listed(id)).previousUsedAt, 'somebody still uses the old one')
      await sql(world, "update api_keys set previous_works_until = now() - interval '1 minute' where id = $1", [id])
      const refused = await ask('GET', '/api/v1/settings', undefined, by(old))
      assert.deepEqual([refused.status, refused.body.title], [401, 'This API key has a new secret'])
      assert.match(refused.body.detail, /“rolled” was rolled, .* since 20/)
      assert.equal(await status(rolled.key), 200)
      assert.partialDeepStrictEqual(await listed(id), { previousWorksUntil: null, previousUsedAt: null })
    },
  )

  await t.test(
    'rolled after a leak: the old secret ends at once, and so does one from the rolling before',
    async () => {
      const { id, key: first } = await make({ name: 'leaked' })
      const { key: second } = await roll(id)
      const { key: third } = await roll(id, { oldWorksForHours: 0 })
      assert.deepEqual([await status(first), await status(second), await status(third)], [401, 401, 200])
      for (const oldWorksForHours of [-1, 721, 1.5, '2']) {
        const wrong = await ask('POST', `/api/v1/api-keys/${id}/roll`, { oldWorksForHours })
        assert.deepEqual([wrong.status, wrong.body.errors[0].field], [400, 'oldWorksForHours'])
      }
      assert.equal((await ask('POST', `/api/v1/api-keys/${randomUUID()}/roll`)).status, 404)
    },
  )

  await t.test('rolled: the old secret cannot make itself last, nor lock the new one out', async () => {
    const { id, key: old } = await make({ name: 'stolen' })
    const victim = await make({ name: 'another' })
    const { key, previousWorksUntil } = await roll(id, { oldWorksForHours: 1 })
    assert.partialDeepStrictEqual(await api('GET', '/me', undefined, old), {
      key: { id, expiresAt: previousWorksUntil },
    })
    assert.partialDeepStrictEqual(await api('GET', '/me', undefined, key), { key: { id, expiresAt: null } })
    const count = (await api('GET', '/api-keys')).data.length
    for (const [method, path, body] of [
      ['POST', '/api-keys', { name: 'stays' }],
      ['POST', '/api-keys', { name: 'stays', scope: 'read', expiresAt: inMs(HOUR / 2) }],
      ['POST', `/api-keys/${id}/roll`, { oldWorksForHours: 0 }],
      ['POST', `/api-keys/${id}/roll`, { oldWorksForHours: 0, expiresAt: inMs(HOUR / 2) }],
      ['POST', `/api-keys/${victim.id}/roll`, { expiresAt: inMs(HOUR / 2) }],
      ['DELETE', `/api-keys/${id}`],
      ['DELETE', `/api-keys/${victim.id}`],
    ] as const) {
      const refused = await ask(method, `/api/v1${path}`, body, by(old))
      assert.deepEqual(
        [refused.status, refused.body.title],
        [403, 'This API key has a new secret'],
        `${method} ${path}`,
      )
      assert.ok(refused.body.detail.includes(`“stolen” was rolled`), refused.body.detail)
      assert.ok(refused.body.detail.includes(previousWorksUntil), refused.body.detail)
    }
    assert.equal((await api('GET', '/api-keys')).data.length, count)
    assert.deepEqual([await status(old), await status(key), await status(victim.key)], [200, 200, 200])
    assert.equal((await make({ name: 'by the new one' }, key)).expiresAt, null)
    assert.equal((await ask('DELETE', `/api/v1/api-keys/${victim.id}`, undefined, by(key))).status, 204)
  })

  await t.test('revoked: both secrets end', async () => {
    const { id, key: old } = await make({ name: 'revoked' })
    const { key } = await roll(id)
    await api('DELETE', `/api-keys/${id}`)
    assert.deepEqual([await status(old), await status(key)], [401, 401])
  })

  await t.test('rolled, an old secret works no longer than its key did', async () => {
    const expiresAt = inMs(HOUR)
    const { id } = await make({ name: 'ends soon', expiresAt })
    const rolled = await roll(id, { oldWorksForHours: 48, expiresAt: null })
    assert.deepEqual([rolled.expiresAt, rolled.previousWorksUntil], [null, expiresAt])
    const sooner = inMs(HOUR / 2)
    assert.equal((await roll(id, { expiresAt: sooner })).previousWorksUntil, sooner)
  })

  await t.test('that have expired can be rolled with a new end, which does not bring the old secret back', async () => {
    const { id, key: old } = await make({ name: 'late', expiresAt: inMs(HOUR) })
    await sql(world, "update api_keys set expires_at = now() - interval '1 day' where id = $1", [id])
    const wrong = await ask('POST', `/api/v1/api-keys/${id}/roll`, {})
    assert.deepEqual([wrong.status, wrong.body.errors[0].field], [400, 'expiresAt'])
    const { key } = await roll(id, { expiresAt: null })
    assert.deepEqual([await status(old), await status(key)], [401, 200])
  })

  await t.test('cannot make or roll a key that may do more than they may', async () => {
    const expiresAt = inMs(HOUR)
    const { key: ending } = await make({ name: 'contractor', expiresAt })
    const forEver = await make({ name: 'for ever' })
    const count = (await api('GET', '/api-keys')).data.length
    for (const [path, body] of [
      ['/api-keys', { name: 'mine' }],
      ['/api-keys', { name: 'mine', scope: 'read' }],
      ['/api-keys', { name: 'mine', expiresAt: inMs(2 * HOUR) }],
      [`/api-keys/${forEver.id}/roll`, {}],
    ] as const) {
      const refused = await ask('POST', `/api/v1${path}`, body, by(ending))
      assert.deepEqual([refused.status, refused.body.errors[0].field], [403, 'expiresAt'])
      assert.equal(refused.body.title, 'A key cannot make one that may do more than itself')
      assert.ok(refused.body.detail.includes(`“contractor” ends ${expiresAt}`), refused.body.detail)
    }
    assert.equal((await api('GET', '/api-keys')).data.length, count)
    assert.equal(await status(forEver.key), 200)
    const child = await make({ name: 'child', scope: 'read', expiresAt }, ending)
    assert.equal(child.expiresAt, expiresAt)
    const { id } = (await api('GET', '/me', undefined, ending)).key
    assert.equal((await ask('POST', `/api/v1/api-keys/${id}/roll`, { expiresAt: null }, by(ending))).status, 403)
    const own = await roll(id, { oldWorksForHours: 0 }, ending)
    assert.equal(own.expiresAt, expiresAt)
    // A lesser key makes none at all: stated by the scope of the route, see scopes.test.ts.
    const mike = await openBrowser(world)
    await mike.signIn('mike@acme.test', 'mikes-password')
    assert.equal((await mike.ask('POST', '/api/v1/api-keys', { name: 'by a person' })).status, 201)
  })

  await t.test('of the provisioning file: a scope and an end, and a rolled one stays rolled', async () => {
    const expiresAt = inMs(24 * HOUR)
    const file = (key: string, more: Json = {}) => ({
      accounts: [
        {
          id: 'acme',
          name: 'Acme HVAC',
          apiKeys: [
            { name: 'tests', key: KEY },
            { name: 'website', key, ...more },
          ],
        },
      ],
    })
    const apply = (content: Json) => world.provision((given) => Object.assign(given, content, {}))
    const WEBSITE = 'tb_key_of_the_website_1'
    await apply(file(WEBSITE, { scope: 'read', expiresAt }))
    const { id } = (await api('GET', '/me', undefined, WEBSITE)).key
    assert.partialDeepStrictEqual(await listed(id), { scope: 'read', expiresAt })
    assert.equal((await ask('POST', '/api/v1/messages', {}, by(WEBSITE))).status, 403)

    const { key } = await roll(id, { oldWorksForHours: 0 })
    await apply(file(WEBSITE, { scope: 'send' }))
    assert.deepEqual([await status(WEBSITE), await status(key)], [401, 200])
    assert.partialDeepStrictEqual(await listed(id), { scope: 'send', expiresAt: null, hint: key.slice(-4) })
    const { key: again } = await roll(id, { oldWorksForHours: 0 })
    await apply(file(WEBSITE))
    assert.deepEqual([await status(WEBSITE), await status(key), await status(again)], [401, 401, 200])
    assert.equal((await listed(id)).scope, 'admin')

    const OTHER = 'tb_key_of_the_website_2'
    await apply(file(OTHER))
    assert.deepEqual([await status(again), await status(OTHER)], [401, 200])
    for (const [more, field] of [
      [{ scope: 'all' }, 'scope'],
      [{ expiresAt: 'soon' }, 'expiresAt'],
    ] as const)
      await assert.rejects(
        apply(file(OTHER, more)),
        (error: Json) => error.errors[0].field === `accounts[0].apiKeys[1].${field}`,
      )
  })

  await t.test('that end while they follow the live feed get no more of it', { timeout: 60_000 }, async () => {
    const { key, id } = await make({ name: 'feed', scope: 'read' })
    const feed = await fetch(`${world.url}/api/v1/live`, { headers: by(key) })
    assert.equal(feed.status, 200)
    await sql(world, 'update api_keys set expires_at = now() where id = $1', [id])
    // The heart beats every 20 s, and asks then.
    for await (const _ of feed.body!) {
    }
  })
})

const sql = (world: World, text: string, values: unknown[]) =>
  withDatabase(world, '*', (client) => client.query(text, values))
