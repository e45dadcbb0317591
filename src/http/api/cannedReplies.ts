import { z } from 'zod'
import {
  addCannedReply,
  type CannedReply,
  changeCannedReply,
  deleteCannedReply,
} from '../../actions/conversations/cannedReplies.ts'
import { asAccount } from '../../store/db.ts'
import { notFound, Problem } from '../errors.ts'
import { id, list } from '../shapes/common.ts'
import * as shapes from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Canned replies']

export async function cannedReplies(app: Api, { world }: ApiWorld): Promise<void> {
  const columns = ['id', 'title', 'body', 'createdAt', 'updatedAt'] as const
  const taken = () =>
    new Problem(409, 'There is a canned reply of that title', { errors: [{ field: 'title', message: 'is taken' }] })
  const present = (row: CannedReply) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  })

  app.get(
    '/canned-replies',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'Canned replies by title', response: { 200: list(shapes.cannedReply) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) =>
        tx.selectFrom('cannedReplies').select(columns).where('accountId', '=', accountId).orderBy('title').execute(),
      )
      return { data: rows.map(present), nextCursor: null }
    },
  )

  app.post(
    '/canned-replies',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Add a canned reply',
        body: shapes.newCannedReply,
        response: { 201: shapes.cannedReply },
      },
    },
    async (request, reply) => {
      const { accountId } = whoAsks(request)
      const row = await addCannedReply(world, accountId, request.body)
      if (!row) throw taken()
      return reply.code(201).send(present(row))
    },
  )

  app.patch(
    '/canned-replies/:id',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Change a canned reply',
        params: z.object({ id }),
        body: shapes.newCannedReply.partial(),
        response: { 200: shapes.cannedReply },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const changed = await changeCannedReply(world, accountId, request.params.id, request.body)
      if (changed === 'taken') throw taken()
      if (changed === 'none') throw notFound('canned reply')
      return present(changed)
    },
  )

  app.delete(
    '/canned-replies/:id',
    {
      config: { access: 'member', scope: 'send' },
      schema: { tags, summary: 'Delete a canned reply', params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { accountId } = whoAsks(request)
      if (!(await deleteCannedReply(world, accountId, request.params.id))) throw notFound('canned reply')
      return reply.code(204).send(null)
    },
  )
}
