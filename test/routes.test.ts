import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { SIGN_IN_ROUTES } from '../src/http/auth/routes.ts'
import { routesIn } from './routes.ts'
import { openBrowser } from './session.ts'
import { type Json, startWorld } from './world.ts'

/** The status of a file of the web app, which is there once the app is built, as by bin/test. */
const OF_THE_WEB_APP = existsSync(new URL('../dist/web/index.html', import.meta.url)) ? 200 : 404

/** Every public route, each by a decision, with its status for a stranger. */
const PUBLIC: Record<string, number> = {
  'GET /api/openapi.json': 200,
  'GET /healthz': 200,
  'GET /metrics': 200,
  // Signing up, which needs a body; sign-up.test.ts shows who may.
  'GET /api/auth/sign-up': 200,
  'POST /api/auth/sign-up/email': 400,
  'POST /api/auth/prove-address': 400,
  // The web app's screens, for browsers, and its files.
  'GET /*': 404,
  'GET /assets/*': 404,
  'GET /theme.js': OF_THE_WEB_APP,
  'GET /favicon.svg': OF_THE_WEB_APP,
}
/** The page to read the API's description, with its files. */
const DOCS = /^GET \/api\/docs(\/|$)/

/** The carriers' webhooks, which are signed. */
const SIGNED = ['POST /hooks/:kind/:account/:connection/*']

/** better-auth's routes, which it guards itself; stories/auth-routes.test.ts shows that there are no others. */
const SIGN_IN = SIGN_IN_ROUTES.map(([method, path]) => `${method} /api/auth${path}`)

/** For owners only: what costs money, gives access or cannot be undone. */
const OWNERS = [
  'DELETE /api/v1/account/closing',
  'DELETE /api/v1/api-keys/:id',
  'DELETE /api/v1/carriers/:id',
  'DELETE /api/v1/contacts/:id',
  'DELETE /api/v1/numbers/:number',
  'DELETE /api/v1/opt-outs/:phone',
  'DELETE /api/v1/webhooks/:id',
  'GET /api/v1/account/export',
  'GET /api/v1/api-keys',
  'GET /api/v1/audit',
  'GET /api/v1/webhook-deliveries/:id',
  'GET /api/v1/webhooks',
  'GET /api/v1/webhooks/:id',
  'GET /api/v1/webhooks/:id/deliveries',
  'PATCH /api/v1/numbers/:number',
  'PATCH /api/v1/settings',
  'PATCH /api/v1/webhooks/:id',
  'POST /api/v1/account/closing',
  'POST /api/v1/api-keys',
  'POST /api/v1/api-keys/:id/roll',
  'POST /api/v1/carriers',
  'POST /api/v1/carriers/:id/check',
  'POST /api/v1/numbers',
  'POST /api/v1/numbers/:number/configure',
  'POST /api/v1/numbers/:number/test',
  'POST /api/v1/webhook-deliveries/:id/redeliver',
  'POST /api/v1/webhooks',
  'POST /api/v1/webhooks/:id/enable',
  'POST /api/v1/webhooks/:id/rotate',
  'POST /api/v1/webhooks/:id/test',
]

test('every route is public by name, signed, or for people who are signed in', async (t) => {
  const dana = { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'member' }
  const world = await startWorld(t, { provision: (file) => file.accounts[0].users.push(dana) })
  const routes = routesIn(world.app.server.printRoutes())
  const isClosed = (name: string) => !(name in PUBLIC) && ![...SIGNED, ...SIGN_IN].includes(name) && !DOCS.test(name)
  const closed = routes.filter(isClosed)
  const ask = async (name: string, headers: Record<string, string>) => {
    const [method, path] = name.split(' ') as [string, string]
    const answer = await fetch(world.url + path.replace(/:[a-z]+|\*/g, '0'), { method, headers })
    const text = await answer.text()
    const problem: Json = text.startsWith('{') ? JSON.parse(text) : {}
    return { status: answer.status, title: problem.title }
  }

  await t.test('the public and the signed ones are all there', () => {
    assert.deepEqual(
      [...Object.keys(PUBLIC), ...SIGNED, ...SIGN_IN].filter((name) => !routes.includes(name)),
      [],
    )
  })

  await t.test('the public ones are open', async () => {
    const statuses: Record<string, number> = {}
    for (const name of Object.keys(PUBLIC)) statuses[name] = (await ask(name, {})).status
    assert.deepEqual(statuses, PUBLIC)
  })

  await t.test('the signed one refuses a request without a signature', async () => {
    for (const connection of ['twilio/acme/main', 'telnyx/acme/alt', 'generic/acme/pbx']) {
      const answer = await fetch(`${world.url}/hooks/${connection}/calls`, { method: 'POST' })
      assert.equal(answer.status, 403, connection)
    }
  })

  await t.test('all others need a key or a session', async () => {
    assert.ok(closed.length > 40)
    for (const name of closed) {
      assert.deepEqual({ name, ...(await ask(name, {})) }, { name, status: 401, title: 'Nobody is signed in' })
      const guessed = await ask(name, { authorization: 'Bearer tb_a_key_that_nobody_made' })
      assert.deepEqual({ name, ...guessed }, { name, status: 401, title: 'This API key is not known' })
    }
  })

  await t.test('members are refused what only owners may do', async () => {
    const browser = await openBrowser(world)
    await browser.signIn(dana.email, dana.password)
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    for (const name of OWNERS) {
      const answer = await ask(name, { cookie, origin: world.url })
      assert.deepEqual({ name, ...answer }, { name, status: 403, title: 'Only an owner can do this' })
    }
  })
})
