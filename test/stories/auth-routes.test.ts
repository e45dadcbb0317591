import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SIGN_IN_ROUTES } from '../../src/http/auth/routes.ts'
import { rowCounts } from '../rows.ts'
import { openBrowser, sessionsOf } from '../session.ts'
import { startWorld } from '../world.ts'

/** Ours instead of better-auth's: they prove the address first, see stories/sign-up.test.ts. */
const OURS = [['POST', '/sign-up/email']]

const isOpen = (method: string, path: string) =>
  [...SIGN_IN_ROUTES, ...OURS].some(([m, p]) => m === method && p === path)

/** Every route that better-auth has with our configuration, from its own list. */
function offered(sessions: ReturnType<typeof sessionsOf>): [method: string, path: string][] {
  return Object.values(sessions.api).flatMap((endpoint) => {
    const { path, options } = endpoint as { path?: string; options: { method: string | string[] } }
    return path ? [options.method].flat().map((method): [string, string] => [method, path]) : []
  })
}

test('of sign-in, what the web app uses is open, and nothing else', async (t) => {
  const dana = { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'member' }
  const world = await startWorld(t, { mikeSignsIn: true, provision: (file) => file.accounts[0].users.push(dana) })
  const everything = offered(sessionsOf(world.app.world.db, world.url))
  const mike = await openBrowser(world)
  await mike.signIn('mike@acme.test', 'mikes-password')
  const isNoPage = async (method: string, path: string, body?: object) => {
    const answer = await mike.ask(method, `/api/auth${path}`, method === 'POST' ? (body ?? {}) : undefined)
    assert.deepEqual(
      { path, status: answer.status, type: answer.headers.get('content-type'), title: answer.body.title },
      { path, status: 404, type: 'application/problem+json', title: 'No such page' },
    )
  }

  await t.test('every open route is one that better-auth has', () => {
    const lost = SIGN_IN_ROUTES.filter(([method, path]) => !everything.some(([m, p]) => m === method && p === path))
    assert.deepEqual(lost, [])
  })

  await t.test('all others are no page, even to an owner', async () => {
    const before = await rowCounts(world)
    const closed = everything.filter(([method, path]) => !isOpen(method, path))
    assert.ok(closed.length > 25, `${closed.length}`)
    for (const [method, path] of closed)
      await isNoPage(method, path.replace(/:\w+/g, 'x'), { organizationId: 'acme', data: { name: 'Mine' } })
    for (const [, path] of everything)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        if (!isOpen(method, path)) await isNoPage(method, path.replace(/:\w+/g, 'x'))
    assert.deepEqual(await rowCounts(world), before)
    assert.equal((await world.api('GET', '/settings')).name, 'Acme HVAC')
  })

  await t.test('nor by another way of writing its address', async () => {
    for (const path of [
      '/organization/delete/',
      '//organization/delete',
      '/organization//delete',
      '/organization%2Fdelete',
      '/sign-out%2F..%2Forganization%2Fdelete',
      '/sign-out/%2e%2e%2forganization/delete',
      '/organization/Delete',
      '/organization/delete?x=/sign-out',
      '',
    ])
      await isNoPage('POST', path, { organizationId: 'acme' })
    assert.equal((await world.api('GET', '/settings')).id, 'acme')
  })

  await t.test('whatever they are sent, none of them breaks', async () => {
    const stranger = await openBrowser(world)
    const dana = await openBrowser(world)
    await dana.signIn('dana@acme.test', 'danas-password')
    const values = ['\u0000', 'a\u0000@example.com', 7, null, [], ['owner'], {}, true, 'x'.repeat(5_000)]
    const fields = 'email password token role organizationId invitationId memberId code currentPassword newPassword'
    const bodies = values.map((value) => Object.fromEntries(fields.split(' ').map((field) => [field, value])))
    const paths = [...SIGN_IN_ROUTES, ...OURS, ['POST', '/prove-address'], ['POST', '/send-proof']] as const
    for (const [method, path] of paths)
      for (const body of ['text', 7, [], null, ...bodies])
        for (const browser of path === '/sign-out' ? [stranger] : [stranger, dana]) {
          const query = method === 'GET' ? `?${new URLSearchParams({ id: 'a\u0000', organizationId: 'a\u0000' })}` : ''
          const sent = method === 'POST' ? body : undefined
          const { status } = await browser.ask(method, `/api/auth${path}${query}`, sent)
          assert.ok(status < 500, `${method} ${path} ${JSON.stringify(body).slice(0, 60)} ${status}`)
        }
  })

  await t.test('a sign-in link is not used up by a program that only looks where it leads', async () => {
    const link = (await world.app.signInLink('mike@acme.test')) ?? ''
    assert.equal((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status, 404)
    const used = await fetch(link, { redirect: 'manual' })
    assert.deepEqual([used.status, used.headers.get('location')], [302, `${world.url}/today`])
    const again = await fetch(link, { redirect: 'manual' })
    assert.match(again.headers.get('location') ?? '', /error=INVALID_TOKEN/)
  })

  await t.test('and none of them sends a browser to another site', async () => {
    const elsewhere = [
      'https://evil.example',
      '//evil.example',
      '/.//evil.example',
      '/\\evil.example',
      '/%2F/evil.example',
      '/%5Cevil.example',
      '/\t/evil.example',
      `${world.url}.evil.example`,
      `${world.url}@evil.example`,
      `${world.url}//evil.example`,
    ]
    const link = new URL((await world.app.signInLink('mike@acme.test')) ?? '')
    for (const target of elsewhere)
      for (const name of ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL']) {
        const bent = new URL(link)
        bent.searchParams.set(name, target)
        const answer = await fetch(bent, { redirect: 'manual' })
        assert.deepEqual([answer.status, answer.headers.get('location')], [400, null], `${name}=${target}`)
      }
    const doubled = `${link}&callbackURL=${encodeURIComponent('//evil.example')}`
    assert.equal((await fetch(doubled, { redirect: 'manual' })).status, 400)
    for (const redirectTo of elsewhere) {
      const reset = await mike.ask('POST', '/api/auth/request-password-reset', { email: 'mike@acme.test', redirectTo })
      assert.deepEqual(
        [reset.status, reset.body.errors],
        [400, [{ field: 'redirectTo', message: 'must be a path of this site' }]],
        redirectTo,
      )
    }
    const own = { email: 'mike@acme.test', redirectTo: '/reset-password' }
    assert.equal((await mike.ask('POST', '/api/auth/request-password-reset', own)).status, 200)
    assert.equal((await fetch(link, { redirect: 'manual' })).status, 302)
  })
})
