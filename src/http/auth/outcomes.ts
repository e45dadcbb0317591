import { createAuthMiddleware } from 'better-auth/api'
import { type ChangeOfSignIn, changeMail } from '../../actions/people/mails.ts'
import { noteNewPassword } from '../../actions/people/signIn.ts'
import { CODE_OF_USER, GUESSES_AT_USER, GUESSES_FROM } from '../../domain/attempts.ts'
import { asPlatform } from '../../store/db.ts'
import { addressGroup } from './addressGroup.ts'
import { noteMembership } from './membership.ts'
import { type HookContext, refusal } from './refusals.ts'
import { addressOf, type SignInWorld } from './rules.ts'

/** Runs after each route of better-auth: what its answer means for us. */
export const signInOutcomes = (world: SignInWorld) =>
  createAuthMiddleware(async (ctx) => {
    const failed = ctx.context.returned instanceof Error
    const then = OUTCOMES[ctx.path]
    if (then) await then(world, ctx, failed)
    if (!failed) await noteMembership(world.db, ctx)
  })

const OUTCOMES: Record<string, (world: SignInWorld, ctx: HookContext, failed: boolean) => Promise<void>> = {
  '/sign-in/email': signedIn,
  '/two-factor/verify-totp': codeGiven,
  '/two-factor/verify-backup-code': codeGiven,
  '/change-password': changed('password'),
  '/two-factor/enable': passwordWasRight,
  '/two-factor/disable': changed('secondFactorOff'),
  '/two-factor/generate-backup-codes': changed('recoveryCodes'),
}

async function signedIn(world: SignInWorld, ctx: HookContext, failed: boolean): Promise<void> {
  const email = String(ctx.body?.email ?? '')
  if (failed) {
    // Any other refusal is about the form, not the password.
    if ((ctx.context.returned as { statusCode?: number }).statusCode === 401) await logFailure(world, email, ctx)
    return
  }
  await world.limits.forget(GUESSES_AT_USER, email)
  await world.limits.giveBack(GUESSES_FROM, addressGroup(addressOf(ctx)))
}

/** With whom and from where. An address that has a user is called by its id, another by a hash: the log names no stranger. */
async function logFailure(world: SignInWorld, email: string, ctx: HookContext): Promise<void> {
  const user = await asPlatform(world.db, (tx) =>
    tx.selectFrom('users').select('id').where('email', '=', email.toLowerCase()).executeTakeFirst(),
  )
  const whom = user ? { user: user.id } : { address: world.limits.nameInLog(email) }
  world.log.warn({ ...whom, from: addressOf(ctx) }, 'a sign-in failed')
}

/** A code of the second factor: a wrong one is logged, and a right one counts once. */
async function codeGiven(world: SignInWorld, ctx: HookContext, failed: boolean): Promise<void> {
  if (failed) {
    world.log.warn({ user: await halfSignedIn(ctx), from: addressOf(ctx) }, 'a second factor failed')
    return
  }
  const { user } = ctx.context.returned as { user: { id: string; email: string } }
  const isNew = ctx.context.newSession !== null
  if (ctx.path === '/two-factor/verify-totp') {
    if (await world.limits.spend(CODE_OF_USER, `${user.id} ${ctx.body.code}`)) {
      const token = ctx.context.newSession?.session.token
      if (token) await ctx.context.internalAdapter.deleteSession(token)
      throw refusal('UNAUTHORIZED', 'This code was used already', { detail: 'Wait for the next one on your phone.' })
    }
    // Whoever was signed in before has just set it up.
    if (isNew && ctx.context.session)
      await world.mail({ to: user.email, ...changeMail('secondFactorOn', world.publicUrl) })
  }
}

/** Who gave the password and now owes the code, by the cookie between the two steps. */
async function halfSignedIn(ctx: HookContext): Promise<string | null> {
  const cookie = ctx.context.createAuthCookie('two_factor')
  const challenge = await ctx.getSignedCookie(cookie.name, ctx.context.secret)
  const found = challenge && (await ctx.context.internalAdapter.findVerificationValue(challenge))
  return found ? found.value : (ctx.context.session?.user.id ?? null)
}

async function passwordWasRight(world: SignInWorld, ctx: HookContext, failed: boolean): Promise<void> {
  if (!failed && ctx.context.session) await world.limits.forget(GUESSES_AT_USER, ctx.context.session.user.email)
}

function changed(change: ChangeOfSignIn) {
  return async (world: SignInWorld, ctx: HookContext, failed: boolean): Promise<void> => {
    const user = ctx.context.session?.user
    if (failed || !user) return
    await world.limits.forget(GUESSES_AT_USER, user.email)
    if (change === 'password') await noteNewPassword(world.db, user)
    await world.mail({ to: user.email, ...changeMail(change, world.publicUrl) })
  }
}
