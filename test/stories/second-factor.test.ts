import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDatabase } from '../rows.ts'
import { type Browser, openBrowser } from '../session.ts'
import { codeOf } from '../totp.ts'
import { startWorld, type World } from '../world.ts'

const MIKE = ['mike@acme.test', 'mikes-password'] as const
const DANA = { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'member' }

const twoFactor = (browser: Browser, what: string, body: object) =>
  browser.ask('POST', `/api/auth/two-factor/${what}`, body)

async function setUp(browser: Browser, password: string): Promise<{ uri: string; recoveryCodes: string[] }> {
  const { status, body } = await twoFactor(browser, 'enable', { password })
  assert.equal(status, 200, JSON.stringify(body))
  const verified = await twoFactor(browser, 'verify-totp', { code: codeOf(body.totpURI) })
  assert.equal(verified.status, 200, JSON.stringify(verified.body))
  return { uri: body.totpURI, recoveryCodes: body.backupCodes }
}

const isIn = async (browser: Browser) => (await browser.ask('GET', '/api/v1/settings')).status === 200

async function withPassword(world: World, [email, password]: readonly [string, string] = MIKE): Promise<Browser> {
  const browser = await openBrowser(world)
  const { status } = await browser.signIn(email, password)
  assert.equal(status, 200)
  return browser
}

