import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDatabase } from '../rows.ts'
import { type Json, startWorld } from '../world.ts'

test('nothing grows without end', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world
  const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `thing ${from + n}`)
  const asFields = (names: string[], value = 'x') => Object.fromEntries(names.map((name) => [name, value]))
  let phones = 100
  const aContact = (more: Json = {}): Promise<Json> =>
    api('POST', '/contacts', { phone: `+13125550${phones++}`, ...more })
  const refused = async (method: string, path: string, body: Json, field: string, message: string | RegExp) => {
    const answer = await ask(method, `/api/v1${path}`, body)
    assert.equal(answer.status, 422, JSON.stringify(answer.body))
    assert.equal(answer.body.title, 'The contact would become too large')
    assert.match(answer.body.detail, /Nothing was changed/)
    assert.equal(answer.body.errors[0].field, field)
    if (typeof message === 'string') assert.equal(answer.body.errors[0].message, message)
    else assert.match(answer.body.errors[0].message, message)
  }

  await t.test('tags: 100 of a contact, however they are added', async () => {
    const { id } = await aContact({ tags: many(99) })
    await api('PATCH', `/contacts/${id}`, { addTags: ['the hundredth'] })
    const message = 'would make 101 tags; a contact has at most 100'
    await refused('PATCH', `/contacts/${id}`, { addTags: ['one more'], name: 'Dana' }, 'addTags', message)
    assert.equal((await api('GET', `/contacts/${id}`)).name, null)
    // One that it has, and one for another, make it no larger.
    await api('PATCH', `/contacts/${id}`, { addTags: ['the hundredth', 'another'], removeTags: ['thing 1'] })
    assert.equal((await api('GET', `/contacts/${id}`)).tags.length, 100)
  })

  await t.test('fields: 100, and 32,000 characters together', async () => {
    const { id } = await aContact({ fields: asFields(many(100)) })
    await refused(
      'PATCH',
      `/contacts/${id}`,
      { fields: { more: 1 } },
      'fields',
      'would make 101 fields; a contact has at most 100',
    )
    await api('PATCH', `/contacts/${id}`, { fields: { more: 1, 'thing 0': null } })
    await refused(
      'PATCH',
      `/contacts/${id}`,
      { fields: asFields(many(20, 1), 'x'.repeat(2000)) },
      'fields',
      /characters in fields; .* at most 32000/,
    )
    await refused('POST', '/contacts', { phone: '+13125550190', fields: asFields(many(101)) }, 'fields', /101 fields/)
    assert.equal((await api('GET', '/contacts?phone=%2B13125550190')).data.length, 0)
  })

  await t.test('of two programs that add at the same moment, one is refused', async () => {
    const { id } = await aContact({ tags: many(95) })
    const answers = await Promise.all([
      ask('PATCH', `/api/v1/contacts/${id}`, { addTags: many(4, 200) }),
      ask('PATCH', `/api/v1/contacts/${id}`, { addTags: many(4, 300) }),
    ])
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 422])
  })

  await t.test('phones: 20', async () => {
    const { id } = await aContact()
    const others = Array.from({ length: 20 }, (_, n) => ({ address: `+1202555${String(120 + n).padStart(4, '0')}` }))
    await refused(
      'PATCH',
      `/contacts/${id}`,
      { addAddresses: others },
      'addAddresses',
      'would make 21 phones; a contact has at most 20',
    )
    await api('PATCH', `/contacts/${id}`, { addAddresses: others.slice(1) })
  })

  await t.test('notes: 500 of a contact', async () => {
    const { id } = await aContact()
    await withDatabase(world, '*', (client) =>
      client.query(
        `insert into notes (id, account_id, contact_id, author, body) select gen_random_uuid(), 'acme', $1, 'user:x', 'Note ' || n from generate_series(1, 499) n`,
        [id],
      ),
    )
    const note = await api('POST', `/contacts/${id}/notes`, { body: 'The five hundredth' })
    await refused(
      'POST',
      `/contacts/${id}/notes`,
      { body: 'More' },
      'body',
      'would make 501 notes; a contact has at most 500',
    )
    await api('DELETE', `/notes/${note.id}`)
    await api('POST', `/contacts/${id}/notes`, { body: 'Instead' })
  })

  await t.test('merging makes no larger one either', async () => {
    const [keep, other, small] = await Promise.all([
      aContact({ tags: many(60) }),
      aContact({ tags: many(60, 50) }),
      aContact({ tags: many(10) }),
    ])
    const message = 'would make 110 tags; a contact has at most 100'
    await refused('POST', `/contacts/${keep.id}/merge`, { otherId: other.id }, 'otherId', message)
    assert.equal((await ask('GET', `/api/v1/contacts/${other.id}`)).status, 200)
    assert.equal((await api('POST', `/contacts/${keep.id}/merge`, { otherId: small.id })).tags.length, 60)
  })

  await t.test('a contact that was larger before can still be changed, and shrinks', async () => {
    const { id } = await aContact()
    await withDatabase(world, '*', (client) =>
      client.query(
        "update contacts set tags = (select array_agg('old ' || n) from generate_series(1, 150) n) where id = $1",
        [id],
      ),
    )
    await api('PATCH', `/contacts/${id}`, { name: 'Dana', removeTags: ['old 1'] })
    await refused('PATCH', `/contacts/${id}`, { addTags: ['new'] }, 'addTags', /would make 150 tags/)
  })

  await t.test('one value that is too long is a wrong field, as ever', async () => {
    const { id } = await aContact()
    for (const [method, path, body, field] of [
      ['PATCH', `/contacts/${id}`, { name: 'n'.repeat(121) }, 'name'],
      ['PATCH', `/contacts/${id}`, { addTags: ['t'.repeat(61)] }, 'addTags[0]'],
      ['PATCH', `/contacts/${id}`, { fields: { zip: 'z'.repeat(2001) } }, 'fields.zip'],
      ['POST', `/contacts/${id}/notes`, { body: 'b'.repeat(5001) }, 'body'],
    ] as const) {
      const wrong = await ask(method, `/api/v1${path}`, body)
      assert.deepEqual([wrong.status, wrong.body.errors[0].field], [400, field])
    }
  })

  await t.test('the value of leads: their sum can always be told', async () => {
    const values = await Promise.all([aContact(), aContact()])
    for (const { id: contactId } of values) {
      const wrong = await ask('POST', '/api/v1/leads', { contactId, valueCents: Number.MAX_SAFE_INTEGER })
      assert.deepEqual([wrong.status, wrong.body.errors?.[0].field], [400, 'valueCents'])
      await api('POST', '/leads', { contactId, valueCents: 100_000_000_000 })
    }
    assert.equal((await api('GET', '/leads/totals')).valueCents, 200_000_000_000)
  })
})
