import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { type KeyInUse, recognizeKey } from '../../actions/accounts/apiKeys.ts'
import type { Actor } from '../../domain/events.ts'
import { DatabaseAway } from '../../store/away.ts'
import { asPlatform, type Database } from '../../store/db.ts'
import { Problem } from '../errors.ts'
import { webHeaders } from './headers.ts'
import type { Sessions } from './sessions.ts'

/** The person or program that asks, and the account it acts for. */
export type Who = {
  accountId: string
  role: 'owner' | 'member'
  /** 'key:…' or 'user:…', as in events. */
  actor: Actor
  /** Null for an API key. */
  userId: string | null
  /** Null for a person. */
  key: KeyInUse | null
}

/** Identifies by API key or browser session. Throws 401 without either, 403 for a page of another origin. */
export async function identify(
  request: FastifyRequest,
  db: Database,
  sessions: Sessions,
  publicUrl: string,
): Promise<Who> {
  const [scheme, key] = (request.headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() === 'bearer' && key) return identifyKey(db, key)
  const session = await signedIn(request, db, sessions, publicUrl)
  const active = session.session.activeOrganizationId
  const member = await asPlatform(db, (tx) =>
    tx
      .selectFrom('members')
      .innerJoin('accounts', 'accounts.id', 'members.accountId')
      .select(['members.accountId', 'members.role', 'accounts.requiresSecondFactor'])
      .where('members.userId', '=', session.user.id)
      // A person removed from the active account still belongs to their others.
      .orderBy(sql`members.account_id = ${active ?? ''}`, 'desc')
      .orderBy('members.createdAt')
      .executeTakeFirst(),
  )
  if (!member) throw new Problem(403, 'You belong to no account', { detail: 'Ask an owner to invite you.' })
  const shown = request.headers['x-textback-account']
  if (shown && shown !== member.accountId)
    throw new Problem(409, 'You have changed to another business', {
      detail: 'In another tab, it seems. Nothing was done. Load this page again to go on.',
    })
  if (member.requiresSecondFactor && !session.user.twoFactorEnabled)
    throw new Problem(403, 'Set up your second factor first', {
      detail: 'An owner of your business requires it of everybody.',
      reason: 'second_factor',
    })
  return {
    accountId: member.accountId,
    role: member.role === 'owner' ? 'owner' : 'member',
    actor: `user:${session.user.id}`,
    userId: session.user.id,
    key: null,
  }
}

/** Somebody who is signed in, whether they belong to an account or not. */
export type Person = { userId: string; sessionId: string; email: string; emailVerified: boolean }

/** Throws 401 for somebody who is not signed in, 403 for a program and for a page of another origin. */
export async function identifyPerson(
  request: FastifyRequest,
  db: Database,
  sessions: Sessions,
  publicUrl: string,
): Promise<Person> {
  if (request.headers.authorization) {
    await identify(request, db, sessions, publicUrl)
    throw new Problem(403, 'Only a person can do this', {
      detail: 'This wants somebody who is signed in, not an API key.',
    })
  }
  const { user, session } = await signedIn(request, db, sessions, publicUrl)
  return { userId: user.id, sessionId: session.id, email: user.email, emailVerified: user.emailVerified }
}

async function signedIn(request: FastifyRequest, db: Database, sessions: Sessions, publicUrl: string) {
  if (!request.headers.cookie)
    throw new Problem(401, 'Nobody is signed in', {
      detail: 'Send `Authorization: Bearer tb_…` with an API key, or sign in.',
    })
  if (request.method !== 'GET' && request.method !== 'HEAD' && request.headers.origin !== new URL(publicUrl).origin)
    throw new Problem(403, 'This request comes from another site', {
      detail: `Changes by browser are taken from ${new URL(publicUrl).origin} only.`,
    })
  const session = await sessionOf(request, db, sessions)
  if (!session) throw new Problem(401, 'Nobody is signed in', { detail: 'Your session has ended. Sign in again.' })
  return session
}

/** A key of scope `admin` may do what owners do. Throws 401 for one that does not work, and says why. */
async function identifyKey(db: Database, secret: string): Promise<Who> {
  const found = await recognizeKey(db, secret, new Date())
  switch (found.outcome) {
    case 'works': {
      const { accountId, key } = found
      return { accountId, role: key.scope === 'admin' ? 'owner' : 'member', actor: `key:${key.id}`, userId: null, key }
    }
    case 'expired':
      throw new Problem(401, 'This API key has expired', {
        detail: `The key “${found.name}” has not worked since ${found.since.toISOString()}. Roll it or make a new one under Settings → API keys.`,
      })
    case 'replaced':
      throw new Problem(401, 'This API key has a new secret', {
        detail: `The key “${found.name}” was rolled, and this old secret has not worked since ${found.since.toISOString()}. Use the new one, or roll the key again under Settings → API keys.`,
      })
    case 'unknown':
      throw new Problem(401, 'This API key is not known', { detail: 'Make a new one under Settings → API keys.' })
  }
}

/** better-auth does not tell why it failed, and nobody is signed out because the database is away. */
export async function sessionOf(request: FastifyRequest, db: Database, sessions: Sessions) {
  try {
    return await sessions.api.getSession({ headers: webHeaders(request) })
  } catch (error) {
    if (await db.breaker.isAway()) throw new DatabaseAway(error)
    throw error
  }
}
