import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { makeApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Mail } from '../../src/mail.ts'
import { openDatabase } from '../../src/store/db.ts'
import { makeVendors } from '../../src/vendors/vendors.ts'
import { testDatabase } from '../postgres.ts'
import { withDatabase } from '../rows.ts'
import { linkTo, openBrowser, signUp } from '../session.ts'
import { freePort, SECRET_KEY, startWorld, type World } from '../world.ts'

const PAT = { name: 'Pat', email: 'pat@example.com', password: 'pats-password', business: 'Pat Plumbing' }
const HOUR = 60 * 60 * 1000

const ask = async (world: World, person: object) =>
  (await openBrowser(world)).ask('POST', '/api/auth/sign-up/email', person)
const prove = async (world: World, body: object) =>
  (await openBrowser(world)).ask('POST', '/api/auth/prove-address', body)

test('signing up proves the address first', async (t) => {
  // The clock stands still, so that a slow machine does not wait a brake out.
  const start = Date.now()
  let ahead = 0
  const world = await startWorld(t, { mikeSignsIn: true, now: () => new Date(start + ahead) })
  const users = () =>
    withDatabase(world, '*', async (db) => (await db.query('select email from users order by 1')).rows)

  await t.test('nobody is made by the form alone', async () => {
    const { status, body, headers } = await ask(world, PAT)
    assert.deepEqual([status, body, headers.getSetCookie()], [200, { status: true }, []])
    assert.deepEqual(await users(), [{ email: 'mike@acme.test' }])
    const browser = await openBrowser(world)
    assert.equal((await browser.signIn(PAT.email, PAT.password)).status, 401)
  })

  await t.test('the link opens nothing without the password that was chosen', async () => {
    // Somebody signs Kim's address up; Kim opens the mail.
    const evil = { name: 'Kim', email: 'kim@example.com', password: 'evils-own-password', business: 'Kim Roofs' }
    await ask(world, evil)
    const evils = linkTo(world, evil.email).searchParams.get('token')
    for (const password of ['', 'kims-password'])
      assert.equal((await prove(world, { token: evils, password })).status, 400)
    // Kim signs up herself; both waited, and hers counts.
    const kim = await signUp(world, { ...evil, password: 'kims-password' })
    assert.equal((await kim.ask('GET', '/api/v1/settings')).body.name, 'Kim Roofs')
    const late = await prove(world, { token: evils, password: evil.password })
    assert.deepEqual([late.status, late.body.title], [400, 'This link does not work'])
    const browser = await openBrowser(world)
    assert.equal((await browser.signIn(evil.email, evil.password)).status, 401)
  })

  await t.test('the link works once, for a day, and its guesses are slowed', async () => {
    const token = linkTo(world, PAT.email).searchParams.get('token')
    assert.ok(token)
    const stored = await withDatabase(world, '*', async (db) => (await db.query('select * from address_proofs')).rows)
    assert.ok(!JSON.stringify(stored).includes(token) && !JSON.stringify(stored).includes(PAT.password))
    ahead = 24 * HOUR
    assert.equal((await prove(world, { token, password: PAT.password })).status, 400)
    ahead = 0
    for (let i = 0; i < 5; i++) await prove(world, { token, password: `guess number ${i}` })
    const slowed = await prove(world, { token, password: PAT.password })
    assert.deepEqual([slowed.status, slowed.body.title], [429, 'Too many wrong passwords'])
    ahead = 2 * HOUR
    const twice = await Promise.all([1, 2].map(() => prove(world, { token, password: PAT.password })))
    assert.deepEqual(twice.map(({ status }) => status).toSorted(), [200, 400])
    ahead = 0
  })

  await t.test('an address that has a user gets the same answer, and another mail', async () => {
    const known = await ask(world, { ...PAT, email: 'Mike@acme.test' })
    const unknown = await ask(world, { ...PAT, email: 'somebody@example.com' })
    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body])
    assert.match(world.mails.findLast(({ to }) => to === 'mike@acme.test')?.subject ?? '', /a user at Textback already/)
    const mike = await openBrowser(world)
    assert.equal((await mike.signIn('mike@acme.test', 'mikes-password')).status, 200)
    assert.equal((await (await openBrowser(world)).signIn('mike@acme.test', PAT.password)).status, 401)
  })

  await t.test('an address gets five mails an hour, with the same answer', async () => {
    for (let i = 0; i < 8; i++) assert.equal((await ask(world, { ...PAT, email: 'flood@example.com' })).status, 200)
    assert.equal(world.mails.filter(({ to }) => to === 'flood@example.com').length, 5)
  })

  await t.test('whoever signs up with the address of a user does not keep them from a new password', async () => {
    ahead = 48 * HOUR
    const before = world.mails.length
    for (let i = 0; i < 6; i++) assert.equal((await ask(world, { ...PAT, email: 'mike@acme.test' })).status, 200)
    const mike = await openBrowser(world)
    await mike.ask('POST', '/api/auth/request-password-reset', { email: 'mike@acme.test' })
    const subjects = world.mails.slice(before).map(({ subject }) => subject)
    assert.deepEqual([subjects.length, subjects.filter((one) => /a user at Textback already/.test(one)).length], [3, 2])
    ahead = 0
  })

  await t.test('an address of the network signs up twenty times an hour', async () => {
    ahead = 2 * HOUR
    const statuses: number[] = []
    for (let i = 0; i < 22; i++) statuses.push((await ask(world, { ...PAT, email: `many${i}@example.com` })).status)
    assert.deepEqual([statuses.filter((s) => s === 200).length, statuses.at(-1)], [20, 429])
    ahead = 4 * HOUR
  })

  await t.test('names are one short line without a link, and passwords are not the common ones', async () => {
    const faults: [object, string][] = [
      [{ name: 'Pat\nhttps://evil.example' }, 'name'],
      [{ name: 'Pat www.evil.example' }, 'name'],
      [{ business: 'evil.example' }, 'business'],
      [{ business: 'x'.repeat(81) }, 'business'],
      [{ email: 'not an address' }, 'email'],
      [{ password: 'short' }, 'password'],
      [{ password: 'password123' }, 'password'],
      [{ password: 'Patricia1', name: 'Patricia' }, 'password'],
      [{ callbackURL: '/.//evil.com' }, 'callbackURL'],
      [{ emailVerified: true }, 'emailVerified'],
    ]
    const before = world.mails.length
    for (const [change, field] of faults) {
      const { status, body } = await ask(world, { ...PAT, email: 'new@example.com', ...change })
      assert.deepEqual([status, body.errors?.[0].field], [400, field], JSON.stringify(change))
    }
    assert.equal(world.mails.length, before)
  })

  await t.test('a page of another site cannot do it for somebody', async () => {
    const browser = await openBrowser(world)
    const origin = 'https://evil.example'
    for (const [path, body] of [
      ['sign-up/email', { ...PAT, email: 'x@example.com' }],
      ['prove-address', { token: 'x' }],
    ] as const)
      assert.equal((await browser.ask('POST', `/api/auth/${path}`, body, { origin })).status, 403)
  })
})

