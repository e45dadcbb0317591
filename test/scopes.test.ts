import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPE_NAMES, type Scope } from '../src/domain/apiKeys.ts'
import { type Json, startWorld } from './world.ts'

/** What members do, beyond reading. */
const SEND = [
  'DELETE /api/v1/blocked/{phone}',
  'DELETE /api/v1/canned-replies/{id}',
  'DELETE /api/v1/exclusions/{phone}',
  'DELETE /api/v1/notes/{id}',
  'PATCH /api/v1/canned-replies/{id}',
  'PATCH /api/v1/contacts/{id}',
  'PATCH /api/v1/conversations/{id}',
  'PATCH /api/v1/leads/{id}',
  'POST /api/v1/blocked',
  'POST /api/v1/canned-replies',
  'POST /api/v1/contacts',
  'POST /api/v1/contacts/{id}/line-type',
  'POST /api/v1/contacts/{id}/merge',
  'POST /api/v1/contacts/{id}/notes',
  'POST /api/v1/exclusions',
  'POST /api/v1/leads',
  'POST /api/v1/messages',
  'POST /api/v1/messages/{id}/resolve',
  'POST /api/v1/opt-outs',
]

/** What only owners do: what costs money, gives access or cannot be undone. */
const ADMIN = [
  'DELETE /api/v1/api-keys/{id}',
  'DELETE /api/v1/carriers/{id}',
  'DELETE /api/v1/contacts/{id}',
  'DELETE /api/v1/numbers/{number}',
  'DELETE /api/v1/opt-outs/{phone}',
  'DELETE /api/v1/stages/{id}',
  'DELETE /api/v1/webhooks/{id}',
  'GET /api/v1/account/export',
  'GET /api/v1/api-keys',
  'GET /api/v1/audit',
  'GET /api/v1/webhook-deliveries/{id}',
  'GET /api/v1/webhooks',
  'GET /api/v1/webhooks/{id}',
  'GET /api/v1/webhooks/{id}/deliveries',
  'PATCH /api/v1/numbers/{number}',
  'PATCH /api/v1/settings',
  'PATCH /api/v1/stages/{id}',
  'PATCH /api/v1/webhooks/{id}',
  'POST /api/v1/api-keys',
  'POST /api/v1/api-keys/{id}/roll',
  'POST /api/v1/carriers',
  'POST /api/v1/carriers/{id}/check',
  'POST /api/v1/numbers',
  'POST /api/v1/numbers/{number}/configure',
  'POST /api/v1/numbers/{number}/test',
  'POST /api/v1/stages',
  'POST /api/v1/webhook-deliveries/{id}/redeliver',
  'POST /api/v1/webhooks',
  'POST /api/v1/webhooks/{id}/enable',
  'POST /api/v1/webhooks/{id}/rotate',
  'POST /api/v1/webhooks/{id}/test',
]

/** What no key may do. */
const PERSON = ['DELETE /api/v1/account/closing', 'POST /api/v1/account/closing', 'POST /api/v1/accounts']

/** A POST that writes nothing. */
const ALSO_READ = ['POST /api/v1/decisions/preview']

test('every route says which scope a key needs, and a lesser key is refused', async (t) => {
  const world = await startWorld(t)
  const { body: openapi } = await world.ask('GET', '/api/openapi.json')
  const routes = Object.entries(openapi.paths as Json).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, route]) => ({
      name: `${method.toUpperCase()} ${path}`,
      route: route as Json,
    })),
  )
  const needs = new Map(routes.map(({ name, route }) => [name, scopeOf(route)]))
  const keys = Object.fromEntries(
    await Promise.all(
      SCOPE_NAMES.map(async (scope) => [scope, (await world.api('POST', '/api-keys', { name: scope, scope })).key]),
    ),
  ) as Record<Scope, string>
  /** Without a body, so that what is allowed does nothing: it is refused for the body, or finds no such object. */
  const ask = async (name: string, scope: Scope) => {
    const [method, path] = name.split(' ') as [string, string]
    const answer = await fetch(world.url + path.replace(/\{\w+\}/g, '0'), {
      method,
      headers: { authorization: `Bearer ${keys[scope]}` },
    })
    if (answer.headers.get('content-type')?.includes('event-stream')) {
      await answer.body!.cancel()
      return { status: answer.status, body: {} as Json }
    }
    const text = await answer.text()
    return { status: answer.status, body: text.startsWith('{') ? (JSON.parse(text) as Json) : {} }
  }

  await t.test('the table is whole, and the description agrees with it', () => {
    const listed = (scope: string) =>
      [...needs]
        .filter(([, needed]) => needed === scope)
        .map(([name]) => name)
        .toSorted()
    assert.deepEqual(listed('send'), SEND)
    assert.deepEqual(listed('admin'), ADMIN)
    assert.deepEqual(listed('person'), PERSON)
    const read = listed('read').filter((name) => !ALSO_READ.includes(name))
    assert.deepEqual(
      read.filter((name) => !name.startsWith('GET ')),
      [],
    )
    assert.equal(listed('read').length + SEND.length + ADMIN.length + PERSON.length, routes.length)
    for (const { name, route } of routes) assert.match(route.description, wanted(needs.get(name)!), name)
  })

  await t.test('a key of a lesser scope gets 403, with the scope that it needs', async () => {
    let refused = 0
    for (const [name, needed] of needs)
      for (const scope of SCOPE_NAMES) {
        if (needed !== 'person' && SCOPE_NAMES.indexOf(scope) >= SCOPE_NAMES.indexOf(needed)) continue
        const { status, body } = await ask(name, scope)
        assert.equal(status, 403, `${name} with ${scope}`)
        const sentence =
          needed === 'person'
            ? /not an API key/
            : new RegExp(`scope \`${needed}\`.*“${scope}” has the scope \`${scope}\``)
        assert.match(body.detail, sentence, name)
        refused++
      }
    assert.ok(refused > 80)
  })

  await t.test('and one of that scope is let in', async () => {
    for (const [name, needed] of needs) {
      if (needed === 'person') continue
      for (const scope of SCOPE_NAMES.slice(SCOPE_NAMES.indexOf(needed))) {
        const { status } = await ask(name, scope)
        assert.ok(![401, 403].includes(status) && status < 500, `${name} with ${scope}: ${status}`)
      }
    }
  })

  await t.test('the simulated phone network wants an admin', async () => {
    for (const [scope, status] of [
      ['read', 403],
      ['send', 403],
      ['admin', 200],
    ] as const)
      assert.equal((await ask('GET /api/v1/simulator/wire', scope)).status, status)
  })
})

function scopeOf(route: Json): Scope | 'person' {
  const [first] = route.security as Record<string, Scope[]>[]
  return first!.apiKey?.[0] ?? 'person'
}

const wanted = (scope: Scope | 'person') =>
  scope === 'person' ? /not for a key/ : new RegExp(`Needs a key of scope \`${scope}\``)
