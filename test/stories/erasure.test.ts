import assert from 'node:assert/strict'
import { test } from 'node:test'
import type pg from 'pg'
import { closeAccount } from '../../src/actions/accounts/closeAccount.ts'
import { startReceiver } from '../receiver.ts'
import { tablesOf, withDatabase } from '../rows.ts'
import { openBrowser } from '../session.ts'
import { CALLER, type Json, KEY, MAIN, OTHER_KEY, SALES, startWorld, until, type World } from '../world.ts'

/** Part of no other word, so that wherever it stands the account is meant. */
const ID = 'closing-hvac-7f3'
const MINUTE = 60_000
const WEEK = 7 * 24 * 60 * MINUTE

/** More than fits into a few pages and chunks. */
const MANY = 1_300

const DANA = { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'member' }

test('an account is taken out whole, and erased whole', async (t) => {
  let ahead = 0
  const world = await startWorld(t, {
    mikeSignsIn: true,
    now: () => new Date(Date.now() + ahead),
    provision(file) {
      file.accounts[0].id = ID
      file.accounts[0].users.push(DANA)
      file.accounts[1].users = [{ ...DANA, role: 'owner' }]
    },
  })
  const mike = await openBrowser(world)
  await mike.signIn('mike@acme.test', 'mikes-password')
  const dana = await openBrowser(world)
  await dana.signIn(DANA.email, DANA.password)
  await dana.ask('POST', '/api/auth/organization/set-active', { organizationId: ID })
  await fill(world, mike)
  await fillOther(world)

  await t.test('every table of accounts has rows of it', async () => {
    const counts = await withDatabase(world, '*', countOfEach)
    const empty = Object.keys(counts).filter((table) => counts[table] === 0)
    assert.deepEqual(empty, [], 'fill these in fill(), so that this test covers them')
  })

  await t.test('the export has every row of every table, and no secret', async () => {
    const answer = await mike.ask('GET', '/api/v1/account/export')
    assert.equal(answer.status, 200)
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /^attachment; filename="textback-closing-hvac-7f3-.*json"$/,
    )
    const { tables, leftOut, complete } = answer.body
    assert.equal(complete, true)
    const counts = await withDatabase(world, '*', countOfEach)
    const found = Object.fromEntries(Object.keys(counts).map((table) => [table, tables[camelCase(table)]?.length]))
    // The export has an event about itself, written before its first row; others may follow.
    assert.deepEqual(found, counts)
    assert.equal(new Set(tables.contacts.map((contact: Json) => contact.id)).size, counts.contacts)
    assert.deepEqual(tables.accounts[0].name, 'Acme HVAC')
    assert.deepEqual(tables.users.map(({ email }: Json) => email).toSorted(), ['dana@acme.test', 'mike@acme.test'])
    assert.ok(tables.events.some((event: Json) => event.type === 'account.exported'))
    assert.deepEqual(leftOut, [
      'apiKeys.hash',
      'apiKeys.previousHash',
      'apiKeys.provisionedHash',
      'connections.secrets',
      'webhooks.secret',
      'webhooks.previousSecret',
      'passwords, sessions and sign-in links of people',
    ])
    const columns = Object.values<Json[]>(tables).flatMap((rows) => Object.keys(rows[0] ?? {}))
    assert.deepEqual(
      columns.filter((name) => /secret|hash|password|token|private|sealed/i.test(name)),
      [],
    )
    for (const secret of [KEY, 'mikes-password', '\\\\x', '@other', 'Other Plumbing'])
      assert.ok(!JSON.stringify(answer.body).includes(secret), secret)
    assert.match(tables.contacts[0].createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/)
  })

  const others = await withDatabase(world, '*', rowsOfOther)
  const ids = await withDatabase(world, '*', idsOfAccount)
  assert.ok(ids.length > 3 * MANY)
  assert.equal((await mike.ask('POST', '/api/v1/account/closing', { confirm: 'Acme HVAC' })).status, 200)

  await t.test('when the week is over its doors are shut', async () => {
    ahead = WEEK
    await runJob(world)
    await until(async () => (await withDatabase(world, '*', accountOf))?.erasing_since, 'the doors shut')
    assert.equal((await mike.ask('GET', '/api/v1/settings')).status, 401)
    assert.equal((await world.ask('GET', '/api/v1/settings')).status, 401)
    assert.equal((await mike.signIn('mike@acme.test', 'mikes-password')).status, 401)
    // Dana belongs to another business, and is now signed in there.
    assert.equal((await dana.ask('GET', '/api/v1/settings')).body.id, 'other')
    for (const hook of ['twilio', 'telnyx', 'generic'])
      await until(async () => {
        const connection = { twilio: 'main', telnyx: 'alt', generic: 'pbx' }[hook]
        const answer = await fetch(`${world.url}/hooks/${hook}/${ID}/${connection}/calls`, { method: 'POST' })
        return answer.status === 404
      }, `${hook} to be told that nobody is there`)
  })

  await t.test('continues after a crash in the middle', async () => {
    ahead = WEEK + 2 * MINUTE
    await withDatabase(world, '*', (client) =>
      client.query(`
        create function stumble() returns trigger language plpgsql as $$ begin raise exception 'stumbled'; end $$;
        create trigger stumble before delete on stages for each row execute function stumble()`),
    )
    await assert.rejects(async () => {
      for (;;) await closeAccount(world.app.world, { accountId: ID })
    }, /stumbled/)
    const left = await withDatabase(world, '*', countOfEach)
    assert.equal(left.messages, 0)
    assert.ok(left.stages! > 0)
    assert.ok(await withDatabase(world, '*', accountOf), 'the account itself goes last')
    await withDatabase(world, '*', (client) => client.query('drop function stumble cascade'))
    await until(async () => {
      await runJob(world)
      return (await withDatabase(world, '*', accountOf)) === undefined
    }, 'the account gone')
    await closeAccount(world.app.world, { accountId: ID })
  })

  await t.test('and then no row of any table mentions it', async () => {
    await until(
      () =>
        withDatabase(world, '*', async (client) => {
          const { rowCount } = await client.query("select from graphile_worker._private_jobs where key like 'close %'")
          return rowCount === 0
        }),
      'the last job done',
    )
    await withDatabase(world, '*', async (client) => {
      for (const table of await everyTable(client)) {
        // A row as text has all its columns, including search words and JSON.
        const { rows } = await client.query(`select r::text as row from ${table} r`)
        const text = rows.map(({ row }) => row).join('\n')
        assert.ok(!text.includes(ID), `${table} mentions the account`)
        const named = ids.filter((id) => text.includes(id))
        assert.deepEqual(named, [], `${table} mentions what was the account's`)
        assert.ok(!text.includes('mike@acme.test'), `${table} mentions who belongs to no account any more`)
      }
    })
  })

  await t.test('while the other account has every row as it was', async () => {
    const after = await withDatabase(world, '*', rowsOfOther)
    for (const table of Object.keys(others)) assert.deepEqual(after[table], others[table], table)
    const { data } = await world.api('GET', '/search?q=Robin', undefined, OTHER_KEY)
    assert.ok(
      JSON.stringify(data ?? (await world.api('GET', '/contacts?search=robin', undefined, OTHER_KEY))).includes(
        'Robin',
      ),
    )
    assert.equal((await dana.ask('GET', '/api/v1/settings')).body.id, 'other')
  })
})

