import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDatabase } from '../rows.ts'
import { signedHooks } from '../signed.ts'
import { CALLER, type Json, startWorld, WORKSHOP } from '../world.ts'

const HEAD = 'started (America/New_York),from,name,number,outcome,why,ring seconds,talk seconds,text back,reason'

/** More than the file's limit; it is made of pages of 1,000. */
const MANY = 10_020

test('the call log as CSV', async (t) => {
  const world = await startWorld(t)
  const hooks = signedHooks(world)
  const csv = async (query = '') => {
    const { status, headers, body } = await world.ask('GET', `/api/v1/calls.csv${query}`)
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal(headers.get('content-disposition'), 'attachment; filename="calls.csv"')
    const [head, ...lines] = (body as string).split('\r\n')
    assert.equal(lines.pop(), '', 'the last line is ended too')
    return { head, lines }
  }
  const report = (id: string, startedAt: string) =>
    hooks.generic({
      id,
      from: CALLER,
      to: WORKSHOP,
      started_at: startedAt,
      ended_at: new Date(Date.parse(startedAt) + 20_000).toISOString(),
      outcome: 'missed',
    })

  await t.test('names its columns when there is no call', async () => {
    assert.deepEqual(await csv(), { head: HEAD, lines: [] })
  })

  await t.test('says each call in one line, and nothing that a spreadsheet would run', async () => {
    await report('one', '2026-11-20T22:00:25Z')
    const { contactId } = await world.decided(CALLER)
    await world.api('PATCH', `/contacts/${contactId}`, { name: '=HYPERLINK("http://x"),"Dana"' })
    const { head, lines } = await csv()
    assert.equal(head, HEAD)
    const name = `"'=HYPERLINK(""http://x""),""Dana"""`
    assert.deepEqual(lines, [
      `2026-11-20 17:00:25,'${CALLER},${name},'${WORKSHOP},missed,no_answer,20,,skip,${(await world.decided(CALLER)).decision.reason}`,
    ])
  })

  await t.test('has the clock on the business’s wall, also where that is changed', async () => {
    // In the account's zone the clock goes from 2:00 to 3:00 in March, and in November from 2:00 back to 1:00.
    const times = [
      ['2026-03-08T06:59:59Z', '2026-03-08 01:59:59'],
      ['2026-03-08T07:00:00Z', '2026-03-08 03:00:00'],
      ['2026-11-01T05:30:00Z', '2026-11-01 01:30:00'],
      ['2026-11-01T06:30:00Z', '2026-11-01 01:30:00'],
      ['2026-11-01T04:00:00Z', '2026-11-01 00:00:00'],
    ] as const
    for (const [at] of times) await report(at, at)
    const started = async () => (await csv()).lines.map((line) => line.split(',')[0])
    assert.deepEqual(
      (await started()).slice(0, times.length),
      times.map(([, there]) => there).toReversed(),
      'the last reported first',
    )
    await world.api('PATCH', '/settings', { timezone: 'Asia/Kolkata' })
    assert.match((await csv()).head!, /^started \(Asia\/Kolkata\),from,/)
    assert.equal((await started()).at(-1), '2026-11-21 03:30:25')
    await world.api('PATCH', '/settings', { timezone: 'America/New_York' })
  })

  await t.test('of more calls than it may hold has the newest, each once, in their order', async () => {
    await withDatabase(world, 'acme', (client) =>
      client.query(
        `insert into textback.calls (id, account_id, connection_id, carrier_call_id, number, from_phone, mode, outcome, started_at)
           select ('ffffffff-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, account_id, connection_id, 'many ' || i, number,
             'anonymous', mode, case when i % 2 = 0 then 'missed' else 'answered' end, '2026-11-20T05:00:00Z'::timestamptz + i * interval '1 s'
           from textback.calls, generate_series(1, ${MANY}) i where carrier_call_id = 'one'`,
      ),
    )
    const startOf = (i: number) => new Date(Date.parse('2026-11-20T00:00:00Z') + i * 1000).toISOString()
    const newest = Array.from({ length: MANY }, (_, i) =>
      startOf(MANY - i)
        .slice(0, 19)
        .replace('T', ' '),
    )
    const started = async (query?: string) => (await csv(query)).lines.map((line) => line.split(',')[0])
    assert.deepEqual(await started(), newest.slice(0, 10_000))
    assert.deepEqual(
      await started('?outcome=missed&from=anonymous'),
      newest.filter((_, i) => i % 2 === 0),
      'all that were asked for, five pages and a piece',
    )
    const { data }: Json = await world.api('GET', '/calls?limit=1')
    assert.equal(data[0].startedAt, '2026-11-20T07:47:00.000Z')
  })
})
