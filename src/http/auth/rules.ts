import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import { endOtherSessions, endSession } from '../../actions/people/signIn.ts'
import type { World } from '../../actions/world.ts'
import { GUESSES_AT_USER, GUESSES_FROM, INVITATIONS_OF_ACCOUNT, INVITATIONS_TO_ADDRESS } from '../../domain/attempts.ts'
import { passwordFault } from '../../domain/passwords.ts'
import { asPlatform } from '../../store/db.ts'
import { findOpenInvitation } from '../../store/people/invitations.ts'
import { isOwner, lacksSecondFactor, needsSecondFactor } from '../../store/people/secondFactor.ts'
import { addressGroup } from './addressGroup.ts'
import { type HookContext, refusal, tooMany } from './refusals.ts'

export type SignInWorld = Pick<World, 'db' | 'publicUrl' | 'mail' | 'log' | 'now' | 'limits'>

type Rule = (world: SignInWorld, ctx: HookContext) => Promise<unknown>

/** What we ask of a request before better-auth sees it, by its path. A rule may change the body, or answer instead. */
const RULES: Record<string, Rule[]> = {
  '/sign-in/email': [slowGuesses],
  '/change-password': [newPassword, slowOwnGuesses, endOthersToo],
  '/reset-password': [newPasswordByLink],
  '/revoke-session': [revokeOne],
  '/revoke-other-sessions': [revokeOthers],
  '/two-factor/enable': [slowOwnGuesses],
  '/two-factor/disable': [keepRequiredFactor, slowOwnGuesses],
  '/two-factor/generate-backup-codes': [slowOwnGuesses],
  '/two-factor/verify-totp': [trustNoDevice],
  '/two-factor/verify-backup-code': [trustNoDevice],
  '/organization/list-members': [secondFactorFirst],
  '/organization/list-invitations': [secondFactorFirst],
  '/organization/invite-member': [secondFactorFirst, ourRoles, provenFirst, limitInvitations],
  '/organization/accept-invitation': [byAnOwner],
  '/organization/cancel-invitation': [secondFactorFirst],
  '/organization/update-member-role': [secondFactorFirst, ourRoles],
  '/organization/remove-member': [secondFactorFirst],
}

/** Runs before each route of better-auth. */
export const signInRules = (world: SignInWorld) =>
  createAuthMiddleware(async (ctx) => {
    for (const rule of RULES[ctx.path] ?? []) {
      const answer = await rule(world, ctx)
      if (answer) return answer as object
    }
  })

export const addressOf = (ctx: { headers?: Headers | undefined }) => ctx.headers?.get('x-forwarded-for') ?? ''

const textIn = (ctx: HookContext, field: string): string => {
  const value = (ctx.body as Record<string, unknown> | undefined)?.[field]
  return typeof value === 'string' ? value : ''
}

function put(ctx: HookContext, field: string, value: boolean): void {
  if (typeof ctx.body === 'object' && ctx.body !== null) ctx.body[field] = value
}

async function slowGuesses(world: SignInWorld, ctx: HookContext): Promise<void> {
  const { limits } = world
  const email = textIn(ctx, 'email')
  const until =
    (await limits.brake(GUESSES_FROM, addressGroup(addressOf(ctx)))) ?? (await limits.brake(GUESSES_AT_USER, email))
  if (!until) return
  world.log.warn({ address: limits.nameInLog(email), from: addressOf(ctx) }, 'a sign-in has to wait')
  throw tooMany(until, world.now(), 'Too many wrong passwords')
}

/** Whoever found an open session must not find out the password by it. */
async function slowOwnGuesses(world: SignInWorld, ctx: HookContext): Promise<void> {
  const session = await getSessionFromCtx(ctx)
  const until = session && (await world.limits.brake(GUESSES_AT_USER, session.user.email))
  if (until) throw tooMany(until, world.now(), 'Too many wrong passwords')
}

const weak = (message: string) =>
  refusal('BAD_REQUEST', 'This password is too easy to guess', {
    detail: 'Nothing was changed. Three or four words that have nothing to do with each other are a good one.',
    errors: [{ field: 'newPassword', message }],
  })

async function newPassword(_world: SignInWorld, ctx: HookContext): Promise<void> {
  const session = await getSessionFromCtx(ctx)
  const fault = session && passwordFault(textIn(ctx, 'newPassword'), [session.user.email, session.user.name])
  if (fault) throw weak(fault)
}

