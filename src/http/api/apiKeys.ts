import { z } from 'zod'
import { makeApiKey, revokeApiKey } from '../../actions/accounts/apiKeys.ts'
import { asAccount } from '../../store/db.ts'
import { notFound, Problem } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { id, list } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Settings']

export async function apiKeys(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/api-keys',
    {
      config: { access: 'owner' },
      schema: { tags, summary: 'API keys, by their last four characters', response: { 200: list(shapes.apiKey) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) =>
        tx
          .selectFrom('apiKeys')
          .select(['id', 'name', 'hint', 'createdAt', 'lastUsedAt'])
          .where('accountId', '=', accountId)
          .orderBy('id', 'desc')
          .execute(),
      )
      return {
        data: rows.map((row) => ({
          ...row,
          createdAt: row.createdAt.toISOString(),
          lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
        })),
        nextCursor: null,
      }
    },
  )

  app.post(
    '/api-keys',
    {
      config: { access: 'owner' },
      schema: {
        tags,
        summary: 'Make an API key; it is shown this once',
        body: shapes.newApiKey,
        response: { 201: z.object({ id, name: z.string(), key: z.string() }) },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const { name } = request.body
      const made = await makeApiKey(world, accountId, name, actor)
      if (!made)
        throw new Problem(409, 'There is a key of that name', { errors: [{ field: 'name', message: 'is taken' }] })
      return reply.code(201).send({ ...made, name })
    },
  )

  app.delete(
    '/api-keys/:id',
    {
      config: { access: 'owner' },
      schema: { tags, summary: 'Revoke an API key', params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      if (!(await revokeApiKey(world, accountId, request.params.id, actor))) throw notFound('API key')
      return reply.code(204).send(null)
    },
  )
}
