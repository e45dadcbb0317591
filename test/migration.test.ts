import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import { makeApp } from '../src/app.ts'
import { openDatabase } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { makeVendors } from '../src/vendors/vendors.ts'
import { emptyDatabase } from './postgres.ts'
import { type Json, SECRET_KEY } from './world.ts'

/**
 * The rows of a database of the release with migrations 0001 to 0004, as `to_jsonb`, by table: the demo's week, two
 * merged contacts, an exclusion, a block, an opt-out by hand, a snooze, a landline, a number of a PBX with hours.
 */
const RELEASED: Record<string, Record<string, unknown>[]> = JSON.parse(
  readFileSync(new URL('./fixtures/released-0004.json', import.meta.url), 'utf8'),
)
const RELEASED_MIGRATIONS = ['0001_house', '0002_face', '0003_counters', '0004_announce']
const DEMO_KEY = 'tb_demo_key_of_acme_hvac'

/** The new names of tables and columns; all others are unchanged. */
const NOW: Record<string, { table?: string; columns?: Record<string, string | null> }> = {
  carriers: { table: 'connections', columns: { trouble: 'failure' } },
  numbers: { columns: { carrier: 'connection_id', texts_through: 'texts_connection_id' } },
  calls: { columns: { carrier: 'connection_id' } },
  messages: {
    columns: { carrier: 'connection_id', trouble: 'failure', from_phone: 'from_address', to_phone: 'to_address' },
  },
  // Checked separately below.
  contacts: { columns: { phone: null, line_type: null, line_type_source: null, line_type_at: null } },
  conversations: { columns: { number: 'our_address' } },
  opt_outs: { columns: { phone: 'address' } },
  listed_phones: { table: 'listed_addresses', columns: { phone: 'address' } },
}

test('a database of the release with 0004 keeps every row', async (t) => {
  const database = await emptyDatabase()
  await fillAsReleased(database.config)
  const db = await openDatabase(database.config, 4)
  const { vendors, close } = makeVendors()
  const app = await makeApp({
    db,
    vendors,
    log: pino({ level: 'silent' }),
    publicUrl: 'http://127.0.0.1:3000',
    secretKey: SECRET_KEY,
    provision: null,
    allowApiUrl: true,
  })
  const client = await db.connect()
  t.after(async () => {
    await client.end()
    await app.stop()
    await close()
    await database.drop()
  })
  await client.query("select set_config('textback.account', '*', false)")
  const rows = async (table: string) =>
    (await client.query(`select to_jsonb(t) as row from ${table} t`)).rows.map(({ row }) => row as Json)

  for (const [released, before] of Object.entries(RELEASED)) {
    const { table = released, columns = {} } = NOW[released] ?? {}
    await t.test(`${released}: ${before.length} rows`, async () => {
      const expected = before.map((row) =>
        Object.fromEntries(
          Object.entries(row).flatMap(([column, value]) => {
            const name = columns[column] === undefined ? column : columns[column]
            // The result of configuring a number has new names inside; it is checked below.
            return name === null || (released === 'numbers' && column === 'configured') ? [] : [[name, value]]
          }),
        ),
      )
      const names = Object.keys(expected[0] ?? {})
      const after = (await rows(table)).map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))
      assert.deepEqual(sorted(after), sorted(expected))
    })
  }

  await t.test('each contact has its phone as its primary address, with what was known of it', async () => {
    const known = RELEASED.contacts!.filter((contact) => contact.phone !== null)
    const addresses = await rows('contact_addresses')
    assert.deepEqual(
      sorted(addresses.map((a) => [a.contact_id, a.kind, a.address, a.position, a.line_type, a.line_type_source])),
      sorted(known.map((c) => [c.id, 'phone', c.phone, 0, c.line_type, c.line_type_source])),
    )
    assert.ok(addresses.some((address) => address.line_type === 'landline'))
  })

  const get = async (path: string): Promise<Json> => {
    const headers = { authorization: `Bearer ${DEMO_KEY}` }
    const answer = await app.server.inject({ method: 'GET', url: `/api/v1${path}`, headers })
    assert.equal(answer.statusCode, 200, `${path}: ${answer.body}`)
    return answer.json()
  }

  await t.test('the API shows people, conversations, numbers and lists as before', async () => {
    const [contacts, conversations, numbers, optOuts, excluded, blocked] = await Promise.all(
      ['/contacts', '/conversations', '/numbers', '/opt-outs', '/exclusions', '/blocked'].map(get),
    )
    assert.deepEqual(contacts.data.map((c: Json) => c.phone).sort(), RELEASED.contacts!.map((c) => c.phone).sort())
    const phoneOf = new Map(RELEASED.contacts!.map((c) => [c.id, c.phone]))
    for (const v of conversations.data) {
      assert.equal(v.repliesTo, phoneOf.get(v.contactId))
      assert.equal(v.repliesFrom, v.number)
    }
    const optedOut = new Set(RELEASED.opt_outs!.map((o) => o.phone))
    for (const contact of contacts.data) assert.equal(contact.optedOut, optedOut.has(contact.phone), contact.phone)
    assert.equal(optOuts.data.length, RELEASED.opt_outs!.length)
    assert.equal(excluded.data.length + blocked.data.length, RELEASED.listed_phones!.length)
    const steps = (configured: Json) => configured?.steps.map((s: Json) => [s.carrier, s.what, s.value, s.trouble])
    const before = new Map(RELEASED.numbers!.map((n) => [n.number, steps(n.configured)]))
    for (const number of numbers.data) assert.deepEqual(steps(number.configured), before.get(number.number))
  })

  await t.test('people are found by name and by any ending of their phone', async () => {
    const dana = RELEASED.contacts!.find((c) => c.name === 'Dana Whitfield')!
    for (const q of ['dana whi', '0121', '2025550121', '(202) 555-0121'])
      assert.deepEqual(
        (await get(`/search?q=${encodeURIComponent(q)}`)).people.map((p: Json) => p.contactId),
        [dana.id],
        q,
      )
  })
})

