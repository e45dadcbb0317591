import type { FastifyInstance } from 'fastify'
import { isOwnPath } from '../../domain/redirect.ts'
import { DatabaseAway } from '../../store/away.ts'
import type { Database } from '../../store/db.ts'
import { invalid, unkeepable } from '../errors.ts'
import { webHeaders } from './headers.ts'
import { BASE_PATH, type Sessions } from './sessions.ts'

/**
 * The open part of better-auth: the routes that the web app uses. It has more (deleting an account with everything in
 * it, renaming one past settings and audit), and each version adds some; a route is reachable only by a line here. Signing
 * up and proving an address are ours, see signUp.ts.
 */
export const SIGN_IN_ROUTES = [
  ['POST', '/sign-in/email', 'in with email and password'],
  ['GET', '/magic-link/verify', 'in with the link that bin/start prints'],
  ['POST', '/sign-out', 'out of this browser'],
  ['GET', '/get-session', 'whether somebody is signed in, and who'],
  ['GET', '/list-sessions', 'where one is signed in'],
  ['POST', '/revoke-session', 'out of one browser'],
  ['POST', '/revoke-other-sessions', 'out of all but this one'],
  ['POST', '/revoke-sessions', 'out of all'],
  ['POST', '/change-password', 'with the old one'],
  ['POST', '/request-password-reset', 'a mail with a link to choose a new one'],
  ['POST', '/reset-password', 'with that link'],
  ['POST', '/two-factor/enable', 'begin to set up the second factor'],
  ['POST', '/two-factor/verify-totp', 'its code: the end of the setup, or of a sign-in'],
  ['POST', '/two-factor/verify-backup-code', 'a recovery code instead'],
  ['POST', '/two-factor/generate-backup-codes', 'new recovery codes'],
  ['POST', '/two-factor/disable', 'turn it off'],
  ['POST', '/organization/set-active', 'over to another business'],
  ['GET', '/organization/list-members', 'who is here'],
  ['POST', '/organization/update-member-role', 'owner or member'],
  ['POST', '/organization/remove-member', 'take somebody out'],
  ['POST', '/organization/leave', 'take oneself out'],
  ['GET', '/organization/list-invitations', 'who was asked to come'],
  ['POST', '/organization/invite-member', 'ask somebody to come'],
  ['POST', '/organization/cancel-invitation', 'take that back'],
  ['GET', '/organization/get-invitation', 'what one was asked to join'],
  ['POST', '/organization/accept-invitation', 'join'],
] as const

/** The places where better-auth sends a browser afterwards, by the parameters of its routes. */
const REDIRECTS = ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL', 'redirectTo']

/** Hands the open sign-in routes to better-auth, which speaks the web's Request and Response. */
export async function signIn(
  app: FastifyInstance,
  { db, sessions }: { db: Database; sessions: Sessions },
): Promise<void> {
  const publicUrl = new URL(sessions.options.baseURL as string)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body as string))
    } catch (error) {
      done(error as Error)
    }
  })
  for (const [method, path] of SIGN_IN_ROUTES)
    app.route({
      method,
      url: BASE_PATH + path,
      // Mail programs send HEAD to check a link, which would use it up.
      exposeHeadRoute: false,
      config: { access: 'public' },
      schema: { hide: true },
      async handler(request, reply) {
        db.breaker.pass()
        // The route's own path, so that better-auth cannot read another path from the request.
        const url = new URL(BASE_PATH + path, publicUrl)
        url.search = new URL(request.url, publicUrl).search
        refuseOtherSites([...url.searchParams, ...Object.entries(request.body ?? {})], publicUrl.origin)
        const body = method === 'POST' ? JSON.stringify(request.body ?? {}) : null
        // PostgreSQL keeps no NUL, and better-auth would answer with an error of its own.
        if (`${body}${url.search}`.match(/\\u0000|%00/)) throw unkeepable()
        const answer = await pass(sessions, { method, path: path + url.search, headers: webHeaders(request), body })
        // better-auth does not tell why it failed.
        if (answer.status >= 500 && (await db.breaker.isAway())) throw new DatabaseAway()
        reply.code(answer.status)
        for (const [name, value] of answer.headers) if (name !== 'set-cookie') reply.header(name, value)
        const cookies = answer.headers.getSetCookie()
        if (cookies.length > 0) reply.header('set-cookie', cookies)
        return reply.send(Buffer.from(await answer.arrayBuffer()))
      },
    })
}

/** Asks better-auth for one of its routes; `path` without the base path. */
export function pass(
  sessions: Sessions,
  { path, ...request }: { method: string; path: string; headers: Headers; body: string | null },
): Promise<Response> {
  return sessions.handler(new Request(new URL(BASE_PATH + path, sessions.options.baseURL as string), request))
}

/** A link of ours that led to another site would misuse our name. better-auth checks too, but allows `/.//…`. */
function refuseOtherSites(given: [name: string, value: unknown][], origin: string): void {
  for (const [field, target] of given) {
    if (!REDIRECTS.includes(field) || target === undefined || target === null || target === '') continue
    const path = String(target).startsWith(`${origin}/`) ? String(target).slice(origin.length) : target
    if (typeof path !== 'string' || !isOwnPath(path)) throw invalid([{ field, message: 'must be a path of this site' }])
  }
}
