import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { makeApp } from '../src/app.ts'
import { saveProvisionedKey } from '../src/store/accounts/apiKeys.ts'
import { asPlatform, openDatabase } from '../src/store/db.ts'
import { startEmbedded } from '../src/store/embedded.ts'
import { createDefaultPipeline } from '../src/store/leads/leads.ts'
import { makeVendors } from '../src/vendors/vendors.ts'

/**
 * npm run bench:screens: how soon the API answers the requests of the screens when a business has 100,000 conversations
 * and 1,000,000 messages. A neighbour has a fifth of that, so that the account filter matters. Prints p50 and p95 of
 * each request beside a bare `select 1` through the same server, and marks what is slower than 100 ms.
 */

const CONVERSATIONS = 100_000
const MESSAGES_EACH = 10
const REQUESTS = 60
const SLOW_MS = 100
const KEY = 'tb_key_of_the_screens_bench'
const PORT = 3390

const folder = mkdtempSync(join(tmpdir(), 'textback-bench-'))
// As root, PostgreSQL runs as another user, who must be able to enter the folder.
chmodSync(folder, 0o711)
const embedded = await startEmbedded({ dataDir: folder, log: () => {} })
const db = await openDatabase(embedded.config)
const { vendors, close } = makeVendors()
const app = await makeApp({
  db,
  vendors,
  log: pino({ level: 'error' }),
  publicUrl: `http://127.0.0.1:${PORT}`,
  secretKey: 'a key of thirty-two characters!!',
  provision: null,
  allowApiUrl: false,
})

