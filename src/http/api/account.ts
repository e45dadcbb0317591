import { z } from 'zod'
import { makeKey, saveApiKey } from '../../actions/apiKeys.ts'
import { NOT_A_TIMEZONE } from '../../domain/account.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { textsToday } from '../../store/textsPerDay.ts'
import { unknownTimezones } from '../../store/timezones.ts'
import { invalid, notFound, Problem } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { id, list } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Settings']

export async function account(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/settings',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'The account’s settings', response: { 200: shapes.settings } },
    },
    async (request) => find(whoAsks(request).accountId),
  )

  app.patch(
    '/settings',
    {
      config: { access: 'owner' },
      schema: {
        tags,
        summary: 'Change settings; what is not given stays',
        body: shapes.settingsChange,
        response: { 200: shapes.settings },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      if (Object.keys(request.body).length > 0)
        await asAccount(world.db, accountId, async (tx) => {
          const { timezone } = request.body
          if (timezone && (await unknownTimezones(tx, [timezone])).length > 0)
            throw invalid([{ field: 'timezone', message: NOT_A_TIMEZONE }])
          await tx.updateTable('accounts').set(request.body).where('id', '=', accountId).execute()
          await recordEvent(tx, accountId, { type: 'settings.changed', actor, data: request.body }, world.now())
        })
      return find(accountId)
    },
  )

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
      const key = makeKey()
      const keyId = await asAccount(world.db, accountId, async (tx) => {
        const taken = await tx
          .selectFrom('apiKeys')
          .select('id')
          .where('accountId', '=', accountId)
          .where('name', '=', name)
          .executeTakeFirst()
        if (taken)
          throw new Problem(409, 'There is a key of that name', { errors: [{ field: 'name', message: 'is taken' }] })
        await recordEvent(tx, accountId, { type: 'api_key.made', actor, data: { name } }, world.now())
        return saveApiKey(tx, accountId, name, key)
      })
      return reply.code(201).send({ id: keyId, name, key })
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
      const row = await asAccount(world.db, accountId, async (tx) => {
        const gone = await tx
          .deleteFrom('apiKeys')
          .where('accountId', '=', accountId)
          .where('id', '=', request.params.id)
          .returning('name')
          .executeTakeFirst()
        if (gone) await recordEvent(tx, accountId, { type: 'api_key.revoked', actor, data: gone }, world.now())
        return gone
      })
      if (!row) throw notFound('API key')
      return reply.code(204).send(null)
    },
  )

  async function find(accountId: string) {
    return asAccount(world.db, accountId, async (tx) => {
      const row = await tx
        .selectFrom('accounts')
        .select(['id', 'name', 'timezone', 'country', 'alsoTextsCountries', 'plan', 'dailyCap', 'lateAfterMinutes'])
        .where('id', '=', accountId)
        .executeTakeFirstOrThrow()
      return { ...row, textsToday: await textsToday(tx, accountId, row.timezone, world.now()) }
    })
  }
}