test('a cap of texts becomes as many segments as those texts had', async (t) => {
  const database = await emptyDatabase()
  const db = await openDatabase(database.config, 4)
  const client = await db.connect()
  t.after(async () => {
    await client.end()
    await db.close()
    await database.drop()
  })
  await fillAsReleased(database.config)
  await client.query('set search_path = textback, public')
  await client.query("select set_config('textback.account', '*', false)")
  const [{ id: conversationId, contact_id: contactId }] = RELEASED.conversations as [Json]
  await client.query(
    `insert into accounts (id, name, slug, daily_cap) values ('long', 'Long', 'long', 100), ('new', 'New', 'new', 100)`,
  )
  await client.query(
    `insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_phone, to_phone, body, segments, status, carrier, created_at, slot_at)
      select gen_random_uuid(), 'long', $1, $2, 'reply', 'outbound', '+12025550100', '+13125550143', 'Hi', segments, status, 'main', at, now()
      from (values (2, 'delivered', now()), (3, 'queued', now()), (9, 'delivered', now() - interval '31 days')) as m (segments, status, at)`,
    [conversationId, contactId],
  )
  await client.query(`insert into texts_per_day (account_id, day, slot, texts) values ('long', current_date, 0, 7)`)
  await migrate(db)
  const caps = await client.query("select id, daily_cap from accounts where id in ('long', 'new') order by id")
  assert.deepEqual(caps.rows, [
    { id: 'long', daily_cap: 250 },
    { id: 'new', daily_cap: 100 },
  ])
  const used = await client.query("select texts, segments from texts_per_day where account_id = 'long'")
  assert.deepEqual(used.rows, [{ texts: 7, segments: 7 }])
  // The one that waits for its slot is found by its number.
  const waiting = await client.query("select number from waiting_texts where account_id = 'long'")
  assert.deepEqual(waiting.rows, [{ number: '+12025550100' }])
})

/** Fills a database as the released program did: its migrations, and then its rows. */
async function fillAsReleased(config: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    await client.query('create schema textback; set search_path = textback, public')
    await client.query('create table migrations (name text primary key, at timestamptz not null default now())')
    for (const name of RELEASED_MIGRATIONS) {
      await client.query(readFileSync(new URL(`../migrations/${name}.sql`, import.meta.url), 'utf8'))
      await client.query('insert into migrations (name) values ($1)', [`${name}.sql`])
    }
    await client.query("select set_config('textback.account', '*', false)")
    // Parents before children.
    const order = [
      'accounts',
      'users',
      'carriers',
      'numbers',
      'pipelines',
      'stages',
      'contacts',
      'conversations',
      'calls',
    ]
    const tables = [...order, ...Object.keys(RELEASED).filter((table) => !order.includes(table))]
    for (const table of tables)
      await client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
        JSON.stringify(RELEASED[table]),
      ])
  } finally {
    await client.end()
  }
}

const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row, inOrder)).sort()

/** Objects with their keys in one order, so that equal rows are written alike. */
const inOrder = (_key: string, value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
