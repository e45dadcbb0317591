import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../src/config.ts'
import { withDatabase } from '../rows.ts'
import { linkTo, openBrowser } from '../session.ts'
import { type Json, startWorld, type World } from '../world.ts'

const MIKE = ['mike@acme.test', 'mikes-password'] as const
const MINUTE = 60_000

const signedIn = async (world: World, [email, password]: readonly [string, string] = MIKE) => {
  const browser = await openBrowser(world)
  assert.equal((await browser.signIn(email, password)).status, 200)
  return browser
}

async function resetLink(world: World): Promise<string> {
  const browser = await openBrowser(world)
  const asked = await browser.ask('POST', '/api/auth/request-password-reset', { email: MIKE[0] })
  assert.equal(asked.status, 200)
  return linkTo(world, MIKE[0]).searchParams.get('token') ?? ''
}

const isIn = async (browser: Awaited<ReturnType<typeof openBrowser>>) =>
  (await browser.ask('GET', '/api/v1/settings')).status === 200

test('a new password ends what the old one opened', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true })
  const follow = (link: string | null) => fetch(link ?? '', { redirect: 'manual' })

  await t.test('chosen by a link in a mail: every session, every other link, every sign-in link', async () => {
    const before = [await signedIn(world), await signedIn(world)]
    const [first, second] = [await resetLink(world), await resetLink(world)]
    const signInLink = await world.app.signInLink(MIKE[0])
    const browser = await openBrowser(world)
    const reset = (token: string, newPassword: string) =>
      browser.ask('POST', '/api/auth/reset-password', { token, newPassword })
    for (const weak of ['short', 'password123', 'mike@acme.test']) {
      const { status, body } = await reset(second, weak)
      assert.deepEqual([status, body.errors[0].field], [400, 'newPassword'])
    }
    assert.equal((await reset(second, 'mikes-second-password')).status, 200)
    for (const browser of before) assert.equal(await isIn(browser), false)
    for (const token of [first, second]) assert.equal((await reset(token, 'a-thiefs-password')).status, 400)
    assert.match((await follow(signInLink)).headers.get('location') ?? '', /error=INVALID_TOKEN/)
    assert.equal((await browser.signIn(...MIKE)).status, 401)
    await signedIn(world, [MIKE[0], 'mikes-second-password'])
    assert.match(world.mails.at(-1)?.text ?? '', /Your password was changed/)
  })

  await t.test('changed while signed in: the same, whatever the page asks for', async () => {
    const old = [MIKE[0], 'mikes-second-password'] as const
    const [here, there] = [await signedIn(world, old), await signedIn(world, old)]
    const token = await resetLink(world)
    const signInLink = await world.app.signInLink(MIKE[0])
    const change = (newPassword: string) =>
      here.ask('POST', '/api/auth/change-password', {
        currentPassword: old[1],
        newPassword,
        revokeOtherSessions: false,
      })
    assert.equal((await change('iloveyou')).body.errors[0].field, 'newPassword')
    assert.equal((await change('mikes-third-password')).status, 200)
    assert.equal(await isIn(here), true)
    assert.equal(await isIn(there), false)
    const reset = await there.ask('POST', '/api/auth/reset-password', { token, newPassword: 'a-thiefs-password' })
    assert.equal(reset.status, 400)
    assert.match((await follow(signInLink)).headers.get('location') ?? '', /error=INVALID_TOKEN/)
  })

  await t.test('by the provisioning file: the same; and a common one is refused there', async () => {
    const mike = await signedIn(world, [MIKE[0], 'mikes-third-password'])
    const token = await resetLink(world)
    const signInLink = await world.app.signInLink(MIKE[0])
    await assert.rejects(
      world.provision((file) => {
        file.accounts[0].users[0].password = 'password1'
      }),
      /accounts\[0\]\.users\[0\]\.password: is too common or too close to your name/,
    )
    assert.equal(await isIn(mike), true)
    await world.provision((file) => {
      file.accounts[0].users[0].password = 'mikes-fourth-password'
    })
    assert.equal(await isIn(mike), false)
    const reset = await mike.ask('POST', '/api/auth/reset-password', { token, newPassword: 'a-thiefs-password' })
    assert.equal(reset.status, 400)
    assert.match((await follow(signInLink)).headers.get('location') ?? '', /error=INVALID_TOKEN/)
  })

  await t.test('a link for a new password is not mailed to strangers, nor more than five times an hour', async () => {
    const stranger = await openBrowser(world)
    const before = world.mails.length
    for (const email of ['nobody@example.com', 'nobody@acme.test']) {
      const { status, body } = await stranger.ask('POST', '/api/auth/request-password-reset', { email })
      assert.deepEqual([status, body.status], [200, true])
    }
    assert.equal(world.mails.length, before)
    for (let i = 0; i < 6; i++)
      await stranger.ask('POST', '/api/auth/request-password-reset', { email: 'mike@acme.test' })
    assert.ok(world.mails.length - before <= 5)
  })

  await t.test('a sign-in link is for users only, and nobody can ask for one by mail', async () => {
    const before = world.mails.length
    assert.equal(await world.app.signInLink('nobody@example.com'), null)
    const stranger = await openBrowser(world)
    for (const email of ['mike@acme.test', 'nobody@example.com'])
      assert.equal((await stranger.ask('POST', '/api/auth/sign-in/magic-link', { email })).status, 404)
    assert.equal(world.mails.length, before)
  })
})

