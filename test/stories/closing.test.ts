import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mail } from '../../src/mail.ts'
import { withDatabase } from '../rows.ts'
import { openBrowser } from '../session.ts'
import { CALLER, type Json, MAIN, MIKE, startWorld, until } from '../world.ts'

const DAY = 86_400_000
const WEEK = 7 * DAY

const PEOPLE = [
  { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'owner' },
  { email: 'lee@acme.test', name: 'Lee', password: 'lees-password', role: 'member' },
]

test('an owner closes the business, and keeps it after all', async (t) => {
  const mails: Mail[] = []
  const world = await startWorld(t, {
    mikeSignsIn: true,
    provision: (file) => file.accounts[0].users.push(...PEOPLE),
    mail: { send: async (mail) => void mails.push(mail) },
  })
  const as = async (email: string, password: string) => {
    const browser = await openBrowser(world)
    await browser.signIn(email, password)
    return browser
  }
  const mike = await as('mike@acme.test', 'mikes-password')
  const lee = await as('lee@acme.test', 'lees-password')
  const close = (confirm: string) => mike.ask('POST', '/api/v1/account/closing', { confirm })
  const audited = async () =>
    (await world.api('GET', '/audit')).data.map((event: Json) => `${event.actor} ${event.type}`)

  await t.test('nobody else can, and a wrong name does nothing', async () => {
    const byKey = await world.ask('POST', '/api/v1/account/closing', { confirm: 'Acme HVAC' })
    assert.deepEqual([byKey.status, byKey.body.title], [403, 'Only a person can do this'])
    assert.equal((await world.ask('DELETE', '/api/v1/account/closing')).status, 403)
    const byMember = await lee.ask('POST', '/api/v1/account/closing', { confirm: 'Acme HVAC' })
    assert.deepEqual([byMember.status, byMember.body.title], [403, 'Only an owner can do this'])
    for (const name of ['', 'acme hvac', 'Other Plumbing']) {
      const wrong = await close(name)
      assert.equal(wrong.status, 400)
      assert.deepEqual(wrong.body.errors, [{ field: 'confirm', message: 'must be Acme HVAC' }])
    }
    assert.equal((await world.api('GET', '/account/closing')).closingAt, null)
    assert.deepEqual(mails, [])
  })

  await t.test('with its name it waits a week, which everybody sees and the owners are told', async () => {
    // This text was about to be sent.
    await world.network('POST', '/faults/next', { what: 'status429' })
    const queued = await world.api('POST', '/messages', { to: '+13125550177', body: 'See you at five' })
    await until(
      async () => (await world.api('GET', `/messages/${queued.id}`)).status === 'queued' && (await wasAsked(queued.id)),
      'a first try',
    )
    const begun = await close('  Acme HVAC ')
    assert.equal(begun.status, 200, JSON.stringify(begun.body))
    const inDays = (Date.parse(begun.body.closingAt) - Date.now()) / DAY
    assert.ok(inDays > 6.99 && inDays <= 7, `${inDays}`)
    const told = await lee.ask('GET', '/api/v1/account/closing')
    assert.deepEqual(told.body, { closingAt: begun.body.closingAt, by: 'Mike', waitingDays: 7 })
    assert.deepEqual(mails.map(({ to }) => to).toSorted(), ['dana@acme.test', 'mike@acme.test'])
    assert.equal(mails[0]!.subject, 'Acme HVAC is being closed')
    assert.match(mails[0]!.text, new RegExp(`^Mike asked to close .*${world.url}/settings/closing$`, 's'))
    assert.ok((await audited()).includes('Mike account.closing'))
    // A second request changes no date and sends no second mail.
    assert.equal((await close('Acme HVAC')).body.closingAt, begun.body.closingAt)
    assert.equal(mails.length, 2)
    const refused = await until(async () => {
      const message = await world.api('GET', `/messages/${queued.id}`)
      return message.status === 'refused' && message
    }, 'the queued text refused')
    assert.equal(refused.trouble.code, 'account_closing')
  })

  await t.test('meanwhile calls ring and are in the log, and no text leaves', async () => {
    const call = await world.ringing(CALLER, MAIN, MIKE)
    await world.network('POST', `/calls/${call}/hangup`, {})
    const { outcome, decision, contactId } = await world.decided(CALLER)
    assert.deepEqual([outcome, decision.action, decision.reason], ['missed', 'skip', 'account_closing'])
    assert.equal(
      decision.checks.find((check: Json) => !check.passed).sentence,
      'The business is being closed, so no text leaves.',
    )
    assert.equal((await world.api('GET', `/leads?contactId=${contactId}`)).data.length, 1)
    const sent = await lee.ask('POST', '/api/v1/messages', { to: CALLER, body: 'Hello' })
    assert.deepEqual([sent.status, sent.body.errors], [422, [{ field: 'body', message: 'account_closing' }]])
    assert.match(sent.body.detail, /An owner can keep the business/)
    const asked = { number: MAIN, from: '+13125550144' }
    assert.equal((await world.api('POST', '/decisions/preview', asked)).reason, 'account_closing')
    // Not even the answer to a STOP, which is in force anyway.
    await world.network('POST', '/messages', { from: CALLER, to: MAIN, body: 'STOP' })
    await until(async () => (await world.api('GET', '/opt-outs')).data.length === 1, 'the opt-out')
    const { data } = await world.api('GET', `/messages?contactId=${contactId}`)
    const answer = data.find((message: Json) => message.kind === 'confirmation')
    if (answer)
      await until(async () => (await world.api('GET', `/messages/${answer.id}`)).status === 'refused', 'no answer')
    assert.deepEqual(await world.textsSentTo(CALLER), [])
  })

  await t.test('kept by another owner, it texts as before', async () => {
    mails.length = 0
    const dana = await as('dana@acme.test', 'danas-password')
    assert.equal((await lee.ask('DELETE', '/api/v1/account/closing')).status, 403)
    assert.equal((await dana.ask('DELETE', '/api/v1/account/closing')).status, 204)
    assert.equal((await dana.ask('DELETE', '/api/v1/account/closing')).status, 204)
    assert.equal((await world.api('GET', '/account/closing')).closingAt, null)
    assert.deepEqual([mails.length, mails[0]!.subject], [2, 'Acme HVAC stays'])
    assert.equal((await audited()).filter((event: string) => event === 'Dana account.kept').length, 1)
    await world.missedCall('+13125550145', MAIN)
    assert.equal((await world.textsOn('+13125550145')).length, 1)
    // The first closing's job finds nothing to do, whenever it runs.
    await withDatabase(world, '*', (client) =>
      client.query("update graphile_worker._private_jobs set run_at = now() where key = 'close acme'"),
    )
    await until(
      () =>
        withDatabase(world, '*', async (client) => {
          const { rowCount } = await client.query("select from graphile_worker._private_jobs where key = 'close acme'")
          return rowCount === 0
        }),
      'the job done',
    )
    assert.equal((await world.api('GET', '/settings')).id, 'acme')
  })

  function wasAsked(id: string): Promise<boolean> {
    return withDatabase(world, '*', async (client) => {
      const { rows } = await client.query('select attempts from messages where id = $1', [id])
      return rows[0].attempts > 0
    })
  }
})

test('the job of a clock that is behind waits for the day', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true, now: () => new Date(Date.now() - WEEK) })
  const mike = await openBrowser(world)
  await mike.signIn('mike@acme.test', 'mikes-password')
  // It is due at once by the database's clock.
  assert.equal((await mike.ask('POST', '/api/v1/account/closing', { confirm: 'Acme HVAC' })).status, 200)
  await until(
    () =>
      withDatabase(world, '*', async (client) => {
        const { rows } = await client.query(
          "select attempts, run_at > now() - interval '1 minute' as again from graphile_worker._private_jobs where key = 'close acme'",
        )
        return rows[0]?.again
      }),
    'the job there again',
  )
  assert.equal((await world.api('GET', '/settings')).id, 'acme')
})