test('a second factor', async (t) => {
  let ahead = 0
  const world = await startWorld(t, {
    mikeSignsIn: true,
    now: () => new Date(Date.now() + ahead),
    provision: (file) => file.accounts[0].users.push(DANA),
  })
  const mike = await withPassword(world)
  const other = await withPassword(world)
  let uri = ''
  let recoveryCodes: string[] = []

  await t.test('is set up with the password and a first code', async () => {
    assert.equal((await twoFactor(mike, 'enable', { password: 'not-his-password' })).status, 400)
    const { body } = await twoFactor(mike, 'enable', { password: MIKE[1] })
    assert.match(body.totpURI, /^otpauth:\/\/totp\/Textback:mike/)
    assert.equal(body.backupCodes.length, 10)
    assert.equal((await twoFactor(mike, 'verify-totp', { code: '000000' })).status, 401)
    // Until then the password alone signs in.
    assert.equal(await isIn(await withPassword(world)), true)
    assert.equal((await mike.ask('GET', '/api/v1/me')).body.user.secondFactor, false)
    ;({ uri, recoveryCodes } = await setUp(mike, MIKE[1]))
    assert.equal((await mike.ask('GET', '/api/v1/me')).body.user.secondFactor, true)
    assert.match(world.mails.at(-1)?.text ?? '', /second factor is on/)
  })

  await t.test('is encrypted in the database', async () => {
    const rows = await withDatabase(world, '*', async (db) => (await db.query('select * from two_factors')).rows)
    const stolen = JSON.stringify(rows)
    for (const secret of [new URL(uri).searchParams.get('secret') ?? '', ...recoveryCodes])
      assert.ok(secret.length > 8 && !stolen.includes(secret), secret)
  })

  await t.test('is asked for after the password, and without it nobody is in', async () => {
    const browser = await withPassword(world)
    assert.equal(await isIn(browser), false)
    for (const [method, path] of [
      ['GET', '/api/v1/me'],
      ['GET', '/api/auth/list-sessions'],
      ['POST', '/api/auth/two-factor/disable'],
    ] as const)
      assert.equal((await browser.ask(method, path, method === 'POST' ? { password: MIKE[1] } : undefined)).status, 401)
    assert.equal((await twoFactor(browser, 'verify-totp', { code: '123456' })).status, 401)
    const code = codeOf(uri, 1)
    assert.equal((await twoFactor(browser, 'verify-totp', { code, trustDevice: true })).status, 200)
    assert.equal(await isIn(browser), true)
    // No browser is trusted for later.
    await browser.ask('POST', '/api/auth/sign-out', {})
    await browser.signIn(...MIKE)
    assert.equal(await isIn(browser), false)
    // And the same code, seen over a shoulder, is used up.
    const again = await twoFactor(browser, 'verify-totp', { code })
    assert.deepEqual([again.status, again.body.message], [401, 'This code was used already'])
    assert.equal(await isIn(browser), false)
  })

  await t.test('a code without the password opens nothing', async () => {
    const stranger = await openBrowser(world)
    assert.equal((await twoFactor(stranger, 'verify-totp', { code: codeOf(uri) })).status, 401)
    assert.equal((await twoFactor(stranger, 'verify-backup-code', { code: recoveryCodes[0] })).status, 401)
  })

  await t.test('guesses end: five a sign-in, ten in a row', async () => {
    const browser = await withPassword(world)
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) statuses.push((await twoFactor(browser, 'verify-totp', { code: `00000${i}` })).status)
    assert.equal(statuses.at(-1), 400)
    const next = await withPassword(world)
    const more: number[] = []
    for (let i = 0; i < 6; i++) more.push((await twoFactor(next, 'verify-totp', { code: `11111${i}` })).status)
    assert.ok(more.includes(429), `${more}`)
    const third = await withPassword(world)
    assert.equal((await twoFactor(third, 'verify-backup-code', { code: recoveryCodes[0] })).status, 429)
    await withDatabase(world, '*', (db) => db.query('update two_factors set locked_until = now()'))
  })

  await t.test('a recovery code does once instead', async () => {
    const [code] = recoveryCodes
    const browser = await withPassword(world)
    assert.equal((await twoFactor(browser, 'verify-backup-code', { code })).status, 200)
    assert.equal(await isIn(browser), true)
    const again = await withPassword(world)
    assert.equal((await twoFactor(again, 'verify-backup-code', { code })).status, 401)
    const renewed = await twoFactor(browser, 'generate-backup-codes', { password: MIKE[1] })
    assert.equal(renewed.status, 200)
    assert.equal((await twoFactor(again, 'verify-backup-code', { code: recoveryCodes[1] })).status, 401)
    assert.equal((await twoFactor(again, 'verify-backup-code', { code: renewed.body.backupCodes[0] })).status, 200)
    assert.equal(await isIn(again), true)
  })

  await t.test('holds against a sign-in link, and against a new password', async () => {
    const follow = await openBrowser(world)
    const link = new URL((await world.app.signInLink(MIKE[0])) ?? '')
    const answer = await fetch(link, { redirect: 'manual' })
    assert.match(answer.headers.get('location') ?? '', /error=failed_to_create_session/)
    assert.equal(
      answer.headers.getSetCookie().some((one) => one.includes('session_token=') && !one.includes('Max-Age=0')),
      false,
    )
    await follow.ask('POST', '/api/auth/request-password-reset', { email: MIKE[0] })
    const token = new URL(
      world.mails
        .at(-1)!
        .text.split('\n')
        .find((line) => line.startsWith('http'))!,
    ).searchParams.get('token')
    await follow.ask('POST', '/api/auth/reset-password', { token, newPassword: 'mikes-second-password' })
    const browser = await withPassword(world, [MIKE[0], 'mikes-second-password'])
    assert.equal(await isIn(browser), false)
    assert.equal(await isIn(other), false)
    ahead += 3 * 60_000
    assert.equal((await twoFactor(browser, 'verify-totp', { code: codeOf(uri) })).status, 200)
    assert.equal(await isIn(browser), true)
  })

  await t.test('can be required by an owner who has one, and then nobody without it does anything else', async () => {
    const mike = await withPassword(world, [MIKE[0], 'mikes-second-password'])
    ahead += 3 * 60_000
    assert.equal((await twoFactor(mike, 'verify-totp', { code: codeOf(uri) })).status, 200)
    const dana = await withPassword(world, [DANA.email, DANA.password])
    assert.equal((await dana.ask('PATCH', '/api/v1/settings', { requireSecondFactor: true })).status, 403)
    const byKey = await world.ask('PATCH', '/api/v1/settings', { requireSecondFactor: true })
    assert.deepEqual([byKey.status, byKey.body.errors?.[0].field], [400, 'requireSecondFactor'])
    const required = await mike.ask('PATCH', '/api/v1/settings', { requireSecondFactor: true })
    assert.deepEqual([required.status, required.body.requireSecondFactor], [200, true])

    for (const [method, path, body] of [
      ['GET', '/api/v1/me'],
      ['GET', '/api/v1/contacts'],
      ['GET', '/api/v1/live'],
      ['POST', '/api/v1/contacts', { phone: '+13125550101' }],
      ['GET', '/api/auth/organization/list-members?organizationId=acme'],
      ['GET', '/api/auth/organization/list-invitations?organizationId=acme'],
      [
        'POST',
        '/api/auth/organization/invite-member',
        { organizationId: 'acme', email: 'x@example.com', role: 'member' },
      ],
    ] as const) {
      const answer = await dana.ask(method, path, body)
      assert.deepEqual([path, answer.status, answer.body.reason], [path, 403, 'second_factor'])
    }
    // A program has a key of its own.
    assert.equal((await world.api('GET', '/settings')).requireSecondFactor, true)
    const hers = await setUp(dana, DANA.password)
    assert.equal(await isIn(dana), true)
    assert.equal(
      (await dana.ask('GET', '/api/v1/people')).body.data.every((p: { secondFactor: boolean }) => p.secondFactor),
      true,
    )
    // She cannot turn it off while it is required:
    assert.equal((await dana.ask('GET', '/api/v1/me')).body.user.secondFactorRequired, true)
    const refused = await twoFactor(dana, 'disable', { password: DANA.password })
    assert.deepEqual([refused.status, refused.body.message], [409, 'Your business requires a second factor'])
    assert.equal(await isIn(dana), true)
    // And without it again:
    assert.equal((await mike.ask('PATCH', '/api/v1/settings', { requireSecondFactor: false })).status, 200)
    assert.equal((await dana.ask('GET', '/api/v1/me')).body.user.secondFactorRequired, false)
    assert.equal((await twoFactor(dana, 'disable', { password: DANA.password })).status, 200)
    assert.match(world.mails.at(-1)?.text ?? '', /turned off/)
    assert.equal(await isIn(dana), true)
    assert.equal((await mike.ask('PATCH', '/api/v1/settings', { requireSecondFactor: true })).status, 200)
    assert.equal(await isIn(dana), false)
    assert.ok(hers.recoveryCodes.length === 10)
  })
})
