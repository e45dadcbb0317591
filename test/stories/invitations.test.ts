import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDatabase } from '../rows.ts'
import { linkTo, openBrowser, signUp } from '../session.ts'
import { type Json, startWorld } from '../world.ts'

const DANA = { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'member' }
const DAY = 24 * 60 * 60 * 1000

test('an invitation brings in whom it was sent to, and nobody else', async (t) => {
  let ahead = 0
  const world = await startWorld(t, {
    mikeSignsIn: true,
    now: () => new Date(Date.now() + ahead),
    provision: (file) => file.accounts[0].users.push(DANA),
  })
  const mike = await openBrowser(world)
  await mike.signIn('mike@acme.test', 'mikes-password')
  const invite = (email: string, more: object = {}) =>
    mike.ask('POST', '/api/auth/organization/invite-member', { organizationId: 'acme', email, role: 'member', ...more })
  const people = async () => (await world.api('GET', '/people')).data.map(({ email }: Json) => email).toSorted()

  await t.test('a member cannot become an owner by an invitation that was meant for somebody else', async () => {
    const { body } = await invite('partner@example.com', { role: 'owner' })
    const dana = await openBrowser(world)
    await dana.signIn(DANA.email, DANA.password)
    const listed = await dana.ask('GET', '/api/auth/organization/list-invitations?organizationId=acme')
    assert.ok(!JSON.stringify(listed.body).includes(body.id))
    const evil = await openBrowser(world)
    const person = { name: 'Evil', email: 'partner@example.com', password: 'evils-password' }
    for (const more of [{ invitation: body.id }, { business: 'Evil Inc' }])
      assert.equal((await evil.ask('POST', '/api/auth/sign-up/email', { ...person, ...more })).status, 200)
    assert.equal((await evil.signIn(person.email, person.password)).status, 401)
    const accepted = await evil.ask('POST', '/api/auth/organization/accept-invitation', { invitationId: body.id })
    assert.equal(accepted.status, 401)
    assert.deepEqual(await people(), ['dana@acme.test', 'mike@acme.test'])
  })

  await t.test('nor does somebody who signed up before addresses were proven', async () => {
    const { body } = await invite('early@example.com', { role: 'owner' })
    const early = await signUp(world, {
      name: 'Early',
      email: 'early@example.com',
      password: 'earlys-password',
      business: 'Early Birds',
    })
    await withDatabase(world, '*', (db) =>
      db.query("update users set email_verified = false where email = 'early@example.com'"),
    )
    // They work on, in what is theirs.
    const me = await early.ask('GET', '/api/v1/me')
    assert.deepEqual([me.status, me.body.user.emailVerified, me.body.account.name], [200, false, 'Early Birds'])
    const accept = () => early.ask('POST', '/api/auth/organization/accept-invitation', { invitationId: body.id })
    assert.equal((await accept()).status, 403)
    const theirs = { organizationId: me.body.account.id, email: 'friend@example.com', role: 'member' }
    const invited = await early.ask('POST', '/api/auth/organization/invite-member', theirs)
    assert.deepEqual([invited.status, invited.body.message], [403, 'Prove your own address first'])
    const opened = await early.ask('POST', '/api/v1/accounts', { name: 'Another one' })
    assert.deepEqual([opened.status, opened.body.title], [403, 'Prove your address first'])
    // The link of their mail works in their browser only.
    assert.equal((await early.ask('POST', '/api/auth/send-proof')).status, 200)
    const token = linkTo(world, 'early@example.com').searchParams.get('token')
    const stranger = await openBrowser(world)
    assert.equal((await stranger.ask('POST', '/api/auth/prove-address', { token })).status, 401)
    assert.equal((await mike.ask('POST', '/api/auth/prove-address', { token })).status, 401)
    assert.equal((await early.ask('POST', '/api/auth/prove-address', { token })).status, 200)
    assert.equal((await early.ask('POST', '/api/auth/prove-address', { token })).status, 400)
    assert.equal((await accept()).status, 200)
  })

  await t.test('gives one of our two roles, and no other', async () => {
    const before = world.mails.length
    for (const role of [
      'admin',
      'owner,member',
      '',
      ['owner'],
      ['owner', 'member'],
      ' owner',
      'Owner',
      null,
      undefined,
    ]) {
      const { status, body } = await invite('strange@example.com', { role })
      assert.deepEqual(
        [status, body.errors],
        [400, [{ field: 'role', message: 'must be owner or member' }]],
        JSON.stringify(role),
      )
    }
    assert.equal(world.mails.length, before)
    const { members } = (await mike.ask('GET', '/api/auth/organization/list-members?organizationId=acme')).body
    const { id: memberId } = members.find(({ user }: Json) => user.email === DANA.email)
    for (const role of ['admin', 'owner,member', '', ['admin']]) {
      const changed = await mike.ask('POST', '/api/auth/organization/update-member-role', {
        organizationId: 'acme',
        memberId,
        role,
      })
      assert.equal(changed.status, 400, JSON.stringify(role))
    }
    await assert.rejects(
      withDatabase(world, '*', (db) => db.query("update members set role = 'admin'")),
      /members_role/,
    )
    assert.equal((await mike.ask('GET', '/api/v1/people')).status, 200)
  })

  await t.test('an address gets three a day, and an account sends twenty', async () => {
    for (let i = 0; i < 3; i++) {
      const { status, body } = await invite('often@example.com')
      assert.equal(status, 200)
      await mike.ask('POST', '/api/auth/organization/cancel-invitation', { invitationId: body.id })
    }
    const fourth = await invite('Often@Example.com')
    assert.deepEqual([fourth.status, fourth.body.message], [429, 'This address was invited often enough today'])
    const resent = await invite('often@example.com', { resend: true })
    assert.equal(resent.status, 429)
    let sent = 0
    for (let i = 0; i < 25; i++) if ((await invite(`someone${i}@example.com`)).status === 200) sent++
    assert.ok(sent < 20, `${sent}`)
    const more = await invite('onemore@example.com')
    assert.deepEqual([more.status, more.body.message], [429, 'Enough invitations for today'])
    assert.match(more.headers.get('retry-after') ?? '', /^\d+$/)
    ahead += DAY
    assert.equal((await invite('tomorrow@example.com')).status, 200)
    const mails = world.mails.filter(({ subject }) => subject.includes('invites you'))
    assert.ok(mails.length <= 21, `${mails.length}`)
  })

  await t.test('carries no message of the inviter’s own', async () => {
    for (const name of ['Acme\nYou won: https://evil.example', 'evil.example', 'x'.repeat(81)]) {
      const { status, body } = await mike.ask('PATCH', '/api/v1/settings', { name })
      assert.deepEqual([status, body.errors[0].field], [400, 'name'])
    }
    // A name that was chosen before there was a rule.
    await withDatabase(world, '*', (db) =>
      db.query("update accounts set name = E'You won\\nat https://evil.example now' where id = 'acme'"),
    )
    await invite('reader@example.com')
    const mail = world.mails.findLast(({ to }) => to === 'reader@example.com')
    assert.ok(mail && !/evil\.example|\/\/evil/.test(mail.text + mail.subject), mail?.text)
    assert.match(mail.subject, /^Mike invites you to You won at https evil\. example now on Textback$/)
  })
})
