import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDatabase } from '../rows.ts'
import { openBrowser, signUp } from '../session.ts'
import { type Json, startWorld } from '../world.ts'

const owner = (name: string) => ({
  name,
  email: `${name.toLowerCase()}@acme.test`,
  password: `${name.toLowerCase()}s-password`,
  role: 'owner',
})
const DANA = owner('Dana')
const LEE = owner('Lee')
const KIM = owner('Kim')

test('whoever is no owner any more does not come back by an invitation of their own', async (t) => {
  const world = await startWorld(t, {
    mikeSignsIn: true,
    provision: (file) => file.accounts[0].users.push(DANA, LEE, KIM),
  })
  const browserOf = async (email: string, password: string) => {
    const browser = await openBrowser(world)
    assert.equal((await browser.signIn(email, password)).status, 200)
    return browser
  }
  const mike = await browserOf('mike@acme.test', 'mikes-password')
  const organization = (browser: typeof mike, what: string, body: object) =>
    browser.ask('POST', `/api/auth/organization/${what}`, { organizationId: 'acme', ...body })
  const memberOf = async (email: string) => {
    const { members } = (await mike.ask('GET', '/api/auth/organization/list-members?organizationId=acme')).body
    return members.find(({ user }: Json) => user.email === email).id
  }

  const ends = {
    removed: [DANA, async () => organization(mike, 'remove-member', { memberIdOrEmail: DANA.email })],
    left: [LEE, async (lee: typeof mike) => organization(lee, 'leave', {})],
    'made a member': [
      KIM,
      async () => organization(mike, 'update-member-role', { memberId: await memberOf(KIM.email), role: 'member' }),
    ],
  } as const
  for (const [how, [person, end]] of Object.entries(ends))
    await t.test(how, async () => {
      const browser = await browserOf(person.email, person.password)
      const email = `second.${person.email}`
      const second = await signUp(world, { name: 'Second', email, password: 'seconds-password', business: 'Own' })
      const { body: invitation } = await organization(browser, 'invite-member', { email, role: 'owner' })
      const { body: other } = await organization(mike, 'invite-member', {
        email: `new.${person.email}`,
        role: 'member',
      })
      assert.equal((await end(browser)).status, 200)

      const accept = () =>
        second.ask('POST', '/api/auth/organization/accept-invitation', { invitationId: invitation.id })
      const refused = await accept()
      assert.deepEqual([refused.status, refused.body.message], [400, 'This invitation has ended'])
      const listed = await mike.ask('GET', '/api/auth/organization/list-invitations?organizationId=acme')
      const statusOf = (id: string) => listed.body.find((one: Json) => one.id === id).status
      assert.deepEqual([statusOf(invitation.id), statusOf(other.id)], ['canceled', 'pending'])
      // Nor by one that was sent at the same moment.
      await withDatabase(world, '*', (db) =>
        db.query("update invitations set status = 'pending' where id = $1", [invitation.id]),
      )
      assert.equal((await accept()).status, 400)
      const people = (await world.api('GET', '/people')).data.map((one: Json) => one.email)
      assert.ok(!people.includes(email))
    })
})

test('two owners who go at the same moment do not leave a business with nobody', async (t) => {
  const world = await startWorld(t, { mikeSignsIn: true, provision: (file) => file.accounts[0].users.push(DANA) })
  const [mike, dana] = [await openBrowser(world), await openBrowser(world)]
  await mike.signIn('mike@acme.test', 'mikes-password')
  await dana.signIn(DANA.email, DANA.password)
  const { members } = (await mike.ask('GET', '/api/auth/organization/list-members?organizationId=acme')).body
  const mikesId = members.find(({ user }: Json) => user.email === 'mike@acme.test').id
  const go = (browser: typeof mike, what: string, body: object = {}) =>
    browser.ask('POST', `/api/auth/organization/${what}`, { organizationId: 'acme', ...body })
  const ways = {
    'both leave': () => [go(mike, 'leave'), go(dana, 'leave')],
    'each removes the other': () => [
      go(mike, 'remove-member', { memberIdOrEmail: DANA.email }),
      go(dana, 'remove-member', { memberIdOrEmail: 'mike@acme.test' }),
    ],
    'one becomes a member, the other leaves': () => [
      go(mike, 'update-member-role', { memberId: mikesId, role: 'member' }),
      go(dana, 'leave'),
    ],
  }
  for (const [how, start] of Object.entries(ways))
    await t.test(how, async () => {
      const answers = await withDatabase(world, '*', async (db) => {
        for (const { id, userId } of members)
          await db.query(
            `insert into members (id, account_id, user_id, role) values ($1, 'acme', $2, 'owner')
             on conflict (account_id, user_id) do update set role = 'owner'`,
            [id, userId],
          )
        // Both have seen the other one before either is gone.
        await db.query('begin')
        await db.query('lock table members in share mode')
        const both = start()
        await new Promise((resolve) => setTimeout(resolve, 1000))
        await db.query('commit')
        return Promise.all(both)
      })
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409])
      const refused = answers.find(({ status }) => status === 409)
      assert.equal(refused?.body.message, 'The business would be left without an owner')
      const owners = await withDatabase(
        world,
        '*',
        async (db) => (await db.query("select 1 from members where account_id = 'acme' and role = 'owner'")).rows,
      )
      assert.equal(owners.length, 1)
    })
})
