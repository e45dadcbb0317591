import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { accountOfKey } from '../../actions/accounts/apiKeys.ts'
import type { Actor } from '../../domain/events.ts'
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
}

/** Identifies by API key or browser session. Throws 401 without either, 403 for a page of another origin. */
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
      // A person removed from the active account still belongs to their others.
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
