import { type SqlBool, sql } from 'kysely'
import { isOnSimulator } from '../../store/connections/connections.ts'
import { primaryPhone } from '../../store/contacts/addresses.ts'
import { asAccount, asPlatform } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { needsSecondFactor } from '../../store/people/secondFactor.ts'
import { list, page } from '../shapes/common.ts'
import * as shapes from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import { afterId } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

/** The members, the signed-in person, and the audit log. Invitations and roles are at /api/auth/organization. */
export async function people(app: Api, { world, simulator: hasSimulator }: ApiWorld): Promise<void> {
  app.get(
    '/me',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags: ['Settings'], summary: 'Who asks, and for which account', response: { 200: shapes.me } },
    },
    async (request) => {
      const { accountId, role, userId, key } = whoAsks(request)
      return asPlatform(world.db, async (tx) => {
        const account = await tx
          .selectFrom('accounts')
          .select(['id', 'name', 'timezone', 'country', 'plan'])
          .where('id', '=', accountId)
          .executeTakeFirstOrThrow()
        const simulator = hasSimulator && (await isOnSimulator(tx, accountId))
        if (!userId)
          return {
            user: null,
            account,
            accounts: [{ id: account.id, name: account.name, role }],
            role,
            key: key && { ...key, expiresAt: key.expiresAt?.toISOString() ?? null },
            simulator,
          }
        const user = await tx
          .selectFrom('users')
          .select(['id', 'name', 'email', 'emailVerified', 'twoFactorEnabled as secondFactor'])
          .where('id', '=', userId)
          .executeTakeFirstOrThrow()
        const accounts = await tx
          .selectFrom('members')
          .innerJoin('accounts', 'accounts.id', 'members.accountId')
          .select(['accounts.id', 'accounts.name', 'members.role'])
          .where('members.userId', '=', userId)
          .orderBy('accounts.name')
          .execute()
        return {
          user: { ...user, secondFactorRequired: await needsSecondFactor(tx, userId) },
          account,
          accounts: accounts.map((one) => ({ ...one, role: roleOf(one) })),
          role,
          key: null,
          simulator,
        }
      })
    },
  )

  app.get(
    '/people',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags: ['Settings'], summary: 'The people of the account', response: { 200: list(shapes.person) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) =>
        tx
          .selectFrom('members')
          .innerJoin('users', 'users.id', 'members.userId')
          .select(['users.id', 'users.name', 'users.email', 'members.role', 'users.twoFactorEnabled as secondFactor'])
          .where('members.accountId', '=', accountId)
          .orderBy('users.name')
          .execute(),
      )
      return { data: rows.map((row) => ({ ...row, role: roleOf(row) })), nextCursor: null }
    },
  )

  app.get(
    '/audit',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags: ['Settings'],
        summary: 'What people and their programs did, newest first',
        querystring: page,
        response: { 200: list(shapes.audited) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor } = request.query
      const after = afterId(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        tx
          .selectFrom('events')
          .leftJoin('users', (join) => join.on(sql<boolean>`'user:' || users.id = events.actor`))
          .leftJoin('apiKeys', (join) => join.on(sql<boolean>`'key:' || api_keys.id = events.actor`))
          .leftJoin('contacts', 'contacts.id', 'events.contactId')
          .select([
            'events.id',
            'events.type',
            'events.actor',
            'events.contactId',
            'events.data',
            'events.at',
            'users.name as userName',
            'apiKeys.name as keyName',
            sql<string | null>`coalesce(contacts.name, ${primaryPhone('contacts.id')})`.as('contactName'),
          ])
          .where('events.accountId', '=', accountId)
          .where(audited)
          .$if(after !== null, (q) => q.where('events.id', '<', after!))
          .orderBy('events.id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(
        rows,
        limit,
        (row) => [row.id],
        ({ userName, keyName, ...row }) => ({
          ...row,
          actor: row.actor === 'textback' ? 'Textback' : (userName ?? nameOfKey(keyName)),
          data: row.data as Record<string, unknown>,
          at: row.at.toISOString(),
        }),
      )
    },
  )
}

/** Whatever else may stand there gives a member's rights. */
const roleOf = ({ role }: { role: string }): 'owner' | 'member' => (role === 'owner' ? 'owner' : 'member')

const nameOfKey = (name: string | null) => (name ? `API key ${name}` : 'an API key that is gone')

/** The condition of the index: what people and their programs did, and what was switched off automatically. */
const audited = sql<SqlBool>`(events.actor like 'user:%' or events.actor like 'key:%' or events.type = 'webhook.disabled')`
