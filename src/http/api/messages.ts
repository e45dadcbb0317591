import { z } from 'zod'
import { resolveMessage } from '../../actions/messages/reconcileMessage.ts'
import { sendMessage } from '../../actions/messages/sendMessage.ts'
import type { Failure } from '../../domain/words.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { invalid, notFound, Problem } from '../errors.ts'
import { id, list } from '../shapes/common.ts'
import * as shapes from '../shapes/messages.ts'
import { whoAsks } from '../who.ts'
import { afterId } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Messages']

export async function messages(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/messages',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'Texts, newest first',
        querystring: shapes.messageFilter,
        response: { 200: list(shapes.message) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor, conversationId, contactId } = request.query
      const after = afterId(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        select(tx, accountId)
          .$if(after !== null, (q) => q.where('id', '<', after!))
          .$if(conversationId !== undefined, (q) => q.where('conversationId', '=', conversationId!))
          .$if(contactId !== undefined, (q) => q.where('contactId', '=', contactId!))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.id], present)
    },
  )

  app.get(
    '/messages/:id',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'One text', params: z.object({ id }), response: { 200: shapes.message } },
    },
    async (request) => find(whoAsks(request).accountId, request.params.id),
  )

  app.post(
    '/messages',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Send a text',
        description:
          'Into a conversation, or `to` a phone. With an `Idempotency-Key` header the same request, however often it is sent, sends one text.',
        headers: z.object({ 'idempotency-key': z.string().min(1).max(200).optional() }),
        body: shapes.newMessage,
        response: { 200: shapes.message, 201: shapes.message },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const written = { ...request.body, idempotencyKey: request.headers['idempotency-key'] }
      const send = () => sendMessage(world, accountId, written, actor)
      // Of two requests with one key at the same moment the index lets one through; the other finds its message now.
      const sent = await send().catch((error) => (isKeyTaken(error) ? send() : Promise.reject(error)))
      if (sent.outcome === 'wrong') throw invalid([{ field: sent.field, message: sent.message }])
      if (sent.outcome === 'refused')
        throw new Problem(422, 'The text was not sent', {
          detail: `${sent.sentence} ${sent.nextStep}`,
          errors: [
            {
              field: fieldOf(sent.reason, request.body),
              message: sent.reason,
            },
          ],
        })
      return reply.code(sent.outcome === 'queued' ? 201 : 200).send(await find(accountId, sent.messageId))
    },
  )

  app.post(
    '/messages/:id/resolve',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Say what became of a text whose outcome nobody could find out',
        params: z.object({ id }),
        body: shapes.resolution,
        response: { 200: shapes.message },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const before = await find(accountId, request.params.id)
      if (!(await resolveMessage(world, { accountId, messageId: request.params.id }, request.body.as, actor)))
        throw new Problem(409, 'Its outcome is known', { detail: `The text is ${before.status}.` })
      return find(accountId, request.params.id)
    },
  )

  async function find(accountId: string, messageId: string) {
    const row = await asAccount(world.db, accountId, (tx) =>
      select(tx, accountId).where('id', '=', messageId).executeTakeFirst(),
    )
    if (!row) throw notFound('message')
    return present(row)
  }
}

/** The field that a refusal is about. */
function fieldOf(reason: string, { conversationId }: { conversationId?: string }): string {
  if (reason === 'recipient_cap') return conversationId ? 'conversationId' : 'to'
  return reason === 'opted_out' || reason === 'untextable' ? 'to' : 'body'
}

const isKeyTaken = (error: { code?: string; constraint?: string }) =>
  error.code === '23505' && error.constraint === 'one_message_per_key'

export const select = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('messages')
    .select([
      'id',
      'conversationId',
      'contactId',
      'kind',
      'direction',
      'fromAddress',
      'toAddress',
      'body',
      'segments',
      'media',
      'status',
      'failure',
      'carrierMessageId',
      'callId',
      'createdAt',
      'acceptedAt',
      'deliveredAt',
    ])
    .where('accountId', '=', accountId)

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

export function present(row: Row): z.input<typeof shapes.message> {
  const failure = row.failure as Failure | null
  return {
    id: row.id,
    conversationId: row.conversationId,
    contactId: row.contactId,
    kind: row.kind as 'reply',
    direction: row.direction as 'outbound',
    channel: 'sms',
    from: row.fromAddress,
    to: row.toAddress,
    body: row.body,
    segments: row.segments,
    media: row.media as { url: string; contentType: string | null }[],
    status: row.status as 'queued',
    reason: failure?.sentence ?? null,
    trouble: failure,
    carrierId: row.carrierMessageId,
    callId: row.callId,
    createdAt: row.createdAt.toISOString(),
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
  }
}