type Browser = Awaited<ReturnType<typeof openBrowser>>

/** One of everything, made by the product; then many rows of the large tables. */
async function fill(world: World, mike: Browser): Promise<void> {
  await world.missedCall(CALLER, SALES)
  await world.textsOn(CALLER)
  const [call] = await world.callsFrom(CALLER)
  const contact = call.contactId as string
  await until(async () => (await world.api('GET', `/messages/${call.messageId}`)).status === 'delivered', 'delivery')
  await world.api('PATCH', `/contacts/${contact}`, { name: 'Kim Whitfield' })
  await mike.ask('POST', `/api/v1/contacts/${contact}/notes`, { body: 'Has a dog' })
  await mike.ask('POST', '/api/v1/canned-replies', { title: 'Hours', body: 'We open at 8.' })
  for (const list of ['opt-outs', 'exclusions', 'blocked'])
    await world.api('POST', `/${list}`, { phone: '+13125550155' })
  const invitation = { email: 'new@acme.test', role: 'member', organizationId: ID }
  assert.equal((await mike.ask('POST', '/api/auth/organization/invite-member', invitation)).status, 200)
  await mike.ask('POST', '/api/auth/request-password-reset', { email: 'mike@acme.test' })
  const webhook = await world.api('POST', '/webhooks', { url: 'http://127.0.0.1:9/', events: ['contact.created'] })
  await world.api('POST', `/webhooks/${webhook.id}/test`)
  const { id } = (await mike.ask('GET', '/api/v1/me')).body.user
  await mike.ask('PATCH', `/api/v1/conversations/${(await world.api('GET', '/conversations')).data[0].id}`, {
    assignedTo: id,
    snoozedUntil: new Date(Date.now() + 60 * MINUTE).toISOString(),
  })
  await withDatabase(world, '*', async (client) => {
    await client.query(
      `with c as (insert into contacts (id, account_id, name) select gen_random_uuid(), $1, 'Person ' || n from generate_series(1, $2) n returning id),
        v as (insert into conversations (id, account_id, contact_id, our_address) select gen_random_uuid(), $1, id, '${MAIN}' from c returning id, contact_id),
        k as (insert into calls (id, account_id, connection_id, carrier_call_id, number, from_phone, contact_id, mode, outcome, started_at)
          select gen_random_uuid(), $1, 'main', 'made up ' || contact_id, '${MAIN}', 'anonymous', contact_id, 'forward', 'missed', now() from v returning id, contact_id),
        l as (insert into call_legs (id, account_id, call_id, address, rang_at) select gen_random_uuid(), $1, id, '+12025550111', now() from k),
        m as (insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_address, to_address, body, segments, status, connection_id, call_id)
          select gen_random_uuid(), $1, v.id, v.contact_id, 'text_back', 'outbound', '${MAIN}', '+13125550199', 'Made up', 1, 'delivered', 'main', k.id
          from v join k using (contact_id))
      insert into events (id, account_id, type, contact_id) select gen_random_uuid(), $1, 'contact.created', id from c`,
      [ID, MANY],
    )
    // A text that waits for its slot, on a number that is gone.
    await client.query(
      `insert into waiting_texts (message_id, account_id, number, slot_at)
        select id, account_id, '+12025550199', now() from messages where account_id = $1 limit 1`,
      [ID],
    )
  })
}

