import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser, signUp } from '../session.ts'
import { type Json, MAIN, startWorld, type World } from '../world.ts'

const MIKE = ['mike@acme.test', 'mikes-password'] as const
const DANA = { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'member' }

test('people sign in', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true, provision: (file) => file.accounts[0].users.push(DANA) })
  const signedIn = async (email: string, password: string) => {
    const browser = await openBrowser(world)
    const { status } = await browser.signIn(email, password)
    assert.equal(status, 200)
    return browser
  }

  await t.test('with email and password; the cookie is for this site’s requests only', async () => {
    const browser = await openBrowser(world)
    const answer = await browser.signIn(...MIKE)
    const cookie = answer.headers.getSetCookie().find((one) => one.includes('session_token')) ?? ''
    assert.match(cookie, /HttpOnly/i)
    assert.match(cookie, /SameSite=Lax/i)
    const settings = await browser.ask('GET', '/api/v1/settings')
    assert.deepEqual([settings.status, settings.body.id], [200, 'acme'])
  })

  await t.test('a page that shows another business than the session is in does nothing', async () => {
    const mike = await signedIn(...MIKE)
    const save = (shown: string) =>
      mike.ask('PATCH', '/api/v1/settings', { lateAfterMinutes: 15 }, { 'x-textback-account': shown })
    assert.equal((await save('other')).status, 409)
    assert.equal((await save('acme')).status, 200)
  })

  await t.test('and not with a wrong password, or as nobody', async () => {
    const browser = await openBrowser(world)
    assert.equal((await browser.signIn(MIKE[0], 'not-his-password')).status, 401)
    assert.equal((await browser.signIn('nobody@acme.test', 'nobodys-password')).status, 401)
    assert.equal(browser.cookies.size, 0)
    assert.equal((await browser.ask('GET', '/api/v1/settings')).status, 401)
  })

  await t.test('an owner may do all, and the timeline says who it was', async () => {
    const mike = await signedIn(...MIKE)
    const changed = await mike.ask('PATCH', `/api/v1/numbers/${MAIN}`, { label: 'Front desk' })
    assert.deepEqual([changed.status, changed.body.label], [200, 'Front desk'])
    const { body } = await mike.ask('POST', '/api/v1/contacts', { phone: '+13125550101' })
    const { body: events } = await mike.ask('GET', `/api/v1/contacts/${body.id}/events`)
    assert.match(events.data[0].actor, /^user:/)
  })

  await t.test('a member works with contacts, but does not own the account', async () => {
    const dana = await signedIn(DANA.email, DANA.password)
    const { status, body } = await dana.ask('POST', '/api/v1/contacts', { phone: '+13125550102' })
    assert.equal(status, 201)
    assert.equal((await dana.ask('PATCH', `/api/v1/contacts/${body.id}`, { name: 'Kim' })).status, 200)
    const refused = [
      await dana.ask('PATCH', '/api/v1/settings', { dailyCap: 0 }),
      await dana.ask('POST', '/api/v1/api-keys', { name: 'mine' }),
      await dana.ask('DELETE', `/api/v1/contacts/${body.id}`),
    ]
    for (const answer of refused)
      assert.deepEqual([answer.status, answer.body.title], [403, 'Only an owner can do this'])
  })

  await t.test('a page of another site cannot use the cookie to change anything', async () => {
    const mike = await signedIn(...MIKE)
    for (const origin of ['https://evil.example', 'null', `${world.url}.evil.example`]) {
      const { status, body } = await mike.ask('POST', '/api/v1/contacts', { phone: '+13125550103' }, { origin })
      assert.deepEqual([status, body.title], [403, 'This request comes from another site'], origin)
    }
    const cookie = [...mike.cookies].map((pair) => pair.join('=')).join('; ')
    const bare = await fetch(`${world.url}/api/v1/contacts`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ phone: '+13125550103' }),
    })
    assert.equal(bare.status, 403)
    assert.ok(!(await contacts(world)).includes('+13125550103'))
  })

  await t.test('signing out ends the session on the server', async () => {
    const mike = await signedIn(...MIKE)
    const kept = new Map(mike.cookies)
    assert.equal((await mike.ask('POST', '/api/auth/sign-out', {})).status, 200)
    for (const [name, value] of kept) mike.cookies.set(name, value)
    assert.equal((await mike.ask('GET', '/api/v1/settings')).status, 401)
  })

  await t.test('a forged session is none', async () => {
    const browser = await openBrowser(world)
    browser.cookies.set('textback.session_token', 'made.up')
    assert.equal((await browser.ask('GET', '/api/v1/settings')).status, 401)
  })

  await t.test('somebody new makes an account of their own, with its pipeline', async () => {
    const person = { email: 'pat@example.com', name: 'Pat', password: 'pats-password', business: 'Pat Plumbing' }
    const pat = await signUp(world, person)
    const settings = await pat.ask('GET', '/api/v1/settings')
    assert.deepEqual([settings.status, settings.body.name], [200, 'Pat Plumbing'])
    const { body: pipelines } = await pat.ask('GET', '/api/v1/pipelines')
    assert.equal(pipelines.data[0].stages[0].name, 'New')
    assert.equal((await pat.ask('PATCH', '/api/v1/settings', { dailyCap: 9 })).status, 200)
    assert.deepEqual((await pat.ask('GET', '/api/v1/contacts')).body.data, [])
    // They cannot switch to another person's account.
    const stepped = await pat.ask('POST', '/api/auth/organization/set-active', { organizationId: 'acme' })
    assert.deepEqual([stepped.status, stepped.body.code], [403, 'USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION'])
    assert.equal((await pat.ask('GET', '/api/v1/settings')).body.name, 'Pat Plumbing')
  })

  await t.test('an owner invites a colleague, who joins as a member', async () => {
    const mike = await signedIn(...MIKE)
    const person = { email: 'kim@example.com', name: 'Kim', password: 'kims-password' }
    const invitation = { email: person.email, role: 'member', organizationId: 'acme' }
    const invited = await mike.ask('POST', '/api/auth/organization/invite-member', invitation)
    assert.equal(invited.status, 200, JSON.stringify(invited.body))
    const invitationId = invited.body.id
    const kim = await signUp(world, { ...person, invitation: invitationId })
    const homeless = await kim.ask('GET', '/api/v1/settings')
    assert.deepEqual([homeless.status, homeless.body.title], [403, 'You belong to no account'])
    const dana = await signedIn(DANA.email, DANA.password)
    assert.equal((await dana.ask('POST', '/api/auth/organization/invite-member', invitation)).status, 403)
    const pat = await signedIn('pat@example.com', 'pats-password')
    assert.equal((await pat.ask('POST', '/api/auth/organization/accept-invitation', { invitationId })).status, 403)
    const joined = await kim.ask('POST', '/api/auth/organization/accept-invitation', { invitationId })
    assert.equal(joined.status, 200, JSON.stringify(joined.body))
    assert.equal((await kim.ask('GET', '/api/v1/settings')).body.id, 'acme')
    assert.equal((await kim.ask('PATCH', '/api/v1/settings', { dailyCap: 1 })).status, 403)
  })
})

test('a new password in the provisioning file ends the sessions', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true })
  const mike = await openBrowser(world)
  await mike.signIn(...MIKE)
  await world.provision((file: Json) => {
    file.accounts[0].users[0].name = 'Mike Senior'
  })
  assert.equal((await mike.ask('GET', '/api/v1/settings')).status, 200)
  await world.provision((file: Json) => {
    file.accounts[0].users[0].password = 'mikes-new-password'
  })
  assert.equal((await mike.ask('GET', '/api/v1/settings')).status, 401)
  assert.equal((await mike.signIn(...MIKE)).status, 401)
  assert.equal((await mike.signIn(MIKE[0], 'mikes-new-password')).status, 200)
})

async function contacts(world: World): Promise<string[]> {
  return (await world.api('GET', '/contacts')).data.map((contact: Json) => contact.phone)
}
