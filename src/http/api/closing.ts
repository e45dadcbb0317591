import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { beginClosing, findClosing, keepAccount } from '../../actions/accounts/closing.ts'
import { exportAccount } from '../../actions/accounts/exportAccount.ts'
import { CLOSING_DAYS } from '../../domain/closing.ts'
import { asAccount } from '../../store/db.ts'
import { invalid, Problem } from '../errors.ts'
import * as shapes from '../shapes/closing.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Settings']

/** Exporting all data, and closing the account. */
export async function closing(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/account/export',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Everything of the account as one JSON document, table by table',
        description:
          'What opens doors is left out, and named under `leftOut`. The document ends with `"complete":true`; one without it broke off.',
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const everything = await exportAccount(world, accountId, actor)
      const name = `textback-${accountId}-${world.now().toISOString().slice(0, 10)}.json`
      return reply
        .type('application/json')
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(everything))
    },
  )

  app.get(
    '/account/closing',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'Whether the account is being closed', response: { 200: shapes.closing } },
    },
    async (request) => find(whoAsks(request).accountId),
  )

  app.post(
    '/account/closing',
    {
      config: { access: 'owner', scope: 'person' },
      schema: {
        tags,
        summary: 'Close the account',
        description: `No text leaves from now on, and after ${CLOSING_DAYS} days everything is erased. Wants an owner who is signed in.`,
        body: shapes.newClosing,
        response: { 200: shapes.closing },
      },
    },
    async (request) => {
      const owner = ownerInPerson(request)
      const begun = await beginClosing(world, owner, request.body.confirm)
      if (begun !== 'closing') throw invalid([{ field: 'confirm', message: `must be ${begun.name}` }])
      return find(owner.accountId)
    },
  )

  app.delete(
    '/account/closing',
    {
      config: { access: 'owner', scope: 'person' },
      schema: { tags, summary: 'Keep the account after all', response: { 204: z.null() } },
    },
    async (request, reply) => {
      await keepAccount(world, ownerInPerson(request))
      return reply.code(204).send(null)
    },
  )

  async function find(accountId: string) {
    const { closingAt, by } = await asAccount(world.db, accountId, (tx) => findClosing(tx, accountId))
    return { closingAt: closingAt?.toISOString() ?? null, by, waitingDays: CLOSING_DAYS }
  }
}

/** A leaked key or a faulty program must not be able to close a business. */
function ownerInPerson(request: FastifyRequest) {
  const { accountId, userId, actor } = whoAsks(request)
  if (!userId)
    throw new Problem(403, 'Only a person can do this', {
      detail: 'Closing a business wants an owner who is signed in, not an API key.',
    })
  return { accountId, userId, actor }
}