async function fillOther(world: World): Promise<void> {
  const robin = await world.api('POST', '/contacts', { phone: '+13125550199', name: 'Robin' }, OTHER_KEY)
  await world.api('POST', '/leads', { contactId: robin.id }, OTHER_KEY)
  await world.api('POST', '/exclusions', { phone: '+13125550155' }, OTHER_KEY)
  await world.api('POST', '/opt-outs', { phone: '+13125550155' }, OTHER_KEY)
}

/** Makes the worker run the job now, by the database's clock. */
async function runJob(world: World): Promise<void> {
  await withDatabase(world, '*', (client) =>
    client.query('update graphile_worker._private_jobs set run_at = now() where key = $1', [`close ${ID}`]),
  )
}

async function accountOf(client: pg.Client): Promise<Json> {
  return (await client.query('select * from accounts where id = $1', [ID])).rows[0]
}

/** From the information schema and not from the product's list, to find a table that the list lacks. */
async function tablesOfAccounts(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    `select table_name from information_schema.columns
      where table_schema = 'textback' and column_name = 'account_id' and table_name <> 'sign_in_methods' order by 1`,
  )
  return rows.map((row) => row.table_name)
}

async function everyTable(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema in ('textback', 'graphile_worker') and table_type = 'BASE TABLE' order by 1`,
  )
  return rows.map((row) => row.name)
}

async function countOfEach(client: pg.Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of await tablesOfAccounts(client)) {
    const { rows } = await client.query(`select count(*)::int as n from ${table} where account_id = $1`, [ID])
    counts[table] = rows[0].n
  }
  return counts
}

async function idsOfAccount(client: pg.Client): Promise<string[]> {
  const all: string[] = []
  for (const table of await tablesOfAccounts(client)) {
    const { rows } = await client.query(
      `select to_jsonb(r) ->> 'id' as id from ${table} r where account_id = $1 and (to_jsonb(r) ->> 'id') ~ '^[0-9a-f-]{36}$'`,
      [ID],
    )
    all.push(...rows.map(({ id }) => id))
  }
  return all
}

/** Every row outside the account: the other account's, and those of people who belong to it. */
async function rowsOfOther(client: pg.Client): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  const ofAccounts = await tablesOfAccounts(client)
  for (const table of await tablesOf(client)) {
    const whose = ofAccounts.includes(table)
      ? 'account_id <> $1'
      : table === 'accounts'
        ? 'id <> $1'
        : table === 'users'
          ? "email <> 'mike@acme.test' and $1 <> ''"
          : table === 'sign_in_methods'
            ? "user_id in (select id from users where email <> 'mike@acme.test') and $1 <> ''"
            : table === 'contact_words'
              ? 'contact_id in (select id from contacts where account_id <> $1)'
              : null
    if (!whose) continue
    // The request just used Dana's key; the time does not matter here.
    const { rows } = await client.query(
      `select (to_jsonb(r) - 'last_used_at')::text as row from ${table} r where ${whose} order by 1`,
      [ID],
    )
    all[table] = rows.map(({ row }) => row)
  }
  return all
}

const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

test('a contact is erased: no column of any table has a trace of it', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true })
  const { api } = world
  const [phone, second, former, merged, moved] = [55, 56, 57, 58, 59].map((n) => `+131255501${n}`) as [
    string,
    string,
    string,
    string,
    string,
  ]
  const receiver = await startReceiver(t)
  const events = ['list.added', 'opt_out.added', 'message.received', 'contact.updated', 'contact.merged', 'lead.lost']
  await api('POST', '/webhooks', { url: receiver.url, events })

  // Known by its phones only, before there is a contact.
  for (const one of [phone, moved]) {
    await api('POST', '/blocked', { phone: one, note: 'Zebulon rings at night' })
    await api('DELETE', `/blocked/${encodeURIComponent(one)}`)
    await api('POST', '/opt-outs', { phone: one, note: 'Zebulon asked for it' })
    await api('DELETE', `/opt-outs/${encodeURIComponent(one)}`)
  }
  await api('POST', '/opt-outs', { phone: former })
  await api('DELETE', `/opt-outs/${encodeURIComponent(former)}`)

  // Called, texted, answered, and known by name.
  for (const one of [phone, former, merged]) {
    await world.missedCall(one, MAIN)
    await world.textsOn(one)
    await world.network('POST', '/messages', { from: one, to: MAIN, body: 'The purple boiler leaks' })
  }
  const contactOf = async (one: string): Promise<string> => (await world.callsFrom(one))[0].contactId
  const contact = await contactOf(phone)
  await api('PATCH', `/contacts/${contact}`, {
    name: 'Zebulon Quist',
    email: 'zebulon@example.com',
    addTags: ['quistish'],
    fields: { gate: 'Zebulons gate' },
    addAddresses: [{ address: second, label: 'Quist at home' }],
  })
  await until(
    async () => (await api('GET', '/messages')).data.filter((m: Json) => m.kind === 'inbound').length === 3,
    'texts',
  )
  await api('PATCH', `/contacts/${await contactOf(merged)}`, { name: 'Zeb Quist' })
  await api('POST', `/contacts/${contact}/merge`, { otherId: await contactOf(merged) })
  await api('POST', `/contacts/${contact}/merge`, { otherId: await contactOf(former) })
  await api('PATCH', `/contacts/${contact}`, { removeAddresses: [former] })
  await api('POST', `/contacts/${contact}/notes`, { body: 'Zebulon has the purple boiler' })
  const conversation = (await api('GET', `/conversations?contactId=${contact}`)).data[0]
  await api('POST', '/messages', { conversationId: conversation.id, body: 'On our way to the purple boiler' })
  await api('PATCH', `/conversations/${conversation.id}`, {
    snoozedUntil: new Date(Date.now() + 60 * MINUTE).toISOString(),
  })
  const lead = (await api('GET', `/leads?contactId=${contact}&status=open`)).data[0]
  await api('PATCH', `/leads/${lead.id}`, { status: 'lost', reason: 'Zebulon sold the boiler' })
  // A phone that was another's before.
  const other = await api('POST', '/contacts', { phone: moved, name: 'Robin' })
  await api('POST', '/opt-outs', { phone: moved })
  await api('DELETE', `/opt-outs/${encodeURIComponent(moved)}`)
  await api('PATCH', `/contacts/${other.id}`, { phone: '+13125550160' })
  await api('PATCH', `/contacts/${contact}`, { addAddresses: [{ address: moved }] })
  // In force beyond the erasure.
  await api('POST', '/opt-outs', { phone: second, note: 'Zebulon wants no texts there' })
  await api('POST', '/exclusions', { phone: merged, note: 'Zebulon is family' })
  const delivered = async () =>
    (await withDatabase(world, '*', (client) =>
      client.query("select from webhook_deliveries where state <> 'delivered'"),
    ))!.rowCount === 0
  await until(delivered, 'the deliveries')

  const phones = [phone, second, former, merged, moved]
  const signs = [...phones.map((one) => one.slice(2)), 'zeb', 'quist', 'purple', 'boiler']
  /** Each place with a trace, as `table: sign`. */
  const traces = () =>
    withDatabase(world, '*', async (client) => {
      const found: string[] = []
      for (const table of await everyTable(client)) {
        const { rows } = await client.query(`select r::text as row from ${table} r`)
        for (const sign of signs)
          for (const { row } of rows) if (row.toLowerCase().includes(sign)) found.push(`${table}: ${sign}`)
      }
      return [...new Set(found)].toSorted()
    })
  const before = await traces()
  for (const table of [
    'calls',
    'contacts',
    'contact_words',
    'conversations',
    'events',
    'leads',
    'message_words',
    'messages',
    'notes',
    'webhook_deliveries',
  ])
    assert.ok(
      before.some((trace) => trace.startsWith(`textback.${table}:`)),
      `${table} has a trace before`,
    )

  const auditedBefore = (await api('GET', '/audit?limit=200')).data.length
  await api('DELETE', `/contacts/${contact}`)
  assert.deepEqual(await traces(), [
    `textback.listed_addresses: ${merged.slice(2)}`,
    `textback.opt_outs: ${second.slice(2)}`,
  ])

  await t.test('and what was done about its phones is still in the audit log, without them', async () => {
    const { data } = await api('GET', '/audit?limit=200')
    const about = (type: string) => data.filter((event: Json) => event.type === type)
    assert.deepEqual(
      about('list.added').map((event: Json) => event.data.phone),
      ['erased', 'erased', 'erased'],
    )
    assert.ok(auditedBefore > data.length, 'what was on its timeline is gone')
  })

  await t.test('and the other person who had one of them keeps everything else', async () => {
    assert.partialDeepStrictEqual(await api('GET', `/contacts/${other.id}`), { name: 'Robin', phone: '+13125550160' })
    const { data } = await api('GET', `/contacts/${other.id}/events`)
    assert.deepEqual(
      data.filter((event: Json) => event.type === 'opt_out.added').map((event: Json) => event.data.phone),
      ['erased'],
    )
  })
})
