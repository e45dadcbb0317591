import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CALLER, startWorld } from '../world.ts'

test('whatever is asked, a fault is a problem that can be read', async (t) => {
  const world = await startWorld(t)

  await t.test('at an address that cannot be one', async () => {
    for (const [path, status] of [
      ['/hooks/generic/acme/pbx/%ff', 400],
      ['/hooks/generic/acme/%zz/calls', 400],
      [`/hooks/generic/acme/${'x'.repeat(5000)}/calls`, 414],
    ] as const) {
      const answer = await world.ask('POST', path, {})
      assert.equal(answer.status, status, path)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.deepEqual(Object.keys(answer.body).toSorted(), ['detail', 'status', 'title', 'type'])
      assert.doesNotMatch(JSON.stringify(answer.body), /%ff|%zz|xxx/)
    }
  })

  await t.test('with a limit that is none', async () => {
    for (const limit of ['', '0', '201', '1.5', 'all']) {
      const answer = await world.ask('GET', `/api/v1/calls?limit=${limit}`)
      assert.equal(answer.status, 400, limit)
      assert.deepEqual(answer.body.errors, [{ field: 'limit', message: 'is a whole number from 1 to 200' }])
    }
  })

  await t.test('with a field of a contact whose name is too long', async () => {
    const name = 'n'.repeat(61)
    const answer = await world.ask('POST', '/api/v1/contacts', { phone: CALLER, fields: { [name]: 'x' } })
    assert.equal(answer.status, 400)
    assert.deepEqual(answer.body.errors, [
      { field: `fields.${name}`, message: 'is too long: a name here has at most 60 characters' },
    ])
  })
})
