import { z } from 'zod'
import { makeApiKey, revokeApiKey, rollApiKey } from '../../actions/accounts/apiKeys.ts'
import type { Scope } from '../../domain/apiKeys.ts'
import { type ApiKeyRow, apiKeyRows } from '../../store/accounts/apiKeys.ts'
import { asAccount } from '../../store/db.ts'
import type { Who } from '../auth/identify.ts'
import { invalid, notFound, Problem } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { id, list } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Settings']
const config = { access: 'owner', scope: 'admin' } as const
const params = z.object({ id })

export async function apiKeys(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/api-keys',
    {
      config,
      schema: { tags, summary: 'API keys, by their last four characters', response: { 200: list(shapes.apiKey) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) =>
        apiKeyRows(tx, accountId).orderBy('id', 'desc').execute(),
      )
      return { data: rows.map((row) => present(row, world.now())), nextCursor: null }
    },
  )

  app.post(
    '/api-keys',
    {
      config,
      schema: {
        tags,
        summary: 'Make an API key; it is shown this once',
        description: 'A key that makes another one cannot make it live longer than itself.',
        body: shapes.newApiKey,
        response: { 201: shapes.madeApiKey },
      },
    },
    async (request, reply) => {
      const who = whoAsks(request)
      const made = await makeApiKey(world, who, request.body)
      if (made.outcome !== 'made') throw refusal(made, who)
      return reply.code(201).send({ ...(await find(who.accountId, made.id)), key: made.key })
    },
  )

  app.post(
    '/api-keys/:id/roll',
    {
      config,
      schema: {
        tags,
        summary: 'Give a key a new secret, which is shown this once; the old one works for a while',
        description:
          'Name, scope and history stay. A secret that was still working from an earlier rolling ends at once.',
        params,
        body: shapes.rolling,
        response: { 200: shapes.madeApiKey },
      },
    },
    async (request) => {
      const who = whoAsks(request)
      const rolled = await rollApiKey(world, who, request.params.id, request.body ?? {})
      if (rolled.outcome === 'none') throw notFound('API key')
      if (rolled.outcome !== 'rolled') throw refusal(rolled, who)
      return { ...(await find(who.accountId, request.params.id)), key: rolled.key }
    },
  )

  app.delete(
    '/api-keys/:id',
    { config, schema: { tags, summary: 'Revoke an API key', params, response: { 204: z.null() } } },
    async (request, reply) => {
      const who = whoAsks(request)
      const revoked = await revokeApiKey(world, who, request.params.id)
      if (revoked.outcome === 'none') throw notFound('API key')
      if (revoked.outcome !== 'revoked') throw refusal(revoked, who)
      return reply.code(204).send(null)
    },
  )

  async function find(accountId: string, keyId: string) {
    const row = await asAccount(world.db, accountId, (tx) =>
      apiKeyRows(tx, accountId).where('id', '=', keyId).executeTakeFirst(),
    )
    if (!row) throw notFound('API key')
    return present(row, world.now())
  }
}

type Refused = Exclude<Awaited<ReturnType<typeof makeApiKey>>, { outcome: 'made' }>

function refusal(refused: Refused, { key }: Who): Problem {
  switch (refused.outcome) {
    case 'taken':
      return new Problem(409, 'There is a key of that name', { errors: [{ field: 'name', message: 'is taken' }] })
    case 'replaced':
      return new Problem(403, 'This API key has a new secret', {
        detail: `The key “${key!.name}” was rolled, and until ${key!.expiresAt!.toISOString()} this old secret does all else, but it makes, rolls and revokes no keys. Use the new secret, or let an owner who is signed in do it.`,
      })
    case 'past':
      return invalid([{ field: 'expiresAt', message: 'is over; give a time to come, or null for never' }])
    case 'beyond': {
      const { part } = refused
      const limit = part === 'scope' ? `more than ${key!.scope}` : `later than ${key!.expiresAt!.toISOString()}`
      return new Problem(403, 'A key cannot make one that may do more than itself', {
        detail: `The key “${key!.name}” ends ${key!.expiresAt?.toISOString() ?? 'never'} and has the scope \`${key!.scope}\`. An owner who is signed in can make any.`,
        errors: [{ field: part, message: `is ${limit}, which this key cannot give` }],
      })
    }
  }
}

const present = (row: ApiKeyRow, now: Date): z.input<typeof shapes.apiKey> => {
  const oldWorks = row.previousWorksUntil !== null && row.previousWorksUntil > now
  return {
    ...row,
    scope: row.scope as Scope,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    previousWorksUntil: oldWorks ? row.previousWorksUntil!.toISOString() : null,
    previousUsedAt: oldWorks ? (row.previousUsedAt?.toISOString() ?? null) : null,
  }
}
