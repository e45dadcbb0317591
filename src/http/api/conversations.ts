import { z } from 'zod'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { pageOf } from '../../store/pages.ts'
import { notFound } from '../errors.ts'
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
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Conversations, the last moved first',
        querystring: shapes.conversationFilter,
        response: { 200: list(shapes.conversation) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor, status, contactId } = request.query
      const after = afterTime(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        select(tx, accountId)
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
    '/conversations/:id',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'One conversation', params: z.object({ id }), response: { 200: shapes.conversation } },
    },
    async (request) => find(whoAsks(request).accountId, request.params.id),
  )

  app.patch(
    '/conversations/:id',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Close or open a conversation, or mark it as read',
        params: z.object({ id }),
        body: shapes.conversationChange,
        response: { 200: shapes.conversation },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const { status, unread } = request.body
      await asAccount(world.db, accountId, async (tx) => {
        const before = await tx
          .selectFrom('conversations')
          .select(['status', 'contactId'])
          .where('accountId', '=', accountId)
          .where('id', '=', request.params.id)
          .forUpdate()
          .executeTakeFirst()
        if (!before) throw notFound('conversation')
        if (status === undefined && unread === undefined) return
        await tx
          .updateTable('conversations')
          .set({ ...(status && { status }), ...(unread !== undefined && { unread }) })
          .where('accountId', '=', accountId)
          .where('id', '=', request.params.id)
          .execute()
        if (status && status !== before.status)
          await recordEvent(
            tx,
            accountId,
            {
              type: status === 'closed' ? 'conversation.closed' : 'conversation.opened',
              contactId: before.contactId,
              actor,
            },
            world.now(),
          )
      })
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
      'conversations.number',
      'conversations.status',
      'conversations.unread',
      'conversations.lastMessageAt',
      'conversations.lastMessagePreview',
      'conversations.createdAt',
      'conversations.updatedAt',
      'contacts.name as contactName',
      'contacts.phone as contactPhone',
    ])
    .where('conversations.accountId', '=', accountId)

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

function present({ contactName, contactPhone, ...row }: Row): z.input<typeof shapes.conversation> {
  return {
    ...row,
    status: row.status as 'open',
    lastMessageAt: row.lastMessageAt?.toISOString() ?? null,
    contact: { id: row.contactId, name: contactName, phone: contactPhone },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