test('who may sign up is the operator’s choice', async (t) => {
  await t.test('without one: anybody until there is an account, then whoever is invited', async (t) => {
    assert.equal(readConfig({}).signUp, 'first')
    const world = await startWorld(t, { signUp: 'first', mikeSignsIn: true })
    const says = async () => (await (await openBrowser(world)).ask('GET', '/api/auth/sign-up')).body
    assert.deepEqual(await says(), { signUp: 'invite', mail: true })
    const stranger = await ask(world, PAT)
    assert.deepEqual([stranger.status, stranger.body.title], [403, 'This Textback takes no new businesses'])
    const { business: _, ...alone } = PAT
    assert.equal((await ask(world, alone)).body.title, 'Sign-up needs an invitation')
    assert.equal((await ask(world, { ...alone, invitation: 'made-up' })).status, 403)
    const mike = await openBrowser(world)
    await mike.signIn('mike@acme.test', 'mikes-password')
    const invitation = { organizationId: 'acme', email: PAT.email, role: 'member' }
    const { body } = await mike.ask('POST', '/api/auth/organization/invite-member', invitation)
    const other = await ask(world, { ...alone, email: 'other@example.com', invitation: body.id })
    assert.deepEqual([other.status, other.body.errors[0].field], [400, 'email'])
    const pat = await signUp(world, { ...alone, invitation: body.id })
    assert.equal(
      (await pat.ask('POST', '/api/auth/organization/accept-invitation', { invitationId: body.id })).status,
      200,
    )
    assert.equal((await pat.ask('POST', '/api/v1/accounts', { name: 'Pat Plumbing' })).status, 403)
  })

  await t.test('the first two at the same moment are one account', async (t) => {
    const { world, stop } = await startEmpty()
    t.after(stop)
    assert.deepEqual((await (await openBrowser(world)).ask('GET', '/api/auth/sign-up')).body, {
      signUp: 'open',
      mail: true,
    })
    const people = ['one', 'two'].map((name) => ({ ...PAT, name, email: `${name}@example.com` }))
    for (const person of people) assert.equal((await ask(world, person)).status, 200)
    const proven = await Promise.all(
      people.map(({ email, password }) =>
        prove(world, { token: linkTo(world, email).searchParams.get('token'), password }),
      ),
    )
    assert.deepEqual(proven.map(({ status }) => status).toSorted(), [200, 403])
    assert.deepEqual((await (await openBrowser(world)).ask('GET', '/api/auth/sign-up')).body, {
      signUp: 'invite',
      mail: true,
    })
  })

  await t.test('off: nobody, and a link from before opens nothing', async (t) => {
    assert.equal(readConfig({ SIGN_UP: 'off' }).signUp, 'off')
    assert.throws(() => readConfig({ SIGN_UP: 'maybe' }), /SIGN_UP must be off, invite or open/)
    const world = await startWorld(t)
    await ask(world, PAT)
    world.app.world.signUp = 'off'
    assert.equal((await ask(world, PAT)).body.title, 'Sign-up is closed')
    const token = linkTo(world, PAT.email).searchParams.get('token')
    const late = await prove(world, { token, password: PAT.password })
    assert.deepEqual([late.status, late.body.title], [403, 'Sign-up is closed'])
    world.app.world.signUp = 'open'
    assert.equal((await prove(world, { token, password: PAT.password })).status, 200)
  })
})

/** A Textback as it is after its first start: without any account. */
async function startEmpty() {
  const database = await testDatabase()
  const { vendors, close } = makeVendors()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const mails: Mail[] = []
  const app = await makeApp({
    db: await openDatabase(database.config, 4),
    vendors,
    log: pino({ level: 'silent' }),
    mail: { send: async (mail) => void mails.push(mail) },
    publicUrl: url,
    secretKey: SECRET_KEY,
    provision: null,
    allowApiUrl: false,
  })
  await app.start({ host: '127.0.0.1', port })
  const stop = async () => {
    await app.stop()
    await close()
    await database.drop()
  }
  return { world: { app, url, mails } as unknown as World, stop }
}