test('a stolen database signs nobody in', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true })
  const mike = await signedIn(world)
  const other = await signedIn(world)
  const link = await resetLink(world)
  const signInLink = (await world.app.signInLink(MIKE[0])) ?? ''
  const stolen = await withDatabase(world, '*', async (db) =>
    JSON.stringify([
      (await db.query('select * from sessions')).rows,
      (await db.query('select * from verifications')).rows,
      (await db.query('select * from sign_in_methods')).rows,
    ]),
  )
  const cookie = decodeURIComponent(mike.cookies.get('textback.session_token') ?? '').split('.')[0] ?? ''
  assert.ok(cookie.length > 20)
  for (const secret of [cookie, link, new URL(signInLink).searchParams.get('token') ?? '', MIKE[1]])
    assert.ok(secret.length > 10 && !stolen.includes(secret), secret)

  await t.test('people still see their sessions, and end one or all others', async () => {
    const third = await signedIn(world)
    const list = async () => (await mike.ask('GET', '/api/auth/list-sessions')).body
    const own = (await mike.ask('GET', '/api/auth/get-session')).body.session
    const shown = await list()
    assert.equal(shown.length, 3)
    assert.ok(!JSON.stringify(shown).includes(cookie))
    const others = shown.filter(({ id }: Json) => id !== own.id)
    assert.equal((await mike.ask('POST', '/api/auth/revoke-session', { token: others[0].token })).status, 200)
    assert.deepEqual([await isIn(mike), [await isIn(other), await isIn(third)].toSorted()], [true, [false, true]])
    assert.equal((await mike.ask('POST', '/api/auth/revoke-other-sessions', {})).status, 200)
    assert.deepEqual([await isIn(mike), await isIn(other), await isIn(third)], [true, false, false])
    // Nobody ends another's.
    const dana = await openBrowser(world)
    await dana.ask('POST', '/api/auth/revoke-session', { token: own.token })
    assert.equal(await isIn(mike), true)
  })

  await t.test('what it holds of a token does not work as one', async () => {
    const [{ token }] = (await mike.ask('GET', '/api/auth/list-sessions')).body
    const signature = (mike.cookies.get('textback.session_token') ?? '').split('.').slice(1).join('.')
    for (const value of [token, `${token}.${signature}`]) {
      const thief = await openBrowser(world)
      thief.cookies.set('textback.session_token', value)
      assert.equal(await isIn(thief), false)
    }
  })
})

test('a session ends after 30 days, however much it is used', async (t) => {
  assert.equal(readConfig({}).sessionDays, 30)
  assert.equal(readConfig({ SESSION_DAYS: '1' }).sessionDays, 1)
  assert.throws(() => readConfig({ SESSION_DAYS: '0' }), /SESSION_DAYS/)
  const world = await startWorld(t, { mikeSignsIn: true })
  const mike = await signedIn(world)
  const begun = (days: number) =>
    withDatabase(world, '*', (db) =>
      db.query(
        `update sessions set created_at = now() - interval '${days} days', expires_at = now() + interval '7 days'`,
      ),
    )
  await begun(29)
  assert.equal(await isIn(mike), true)
  await begun(30)
  assert.equal(await isIn(mike), false)
  const again = await signedIn(world)
  assert.equal((await again.ask('GET', '/api/auth/list-sessions')).body.length, 1)
})

