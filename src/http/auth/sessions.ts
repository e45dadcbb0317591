import { kyselyAdapter } from '@better-auth/kysely-adapter'
import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { magicLink } from 'better-auth/plugins/magic-link'
import { organization } from 'better-auth/plugins/organization'
import { memberAc, ownerAc } from 'better-auth/plugins/organization/access'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import { changeMail, invitationMail, newPasswordMail, signInLinkMail } from '../../actions/people/mails.ts'
import { noteReset } from '../../actions/people/signIn.ts'
import { type Budget, GUESSES_AT_USER, LINKS_TO_ADDRESS, RESETS_TO_ADDRESS } from '../../domain/attempts.ts'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../../domain/passwords.ts'
import { DAY } from '../../domain/time.ts'
import type { Mail } from '../../mail.ts'
import { asPlatform } from '../../store/db.ts'
import { signInKey } from '../../store/secrets.ts'
import { keepingOwner } from './lastOwner.ts'
import { signInOutcomes } from './outcomes.ts'
import { type SignInWorld, signInRules } from './rules.ts'
import { keepingTokens } from './tokens.ts'

/** The path of sign-in's routes; routes.ts says which of them are open. */
export const BASE_PATH = '/api/auth'

/** How long a sign-in link works; it works once. */
const LINK_SECONDS = 30 * 60

export type Sessions = ReturnType<typeof makeSessions>

export type SessionParts = SignInWorld & {
  secretKey: string
  /** After so many days a session ends, however much it is used. */
  sessionDays: number
}

/** Sign-in by better-auth; its "organization" is our account. Its tables have our names, see migrations. */
export function makeSessions(parts: SessionParts) {
  const { db, publicUrl, mail, log, limits } = parts
  const kysely = new Kysely({
    dialect: new PostgresDialect({ pool: db.pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
  const adapter = kyselyAdapter(kysely, { type: 'postgres', transaction: true })
  /** Strangers can cause this mail, so an address gets only some of it. */
  const mailSome = async (budget: Budget, one: Mail) => {
    if (!(await limits.spend(budget, one.to))) await mail(one)
  }
  return betterAuth({
    appName: 'Textback',
    baseURL: publicUrl,
    basePath: BASE_PATH,
    secret: signInKey(parts.secretKey),
    trustedOrigins: [new URL(publicUrl).origin],
    database: keepingTokens(keepingOwner(adapter), parts.sessionDays * DAY),
    telemetry: { enabled: false },
    // better-auth logs for a terminal, in colours; our log is JSON and leaves out what was typed.
    logger: { level: 'warn', log: (level, message) => log[level === 'error' ? 'error' : 'warn']({}, message) },
    // A refusal is an answer, not an error of ours; else better-auth writes each one to the terminal.
    onAPIError: {
      onError(error) {
        if (!(error instanceof APIError)) log.error({}, error instanceof Error ? error.name : 'a fault in sign-in')
      },
    },
    emailAndPassword: {
      enabled: true,
      // People sign up by signUp.ts, which proves the address first.
      disableSignUp: true,
      minPasswordLength: SHORTEST_PASSWORD,
      maxPasswordLength: LONGEST_PASSWORD,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) =>
        mailSome(RESETS_TO_ADDRESS, {
          to: user.email,
          ...newPasswordMail(`${publicUrl}/reset-password?token=${token}`),
        }),
      async onPasswordReset({ user }) {
        await noteReset(db, user)
        await limits.forget(GUESSES_AT_USER, user.email)
        await mail({ to: user.email, ...changeMail('password', publicUrl) })
      },
    },
    user: { modelName: 'users' },
    // People who signed in long ago need the list of their sessions most; better-auth would refuse it after a day.
    session: { modelName: 'sessions', freshAge: 0 },
    account: { modelName: 'signInMethods' },
    // Links and half sign-ins are stored by their hash.
    verification: { modelName: 'verifications', storeIdentifier: 'hashed' },
    // Counted with our other attempts, in the database.
    rateLimit: {
      customStorage: {
        async consume(key: string, rule: { window: number; max: number }) {
          const budget = { name: 'requests', most: rule.max, withinMs: rule.window * 1000 }
          const until = await limits.spend(budget, key)
          return { allowed: !until, retryAfter: until && Math.ceil((until.getTime() - parts.now().getTime()) / 1000) }
        },
      },
    },
    hooks: { before: signInRules(parts), after: signInOutcomes(parts) },
    databaseHooks: {
      session: {
        create: {
          /** A link is one factor; whoever has set up a second one signs in with the password and that. */
          async before(session, ctx) {
            if (ctx?.path !== '/magic-link/verify') return
            const user = await ctx.context.internalAdapter.findUserById(session.userId)
            if ((user as { twoFactorEnabled?: boolean } | null)?.twoFactorEnabled) return false
          },
        },
      },
    },
    advanced: { cookiePrefix: 'textback', useSecureCookies: publicUrl.startsWith('https:') },
    plugins: [
      magicLink({
        disableSignUp: true,
        expiresIn: LINK_SECONDS,
        async sendMagicLink({ email, url }) {
          if (await hasUser(parts, email)) await mailSome(LINKS_TO_ADDRESS, { to: email, ...signInLinkMail(url) })
        },
      }),
      organization({
        roles: { owner: ownerAc, member: memberAc },
        allowUserToCreateOrganization: false,
        requireEmailVerificationOnInvitation: true,
        sendInvitationEmail: ({ id, email, organization, inviter }) =>
          mail({
            to: email,
            ...invitationMail(inviter.user.name, organization.name, `${publicUrl}/accept-invitation?id=${id}`),
          }),
        schema: {
          session: { fields: { activeOrganizationId: 'activeAccountId' } },
          organization: { modelName: 'accounts' },
          member: { modelName: 'members', fields: { organizationId: 'accountId' } },
          invitation: { modelName: 'invitations', fields: { organizationId: 'accountId' } },
        },
      }),
      twoFactor({ issuer: 'Textback', schema: { twoFactor: { modelName: 'twoFactors' } } }),
    ],
  })
}

async function hasUser({ db }: SignInWorld, email: string): Promise<boolean> {
  const user = await asPlatform(db, (tx) =>
    tx.selectFrom('users').select('id').where('email', '=', email.toLowerCase()).executeTakeFirst(),
  )
  return user !== undefined
}

/** A link that signs the user in once, for the terminal in which the program was started; null without such a user. */
export async function signInLink(parts: SessionParts, email: string): Promise<string | null> {
  let link: string | null = null
  const toTerminal: SessionParts['mail'] = async ({ text }) => {
    link = text.split('\n').find((line) => line.startsWith('http')) ?? null
  }
  const limits = { ...parts.limits, spend: async () => null }
  const sessions = makeSessions({ ...parts, limits, mail: toTerminal })
  await sessions.api.signInMagicLink({
    body: { email, callbackURL: `${parts.publicUrl}/today` },
    headers: new Headers(),
  })
  return link
}
