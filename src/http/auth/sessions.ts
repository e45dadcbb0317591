import { betterAuth } from 'better-auth'
import { magicLink } from 'better-auth/plugins/magic-link'
import { organization } from 'better-auth/plugins/organization'
import { memberAc, ownerAc } from 'better-auth/plugins/organization/access'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import { openAccount } from '../../actions/accounts/openAccount.ts'
import type { Log } from '../../actions/world.ts'
import type { Mailer } from '../../mail.ts'
import type { Database } from '../../store/db.ts'
import { signInKey } from '../../store/secrets.ts'
import { noteMembership } from './membership.ts'

/** The path of sign-in's routes; routes.ts says which of them are open. */
export const BASE_PATH = '/api/auth'

/** How long a sign-in link works; it works once. */
const LINK_SECONDS = 30 * 60

export type Sessions = ReturnType<typeof makeSessions>

/** Sign-in by better-auth; its "organization" is our account. Its tables have our names, see migrations. */
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
    basePath: BASE_PATH,
    secret: signInKey(secretKey),
    trustedOrigins: [new URL(publicUrl).origin],
    database: { db: kysely, type: 'postgres', transaction: true },
    telemetry: { enabled: false },
    // better-auth logs for a terminal, in colours; our log is JSON and leaves out what was typed.
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
    // People who signed in long ago need the list of their sessions most; better-auth would refuse it after a day.
    session: { modelName: 'sessions', freshAge: 0 },
    account: { modelName: 'signInMethods' },
    verification: { modelName: 'verifications' },
    hooks: { after: noteMembership(db) },
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
          afterCreateOrganization: ({ organization }) => openAccount(db, organization.id),
        },
      }),
    ],
  })
}

/** A link that signs the user in once, for the terminal in which the program was started. */
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
