import { z } from 'zod'
import { optIn, optOut } from '../../actions/consent.ts'
import { phone } from '../../domain/fields.ts'
import { lockCaller } from '../../store/calls.ts'
import { contactByPhone } from '../../store/contacts.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { pageOf, readCursor } from '../../store/pages.ts'
import { invalid, notFound } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { list, page } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const params = z.object({ phone })

/** The phones that are treated specially: opt-outs, the exclusion list (staff, suppliers), the block list (pests). */
export async function lists(app: Api, api: ApiWorld): Promise<void> {
  optOuts(app, api)
  listedPhones(app, api, {
    path: '/exclusions',
    name: 'exclude',
    title: 'Exclusion list',
    what: 'are never texted back',
  })
  listedPhones(app, api, { path: '/blocked', name: 'block', title: 'Block list', what: 'are taken for spam' })
}

function optOuts(app: Api, { world }: ApiWorld): void {
  const tags = ['Opt-outs']

  app.get(
    '/opt-outs',
    {
      config: { access: 'member' },
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
          .select(['phone', 'source', 'note', 'createdAt'])
          .where('accountId', '=', accountId)
          .$if(Boolean(search), (q) => q.where('phone', 'like', `%${digits || 'none'}%`))
          .$if(after !== null, (q) =>
            q.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('createdAt', 'phone'), '<', tuple(after!.at, after!.phone)),
            ),
          )
          .orderBy('createdAt', 'desc')
          .orderBy('phone', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(
        rows,
        limit,
        (row) => [row.createdAt.toISOString(), row.phone],
        (row) => ({ ...row, source: row.source as 'manual', createdAt: row.createdAt.toISOString() }),
      )
    },
  )

  app.post(
    '/opt-outs',
    {
      config: { access: 'member' },
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
      const row = await asAccount(world.db, accountId, async (tx) => {
        await lockCaller(tx, accountId, phone)
        const contactId = await contactByPhone(tx, accountId, phone)
        await optOut(world, tx, { accountId, phone, source: 'manual', note, contactId, actor })
        return tx
          .selectFrom('optOuts')
          .select(['phone', 'source', 'note', 'createdAt'])
          .where('accountId', '=', accountId)
          .where('phone', '=', phone)
          .executeTakeFirstOrThrow()
      })
      return reply.code(201).send({ ...row, source: row.source as 'manual', createdAt: row.createdAt.toISOString() })
    },
  )

  app.delete(
    '/opt-outs/:phone',
    {
      config: { access: 'owner' },
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
      const { phone } = request.params
      const lifted = await asAccount(world.db, accountId, async (tx) => {
        await lockCaller(tx, accountId, phone)
        const contactId = await contactByPhone(tx, accountId, phone)
        return optIn(world, tx, { accountId, phone, source: 'manual', contactId, actor })
      })
      if (!lifted) throw notFound('opt-out')
      return reply.code(204).send(null)
    },
  )
}

type ListOfPhones = { path: string; name: 'exclude' | 'block'; title: string; what: string }

function listedPhones(app: Api, { world }: ApiWorld, { path, name, title, what }: ListOfPhones): void {
  const tags = [title]

  app.get(
    path,
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: `Phones that ${what}, newest first`,
        querystring: page,
        response: { 200: list(shapes.listedPhone) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor } = request.query
      const after = afterPhone(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        select(tx, accountId)
          .$if(after !== null, (q) =>
            q.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('createdAt', 'phone'), '<', tuple(after!.at, after!.phone)),
            ),
          )
          .orderBy('createdAt', 'desc')
          .orderBy('phone', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.phone], present)
    },
  )

  app.post(
    path,
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: `Add a phone to the ${title.toLowerCase()}`,
        body: shapes.newListedPhone,
        response: { 201: shapes.listedPhone },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const { phone, note } = request.body
      const row = await asAccount(world.db, accountId, async (tx) => {
        await recordEvent(tx, accountId, { type: 'list.added', actor, data: { list: name, phone } }, world.now())
        return tx
          .insertInto('listedPhones')
          .values({ accountId, list: name, phone, note, createdAt: world.now() })
          .onConflict((c) => c.columns(['accountId', 'list', 'phone']).doUpdateSet({ note }))
          .returning(['phone', 'note', 'createdAt'])
          .executeTakeFirstOrThrow()
      })
      return reply.code(201).send(present(row))
    },
  )

  app.delete(
    `${path}/:phone`,
    {
      config: { access: 'member' },
      schema: { tags, summary: `Take a phone off the ${title.toLowerCase()}`, params, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const row = await asAccount(world.db, accountId, async (tx) => {
        const gone = await tx
          .deleteFrom('listedPhones')
          .where('accountId', '=', accountId)
          .where('list', '=', name)
          .where('phone', '=', request.params.phone)
          .returning('phone')
          .executeTakeFirst()
        if (gone)
          await recordEvent(tx, accountId, { type: 'list.removed', actor, data: { list: name, ...gone } }, world.now())
        return gone
      })
      if (!row) throw notFound('phone')
      return reply.code(204).send(null)
    },
  )

  const select = (tx: Tx, accountId: string) =>
    tx
      .selectFrom('listedPhones')
      .select(['phone', 'note', 'createdAt'])
      .where('accountId', '=', accountId)
      .where('list', '=', name)
}

function present(row: { phone: string; note: string | null; createdAt: Date }): z.input<typeof shapes.listedPhone> {
  return { ...row, createdAt: row.createdAt.toISOString() }
}

function afterPhone(cursor: string | undefined): { at: Date; phone: string } | null {
  if (!cursor) return null
  const [at, phone] = readCursor(cursor, 2) ?? []
  if (!at || !phone || Number.isNaN(Date.parse(at)))
    throw invalid([{ field: 'cursor', message: 'is not one that we gave; take nextCursor of the page before' }])
  return { at: new Date(at), phone }
}