const admin = new pg.Client({ ...embedded.superuser, database: embedded.config.database })
await admin.connect()
try {
  await asPlatform(db, async (tx) => {
    for (const id of ['big', 'neighbour']) {
      await tx.insertInto('accounts').values({ id, slug: id, name: id }).execute()
      await createDefaultPipeline(tx, id)
    }
    await saveProvisionedKey(tx, 'big', { name: 'bench', key: KEY, scope: 'admin', expiresAt: null })
  })
  const began = performance.now()
  await fill(admin, 'big', CONVERSATIONS)
  await fill(admin, 'neighbour', CONVERSATIONS / 5)
  await admin.query('vacuum analyze')
  console.log(
    `${CONVERSATIONS} conversations and ${CONVERSATIONS * MESSAGES_EACH} messages, beside a neighbour, made in ${((performance.now() - began) / 1000).toFixed(0)} s\n`,
  )
  await app.start({ host: '127.0.0.1', port: PORT })
  await measure(admin)
} finally {
  await admin.end()
  await app.stop()
  await close()
  await embedded.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Writes a year of a busy business. Triggers are off: nobody listens yet. Names and words repeat as real ones do. */
async function fill(admin: pg.Client, account: string, conversations: number): Promise<void> {
  await admin.query("set session_replication_role = 'replica'; set search_path = textback")
  const at = `'${new Date().toISOString()}'::timestamptz - (i * interval '300 seconds')`
  await admin.query(`create or replace function bench_id(at timestamptz, seed text) returns uuid language sql immutable as $$
    select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7' || substr(m, 1, 3) || '-8' || substr(m, 4, 3) || '-' || substr(m, 7, 12))::uuid
    from (select lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as h, md5(seed) as m) x $$`)
  const id = (kind: string, n: string) => `bench_id(${at}, '${account} ${kind} ' || ${n})`
  const names = `(array['Dana','Luis','Priya','Tom','Renee','Omar','Grace','Ivan','Mei','Carla'])[1 + i % 10] || ' ' ||
    (array['Whitfield','Ortega','Nair','Becker','Castillo','Haddad','Liu','Petrov','Okafor','Silva','Moore'])[1 + (i / 10) % 11] || i`
  const words = `(array['the furnace stopped','ac is leaking water','can someone come today','quote for a heat pump','thank you',
    'what time tomorrow','is the price fixed','my address is maple street','please call me','no heat since tuesday'])[1 + (i * 7 + j) % 10]`
  const phone = `'+1' || (2025550000 + i)::text`
  const statements = [
    `insert into contacts (id, account_id, name, created_at, updated_at)
      select ${id('contact', 'i')}, '${account}', ${names}, ${at}, ${at} from generate_series(1, ${conversations}) i`,
    `insert into contact_addresses (account_id, contact_id, address)
      select '${account}', ${id('contact', 'i')}, ${phone} from generate_series(1, ${conversations}) i`,
    `insert into conversations (id, account_id, contact_id, our_address, status, unread, waiting_since, last_message_at, last_message_preview, created_at, updated_at)
      select ${id('conversation', 'i')}, '${account}', ${id('contact', 'i')}, '+12025550100', case when i % 5 = 0 then 'closed' else 'open' end,
        (i % 7 = 0)::int, case when i % 50 = 0 then ${at} end, ${at}, 'thank you', ${at}, ${at} from generate_series(1, ${conversations}) i`,
    `insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_address, to_address, body, segments, status, connection_id, carrier_message_id, created_at, accepted_at)
      select ${id('message', "i || ' ' || j")}, '${account}', ${id('conversation', 'i')}, ${id('contact', 'i')},
        case when j % 2 = 0 then 'inbound' when j = 1 then 'text_back' else 'reply' end, case when j % 2 = 0 then 'inbound' else 'outbound' end,
        ${phone}, '+12025550100', ${words} || ' ' || i, 1, case when j % 2 = 0 then 'received' else 'delivered' end, 'main',
        '${account}' || i || '-' || j, ${at} + j * interval '20 seconds', ${at} + j * interval '20 seconds'
      from generate_series(1, ${conversations}) i, generate_series(1, ${MESSAGES_EACH}) j`,
    `insert into calls (id, account_id, connection_id, carrier_call_id, number, from_phone, contact_id, mode, outcome, started_at, rang_until, ended_at, decided_at, decision, message_id)
      select ${id('call', 'i')}, '${account}', 'main', 'CA' || i, '+12025550100', ${phone}, ${id('contact', 'i')}, 'forward',
        case when i % 4 = 0 then 'answered' else 'missed' end, ${at}, ${at} + interval '18 seconds', ${at} + interval '18 seconds', ${at},
        case when i % 4 = 0 then '{"action":"skip","reason":"answered","checks":[]}'::jsonb else '{"action":"send","reason":"missed_call","checks":[]}'::jsonb end,
        case when i % 4 = 0 then null else ${id('message', "i || ' 1'")} end from generate_series(1, ${conversations}) i`,
    `insert into leads (id, account_id, contact_id, pipeline_id, stage_id, status, value_cents, created_at, updated_at, closed_at)
      select ${id('lead', 'i')}, '${account}', ${id('contact', 'i')}, s.pipeline_id, s.id, case when i % 10 = 0 then 'won' when i % 10 = 1 then 'lost' else 'open' end,
        (i % 90) * 10000, ${at}, ${at}, case when i % 10 < 2 then ${at} end
      from generate_series(1, ${conversations}) i join (select *, row_number() over (order by position) - 1 as n from stages where account_id = '${account}') s on s.n = i % 4`,
  ]
  statements.push(
    `insert into message_words select id, array_to_tsvector(array['@' || account_id]) || to_tsvector('simple', plain_words(body)) from messages where account_id = '${account}'`,
    `insert into contact_words select id, contact_search_words(contacts) from contacts where account_id = '${account}'`,
  )
  for (const statement of statements) await admin.query(statement)
  await admin.query("set session_replication_role = 'origin'")
}

async function measure(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query(
    "select c.id as contact, v.id as conversation, l.stage_id as stage from textback.contacts c join textback.conversations v on v.contact_id = c.id join textback.leads l on l.contact_id = c.id where c.account_id = 'big' and l.status = 'open' limit 1",
  )
  const { contact, stage } = rows[0]
  const page = await get('/conversations?view=open&limit=100')
  const questions: [string, string][] = [
    ['Today', '/today'],
    ['inbox, first page', '/conversations?view=open&limit=100'],
    ['inbox, second page', `/conversations?view=open&limit=100&cursor=${page.nextCursor}`],
    ['inbox, waiting', '/conversations?view=waiting&limit=100'],
    ['inbox, unread', '/conversations?view=unread&limit=100'],
    ['inbox, snoozed (none)', '/conversations?view=snoozed&limit=100'],
    ['inbox, mine (none)', '/conversations?view=mine&limit=100'],
    ['inbox, closed', '/conversations?view=closed&limit=100'],
    ['inbox counts', '/conversations/counts'],
    ['timeline', `/contacts/${contact}/timeline?limit=50`],
    ['search, a common word', '/search?q=furnace'],
    ['search, a rare word', '/search?q=77777'],
    ['search, two words', '/search?q=dana%20whit'],
    ['search, one letter', '/search?q=d'],
    ['search, a phone', '/search?q=(202)%20562-5550'],
    ['search, nothing like it', '/search?q=zeppelin'],
    ['board', '/leads/board'],
    ['leads, totals', '/leads/totals?status=open'],
    ['board, a column', `/leads?stageId=${stage}&status=open&limit=50`],
    ['leads, searched', '/leads?search=priya&limit=50'],
    ['contacts, searched', '/contacts?search=omar&limit=50'],
    ['calls', '/calls?limit=50'],
    ['calls, not texted', '/calls?limit=50&action=skip'],
    ['calls, a reason nobody has', '/calls?limit=50&reason=landline'],
  ]
  const floor = await timed('/healthz', true)
  console.log(
    `${'question'.padEnd(30)}${'p50'.padStart(9)}${'p95'.padStart(9)}   p95 in units of select 1 (${floor.p95.toFixed(1)} ms)`,
  )
  for (const [name, path] of questions) {
    const { p50, p95 } = await timed(path)
    console.log(
      `${name.padEnd(30)}${`${p50.toFixed(1)} ms`.padStart(9)}${`${p95.toFixed(1)} ms`.padStart(9)}   ×${(p95 / floor.p95).toFixed(0)}${p95 > SLOW_MS ? '  SLOW' : ''}`,
    )
  }
}

async function timed(path: string, bare = false): Promise<{ p50: number; p95: number }> {
  const times: number[] = []
  for (let i = 0; i < REQUESTS; i++) {
    const began = performance.now()
    await get(path, bare)
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  return { p50: times[Math.floor(REQUESTS * 0.5)]!, p95: times[Math.floor(REQUESTS * 0.95)]! }
}

// biome-ignore lint/suspicious/noExplicitAny: the bench looks at one field of one answer
async function get(path: string, bare = false): Promise<any> {
  const answer = await fetch(`http://127.0.0.1:${PORT}${bare ? '' : '/api/v1'}${path}`, {
    headers: { authorization: `Bearer ${KEY}` },
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
