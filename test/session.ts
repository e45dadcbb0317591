import assert from 'node:assert/strict'
import { makeLimits } from '../src/actions/people/limits.ts'
import { makeSessions } from '../src/http/auth/sessions.ts'
import type { Database } from '../src/store/db.ts'
import { type Json, SECRET_KEY, type World } from './world.ts'

export type Browser = Awaited<ReturnType<typeof openBrowser>>

/** The HTTP side of a browser: it keeps cookies and sends its origin. */
export async function openBrowser(world: World) {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const answer = await fetch(world.url + path, {
        method,
        headers: {
          ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
          ...(method !== 'GET' && { origin: world.url }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
        if (value === '') cookies.delete(name!)
        else cookies.set(name!, value!)
      }
      const text = await answer.text()
      return { status: answer.status, headers: answer.headers, body: asJson(text) }
    },
    signIn(email: string, password: string) {
      return this.ask('POST', '/api/auth/sign-in/email', { email, password })
    },
  }
}

/** Sign-in with our configuration, to ask it what it has. */
export function sessionsOf(db: Database, publicUrl: string) {
  const quiet = { info() {}, warn() {}, error() {} }
  const now = () => new Date()
  const limits = makeLimits(db, SECRET_KEY, now)
  return makeSessions({
    ...{ db, publicUrl, now, limits, log: quiet, mail: async () => {} },
    ...{ secretKey: SECRET_KEY, sessionDays: 30 },
  })
}

/** The link in the newest mail to an address, within this site. */
export function linkTo(world: World, email: string): URL {
  const mail = world.mails.findLast(({ to }) => to === email)
  assert.ok(mail, `a mail to ${email}`)
  const link = mail.text.split('\n').find((line) => line.startsWith(world.url))
  assert.ok(link, `a link in “${mail.subject}”`)
  return new URL(link)
}

type NewPerson = { name: string; email: string; password: string; business?: string; invitation?: string }

/** Somebody signs up, opens the link in their mail, types the password again, and is signed in. */
export async function signUp(world: World, person: NewPerson): Promise<Browser> {
  const browser = await openBrowser(world)
  const asked = await browser.ask('POST', '/api/auth/sign-up/email', person)
  assert.equal(asked.status, 200, JSON.stringify(asked.body))
  const token = linkTo(world, person.email).searchParams.get('token')
  const proven = await browser.ask('POST', '/api/auth/prove-address', { token, password: person.password })
  assert.equal(proven.status, 200, JSON.stringify(proven.body))
  return browser
}

function asJson(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