async function newPasswordByLink(_world: SignInWorld, ctx: HookContext): Promise<void> {
  const { internalAdapter } = ctx.context
  const link = await internalAdapter.findVerificationValue(`reset-password:${textIn(ctx, 'token')}`)
  const user = link && (await internalAdapter.findUserById(link.value))
  const fault = passwordFault(textIn(ctx, 'newPassword'), user ? [user.email, user.name] : [])
  if (fault) throw weak(fault)
}

/** better-auth leaves it to the page whether other sessions end. */
async function endOthersToo(_world: SignInWorld, ctx: HookContext): Promise<void> {
  put(ctx, 'revokeOtherSessions', true)
}

/** A list of sessions names them by what is stored of their tokens, which better-auth would not find (see tokens.ts). */
async function revokeOne(world: SignInWorld, ctx: HookContext): Promise<unknown> {
  const session = await getSessionFromCtx(ctx)
  if (!session) return
  await endSession(world.db, session.user.id, textIn(ctx, 'token'))
  return ctx.json({ status: true })
}

async function revokeOthers(world: SignInWorld, ctx: HookContext): Promise<unknown> {
  const session = await getSessionFromCtx(ctx)
  if (!session) return
  await endOtherSessions(world.db, session.user.id, session.session.id)
  return ctx.json({ status: true })
}

/** A browser that needs no code for a month would be half a second factor. */
async function trustNoDevice(_world: SignInWorld, ctx: HookContext): Promise<void> {
  put(ctx, 'trustDevice', false)
}

/** Without it they could do nothing but set it up again. */
async function keepRequiredFactor(world: SignInWorld, ctx: HookContext): Promise<void> {
  const session = await getSessionFromCtx(ctx)
  if (!session || !(await asPlatform(world.db, (tx) => needsSecondFactor(tx, session.user.id)))) return
  throw refusal('CONFLICT', 'Your business requires a second factor', {
    detail: 'It stays on until an owner no longer requires it, under Settings → People.',
  })
}

/** better-auth knows an `admin`, lists of roles, and none; we know two. */
async function ourRoles(_world: SignInWorld, ctx: HookContext): Promise<void> {
  if (['owner', 'member'].includes(ctx.body?.role)) return
  throw refusal('BAD_REQUEST', 'There is no such role', {
    detail: 'Nothing was changed. A person is an owner or a member.',
    errors: [{ field: 'role', message: 'must be owner or member' }],
  })
}

async function provenFirst(_world: SignInWorld, ctx: HookContext): Promise<void> {
  const session = await getSessionFromCtx(ctx)
  if (!session || session.user.emailVerified) return
  throw refusal('FORBIDDEN', 'Prove your own address first', {
    detail: 'Invitations go out in your name. Under Settings → People you get a mail with a link.',
  })
}

async function limitInvitations(world: SignInWorld, ctx: HookContext): Promise<void> {
  const session = await getSessionFromCtx(ctx)
  const accountId = textIn(ctx, 'organizationId') || session?.session.activeOrganizationId
  if (!session || !accountId) return
  // Others are refused by better-auth, and must not use up an account's invitations.
  if (!(await asPlatform(world.db, (tx) => isOwner(tx, session.user.id, accountId)))) return
  const account = await world.limits.spend(INVITATIONS_OF_ACCOUNT, accountId)
  if (account) throw tooMany(account, world.now(), 'Enough invitations for today')
  const recipient = await world.limits.spend(INVITATIONS_TO_ADDRESS, textIn(ctx, 'email'))
  if (recipient) throw tooMany(recipient, world.now(), 'This address was invited often enough today')
}

/** Whoever sent the invitation may be no owner any more. better-auth asks that only when it is sent. */
async function byAnOwner(world: SignInWorld, ctx: HookContext): Promise<void> {
  if (!(await getSessionFromCtx(ctx))) return
  const id = textIn(ctx, 'invitationId')
  if (await asPlatform(world.db, (tx) => findOpenInvitation(tx, id, world.now()))) return
  throw refusal('BAD_REQUEST', 'This invitation has ended', {
    detail: 'It was used, taken back, or is too old, or its sender is no owner any more. Ask an owner for a new one.',
  })
}

async function secondFactorFirst(world: SignInWorld, ctx: HookContext): Promise<void> {
  const session = await getSessionFromCtx(ctx)
  if (!session || !(await asPlatform(world.db, (tx) => lacksSecondFactor(tx, session.user.id)))) return
  throw refusal('FORBIDDEN', 'Set up your second factor first', {
    detail: 'An owner of your business requires it of everybody.',
    reason: 'second_factor',
  })
}