test('guesses are slowed and logged', async (t) => {
  const lines: Json[] = []
  // The clock stands still, so that a slow machine does not wait a brake out.
  const start = Date.now()
  let ahead = 0
  const world = await startWorld(t, {
    mikeSignsIn: true,
    now: () => new Date(start + ahead),
    log: (line) => lines.push(line),
  })
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const guess = async (email: string, password: string, address = '203.0.113.7') =>
    (await openBrowser(world)).ask('POST', '/api/auth/sign-in/email', { email, password }, from(address))

  await t.test('at one user, from however many addresses, all at once', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, i) => guess(MIKE[0], `guess number ${i}`, `203.0.113.${i}`)),
    )
    const count = (status: number) => guesses.filter((answer) => answer.status === status).length
    assert.deepEqual([count(401), count(429)], [5, 15])
    const right = await guess(MIKE[0], MIKE[1], '198.51.100.1')
    assert.deepEqual([right.status, right.body.message], [429, 'Too many wrong passwords'])
    assert.match(right.headers.get('retry-after') ?? '', /^[1-5]$/)
    assert.match(right.body.detail, /^Try again in [1-5] seconds?\.$/)
  })

  await t.test('an address without a user is slowed alike', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 7; i++) statuses.push((await guess('nobody@example.com', 'a-password', `192.0.2.${i}`)).status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429])
  })

  await t.test('each wait is twice as long, up to a quarter of an hour; the right password ends it', async () => {
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      const { headers } = await guess(MIKE[0], MIKE[1])
      waits.push(Number(headers.get('retry-after')))
      ahead += Number(headers.get('retry-after')) * 1000
      assert.equal((await guess(MIKE[0], 'wrong again')).status, 401)
    }
    assert.deepEqual(waits.slice(1), [10, 20, 40, 80, 160, 320, 640, 900, 900])
    ahead += 15 * MINUTE
    assert.equal((await guess(...MIKE)).status, 200)
    assert.equal((await guess(MIKE[0], 'wrong')).status, 401)
    assert.equal((await guess(...MIKE)).status, 200)
  })

  await t.test('from one address, at however many users', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 32; i++)
      statuses.push((await guess(`user${i}@example.com`, 'a-password', '198.51.100.9')).status)
    assert.deepEqual([statuses.filter((s) => s === 401).length, statuses.at(-1)], [30, 429])
    assert.equal((await guess(...MIKE)).status, 200)
  })

  await t.test('the count is in the database, for all processes, and names nobody', async () => {
    const rows = await withDatabase(world, '*', async (db) => (await db.query('select * from attempts')).rows)
    assert.ok(rows.length > 30)
    assert.doesNotMatch(JSON.stringify(rows), /@|198\.51|203\.0|192\.0/)
  })

  await t.test('the log says with whom and from where, and names no stranger', async () => {
    const failed = lines.filter(({ msg }) => msg === 'a sign-in failed')
    const id = await withDatabase(world, '*', async (db) => (await db.query('select id from users')).rows[0].id)
    assert.ok(failed.some(({ user, from }) => user === id && /^203\.0\.113\.\d+$/.test(from)))
    const strangers = failed.filter(({ user }) => !user)
    assert.ok(strangers.every(({ address }) => /^[0-9a-f]{12}$/.test(address)))
    assert.equal(new Set(strangers.slice(0, 5).map(({ address }) => address)).size, 1)
    assert.ok(lines.some(({ msg, from }) => msg === 'a sign-in has to wait' && from === '198.51.100.9'))
    assert.doesNotMatch(JSON.stringify(lines), /@(acme\.test|example\.com)|mikes-password|wrong again/)
  })

  await t.test('at the password of an open session too', async () => {
    const mike = await signedIn(world)
    const statuses: number[] = []
    for (let i = 0; i < 7; i++) {
      const body = { currentPassword: `guess ${i}`, newPassword: 'a-thiefs-password' }
      statuses.push((await mike.ask('POST', '/api/auth/change-password', body)).status)
    }
    assert.deepEqual(statuses, [400, 400, 400, 400, 400, 429, 429])
  })
})
