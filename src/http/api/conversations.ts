import { sql } from 'kysely'
import { z } from 'zod'
import { changeConversation } from '../../actions/conversations/conversations.ts'
import { primaryPhone } from '../../store/contacts/addresses.ts'
import { optedOutThere, repliesFrom, repliesTo } from '../../store/conversations/conversations.ts'
import { countWaiting } from '../../store/conversations/today.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { invalid, notFound } from '../errors.ts'
import { id, list } from '../shapes/common.ts'
import * as shapes from '../shapes/messages.ts'
import { whoAsks } from '../who.ts'
import { afterTime } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Conversations']

export async function conversations(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/conversations',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'Conversations, the last moved first',
        querystring: shapes.conversationFilter,
        response: { 200: list(shapes.conversation) },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const { limit, cursor, status, contactId, view } = request.query
      const after = afterTime(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        inView(select(tx, accountId), view, actor, world.now())
          .$if(after !== null, (q) =>
            q.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('conversations.updatedAt', 'conversations.id'), '<', tuple(after!.at, after!.id)),
            ),
          )
          .$if(status !== undefined, (q) => q.where('conversations.status', '=', status!))
          .$if(contactId !== undefined, (q) => q.where('conversations.contactId', '=', contactId!))
          .orderBy('conversations.updatedAt', 'desc')
          .orderBy('conversations.id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.updatedAt.toISOString(), row.id], present)
    },
  )

  app.get(
    '/conversations/counts',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'How many are unread, and in how many somebody waits',
        response: { 200: shapes.conversationCounts },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      return asAccount(world.db, accountId, async (tx) => {
        const { n } = await tx
          .selectFrom('conversations')
          .select(sql<number>`count(*)::int`.as('n'))
          .where('accountId', '=', accountId)
          .where('status', '=', 'open')
          .where('unread', '>', 0)
          .where(({ or, eb }) => or([eb('snoozedUntil', 'is', null), eb('snoozedUntil', '<=', world.now())]))
          .executeTakeFirstOrThrow()
        return { unread: n, waiting: await countWaiting(tx, accountId, world.now()) }
      })
    },
  )

  app.get(
    '/conversations/:id',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'One conversation', params: z.object({ id }), response: { 200: shapes.conversation } },
    },
    async (request) => find(whoAsks(request).accountId, request.params.id),
  )

  app.patch(
    '/conversations/:id',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Close, reopen, assign or snooze a conversation, or mark it read or unread',
        params: z.object({ id }),
        body: shapes.conversationChange,
        response: { 200: shapes.conversation },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const { snoozedUntil, ...change } = request.body
      const changed = await changeConversation(
        world,
        accountId,
        request.params.id,
        {
          ...change,
          ...(snoozedUntil !== undefined && { snoozedUntil: snoozedUntil === null ? null : new Date(snoozedUntil) }),
        },
        actor,
      )
      if (changed === 'none') throw notFound('conversation')
      if (changed === 'no_person')
        throw invalid([{ field: 'assignedTo', message: 'names nobody of this account; see GET /api/v1/people' }])
      return find(accountId, request.params.id)
    },
  )

  async function find(accountId: string, conversationId: string) {
    const row = await asAccount(world.db, accountId, (tx) =>
      select(tx, accountId).where('conversations.id', '=', conversationId).executeTakeFirst(),
    )
    if (!row) throw notFound('conversation')
    return present(row)
  }
}

const select = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('conversations')
    .innerJoin('contacts', 'contacts.id', 'conversations.contactId')
    .select([
      'conversations.id',
      'conversations.contactId',
      'conversations.channel',
      'conversations.ourAddress as number',
      repliesFrom.as('repliesFrom'),
      repliesTo.as('repliesTo'),
      'conversations.status',
      'conversations.unread',
      'conversations.assignedTo',
      'conversations.snoozedUntil',
      'conversations.waitingSince',
      'conversations.lastMessageAt',
      'conversations.lastMessagePreview',
      'conversations.createdAt',
      'conversations.updatedAt',
      'contacts.name as contactName',
      primaryPhone('contacts.id').as('contactPhone'),
      optedOutThere.as('optedOut'),
    ])
    .where('conversations.accountId', '=', accountId)

type Query = ReturnType<typeof select>
type Row = Awaited<ReturnType<Query['executeTakeFirstOrThrow']>>
type View = z.output<typeof shapes.conversationFilter>['view']

function inView(query: Query, view: View, actor: string, now: Date): Query {
  if (!view) return query
  if (view === 'closed') return query.where('conversations.status', '=', 'closed')
  const open = query.where('conversations.status', '=', 'open')
  if (view === 'snoozed') return open.where('conversations.snoozedUntil', '>', now)
  const awake = open.where(({ or, eb }) =>
    or([eb('conversations.snoozedUntil', 'is', null), eb('conversations.snoozedUntil', '<=', now)]),
  )
  if (view === 'waiting') return awake.where('conversations.waitingSince', 'is not', null)
  if (view === 'unread') return awake.where('conversations.unread', '>', 0)
  if (view === 'mine') return awake.where('conversations.assignedTo', '=', actor.replace(/^user:/, ''))
  if (view === 'unassigned') return awake.where('conversations.assignedTo', 'is', null)
  return awake
}

function present({ contactName, contactPhone, ...row }: Row): z.input<typeof shapes.conversation> {
  return {
    ...row,
    status: row.status as 'open',
    channel: 'sms',
    optedOut: row.optedOut as boolean,
    snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
    waitingSince: row.waitingSince?.toISOString() ?? null,
    lastMessageAt: row.lastMessageAt?.toISOString() ?? null,
    contact: { id: row.contactId, name: contactName, phone: contactPhone },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
