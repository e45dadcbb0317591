import { createHmac } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { magicLink } from 'better-auth/plugins/magic-link'
import { organization } from 'better-auth/plugins/organization'
import { memberAc, ownerAc } from 'better-auth/plugins/organization/access'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely'
import { accountOfKey } from '../actions/accounts/apiKeys.ts'
import type { Log } from '../actions/world.ts'
import type { Actor } from '../domain/events.ts'
import type { Mailer } from '../mail.ts'
import { asPlatform, type Database } from '../store/db.ts'
import { createDefaultPipeline } from '../store/leads/leads.ts'
import { Problem } from './errors.ts'
import { recordMembership } from './membership.ts'

/** Who asks, on behalf of which account. */
export type Who = {
  accountId: string
  role: 'owner' | 'member'
  /** 'key:…' or 'user:…', as events have it. */
  actor: Actor
  /** Null for an API key. */
  userId: string | null
}

/** A sign-in link works once, and this long. */
const LINK_SECONDS = 30 * 60

export type Sessions = ReturnType<typeof makeSessions>

/** Sign-in by better-auth; its "organization" is our account. Its tables are ours by name, see migrations. */
export function makeSessions(
  db: Database,
  publicUrl: string,
  secretKey: string,
  mail: Mailer,
  log: Pick<Log, 'warn' | 'error'> = { warn() {}, error() {} },
) {
  const kysely = new Kysely({
    dialect: new PostgresDialect({ pool: db.pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
  return betterAuth({
    appName: 'Textback',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret: createHmac('sha256', secretKey).update('textback sessions').digest('base64'),
    trustedOrigins: [new URL(publicUrl).origin],
    database: { db: kysely, type: 'postgres', transaction: true },
    telemetry: { enabled: false },
    // Its own lines are for a terminal, in colours; ours are JSON, without what was typed.
    logger: { level: 'warn', log: (level, message) => log[level === 'error' ? 'error' : 'warn']({}, message) },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) =>
        mail.send({
          to: user.email,
          subject: 'A new password for Textback',
          text: `Somebody, you we hope, asked for a new password. Choose it within an hour:\n\n${publicUrl}/reset-password?token=${token}\n\nIf it was not you, do nothing.`,
        }),
    },
    user: { modelName: 'users' },
    // A list of one's sessions is wanted most by who signed in long ago; better-auth would refuse it after a day.
    session: { modelName: 'sessions', freshAge: 0 },
    account: { modelName: 'signInMethods' },
    verification: { modelName: 'verifications' },
    hooks: { after: recordMembership(db) },
    advanced: { cookiePrefix: 'textback', useSecureCookies: publicUrl.startsWith('https:') },
    plugins: [
      magicLink({
        disableSignUp: true,
        expiresIn: LINK_SECONDS,
        sendMagicLink: ({ email, url }) =>
          mail.send({ to: email, subject: 'Your way into Textback', text: `This link signs you in, once:\n\n${url}` }),
      }),
      organization({
        roles: { owner: ownerAc, member: memberAc },
        sendInvitationEmail: ({ id, email, organization, inviter }) =>
          mail.send({
            to: email,
            subject: `${inviter.user.name} invites you to ${organization.name} on Textback`,
            text: `${inviter.user.name} wants you in ${organization.name}'s inbox:\n\n${publicUrl}/accept-invitation?id=${id}`,
          }),
        schema: {
          session: { fields: { activeOrganizationId: 'activeAccountId' } },
          organization: { modelName: 'accounts' },
          member: { modelName: 'members', fields: { organizationId: 'accountId' } },
          invitation: { modelName: 'invitations', fields: { organizationId: 'accountId' } },
        },
        organizationHooks: {
          afterCreateOrganization: ({ organization }) =>
            asPlatform(db, (tx) => createDefaultPipeline(tx, organization.id)),
        },
      }),
    ],
  })
}

/** A link that signs the user in, once; for the terminal of whoever starts the program. */
export async function signInLink(
  db: Database,
  publicUrl: string,
  secretKey: string,
  email: string,
): Promise<string | null> {
  let link: string | null = null
  const toTerminal: Mailer = {
    async send({ text }) {
      link = text.split('\n').find((line) => line.startsWith('http')) ?? null
    },
  }
  const sessions = makeSessions(db, publicUrl, secretKey, toTerminal)
  await sessions.api.signInMagicLink({ body: { email, callbackURL: `${publicUrl}/today` }, headers: new Headers() })
  return link
}

/** Hands `/api/auth/*` to better-auth, which speaks the web's Request and Response. */
export async function signIn(app: FastifyInstance, { sessions }: { sessions: Sessions }): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.route({
    method: ['GET', 'POST'],
    url: '/api/auth/*',
    config: { access: 'public' },
    schema: { hide: true },
    async handler(request, reply) {
      const answer = await sessions.handler(
        new Request(new URL(request.url, sessions.options.baseURL as string), {
          method: request.method,
          headers: webHeaders(request),
          body:
            request.method === 'POST' ? new Uint8Array((request.body as Buffer | undefined) ?? Buffer.alloc(0)) : null,
        }),
      )
      reply.code(answer.status)
      for (const [name, value] of answer.headers) if (name !== 'set-cookie') reply.header(name, value)
      const cookies = answer.headers.getSetCookie()
      if (cookies.length > 0) reply.header('set-cookie', cookies)
      return reply.send(Buffer.from(await answer.arrayBuffer()))
    },
  })
}

/** Who asks: by API key, or by a browser's session. Throws 401 for nobody, 403 for a page of another origin. */
export async function identify(
  request: FastifyRequest,
  db: Database,
  sessions: Sessions,
  publicUrl: string,
): Promise<Who> {
  const [scheme, key] = (request.headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() === 'bearer' && key) {
    const found = await accountOfKey(db, key, new Date())
    if (found) return { accountId: found.accountId, role: 'owner', actor: `key:${found.keyId}`, userId: null }
    throw new Problem(401, 'This API key is not known', { detail: 'Make a new one under Settings → API keys.' })
  }
  if (!request.headers.cookie)
    throw new Problem(401, 'Nobody is signed in', {
      detail: 'Send `Authorization: Bearer tb_…` with an API key, or sign in.',
    })
  if (request.method !== 'GET' && request.method !== 'HEAD' && request.headers.origin !== new URL(publicUrl).origin)
    throw new Problem(403, 'This request comes from another site', {
      detail: `Changes by browser are taken from ${new URL(publicUrl).origin} only.`,
    })
  const session = await sessions.api.getSession({ headers: webHeaders(request) })
  if (!session) throw new Problem(401, 'Nobody is signed in', { detail: 'Your session has ended. Sign in again.' })
  const active = session.session.activeOrganizationId
  const member = await asPlatform(db, (tx) =>
    tx
      .selectFrom('members')
      .select(['accountId', 'role'])
      .where('userId', '=', session.user.id)
      // Whoever was taken out of the active account still belongs to the others.
      .orderBy(sql`account_id = ${active ?? ''}`, 'desc')
      .orderBy('createdAt')
      .executeTakeFirst(),
  )
  if (!member) throw new Problem(403, 'You belong to no account', { detail: 'Ask an owner to invite you.' })
  const shown = request.headers['x-textback-account']
  if (shown && shown !== member.accountId)
    throw new Problem(409, 'You have changed to another business', {
      detail: 'In another tab, it seems. Nothing was done. Load this page again to go on.',
    })
  return {
    accountId: member.accountId,
    role: member.role === 'owner' ? 'owner' : 'member',
    actor: `user:${session.user.id}`,
    userId: session.user.id,
  }
}

function webHeaders(request: FastifyRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  // Sign-in attempts are counted by address; what a client claims about its own is not believed.
  headers.set('x-forwarded-for', request.ip)
  return headers
}
