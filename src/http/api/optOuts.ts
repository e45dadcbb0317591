import { z } from 'zod'
import { addOptOut, removeOptOut } from '../../actions/contacts/optOuts.ts'
import { phone } from '../../domain/fields.ts'
import { asAccount } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { notFound } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { list } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import { afterPhone } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

const params = z.object({ phone })

const tags = ['Opt-outs']

export async function optOuts(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/opt-outs',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'Phones that must not be texted, newest first',
        querystring: shapes.optOutFilter,
        response: { 200: list(shapes.optOut) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor, search } = request.query
      const after = afterPhone(cursor)
      const digits = search?.replace(/\D/g, '')
      const rows = await asAccount(world.db, accountId, (tx) =>
        tx
          .selectFrom('optOuts')
          .select(['address as phone', 'source', 'note', 'createdAt'])
          .where('accountId', '=', accountId)
          .$if(Boolean(search), (q) => q.where('address', 'like', `%${digits || 'none'}%`))
          .$if(after !== null, (q) =>
            q.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('createdAt', 'address'), '<', tuple(after!.at, after!.phone)),
            ),
          )
          .orderBy('createdAt', 'desc')
          .orderBy('address', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.phone], present)
    },
  )

  app.post(
    '/opt-outs',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Opt a phone out: nothing is sent to it from now on, nor what is queued',
        body: shapes.newOptOut,
        response: { 201: shapes.optOut },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const { phone, note } = request.body
      await addOptOut(world, accountId, phone, note, actor)
      const row = await asAccount(world.db, accountId, (tx) =>
        tx
          .selectFrom('optOuts')
          .select(['address as phone', 'source', 'note', 'createdAt'])
          .where('accountId', '=', accountId)
          .where('kind', '=', 'phone')
          .where('address', '=', phone)
          .executeTakeFirstOrThrow(),
      )
      return reply.code(201).send(present(row))
    },
  )

  app.delete(
    '/opt-outs/:phone',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Lift an opt-out, when the person asked for it',
        description: 'The carrier may block texts all the same until the person texts START.',
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      if (!(await removeOptOut(world, accountId, request.params.phone, actor))) throw notFound('opt-out')
      return reply.code(204).send(null)
    },
  )
}

type Row = { phone: string; source: string; note: string | null; createdAt: Date }

const present = (row: Row) => ({ ...row, source: row.source as 'manual', createdAt: row.createdAt.toISOString() })
