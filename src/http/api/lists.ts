import { z } from 'zod'
import { type ListName, listAddress, unlistAddress } from '../../actions/contacts/lists.ts'
import { phone } from '../../domain/fields.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { notFound } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { list, page } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import { afterPhone } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

const params = z.object({ phone })

/** The exclusion list (staff, suppliers) and the block list (pests). */
export async function lists(app: Api, api: ApiWorld): Promise<void> {
  listedPhones(app, api, {
    path: '/exclusions',
    name: 'exclude',
    title: 'Exclusion list',
    what: 'are never texted back',
  })
  listedPhones(app, api, { path: '/blocked', name: 'block', title: 'Block list', what: 'are taken for spam' })
}

type ListOfPhones = { path: string; name: ListName; title: string; what: string }

function listedPhones(app: Api, { world }: ApiWorld, { path, name, title, what }: ListOfPhones): void {
  const tags = [title]

  app.get(
    path,
    {
      config: { access: 'member', scope: 'read' },
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
              eb(refTuple('createdAt', 'address'), '<', tuple(after!.at, after!.phone)),
            ),
          )
          .orderBy('createdAt', 'desc')
          .orderBy('address', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.address], present)
    },
  )

  app.post(
    path,
    {
      config: { access: 'member', scope: 'send' },
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
      const row = await listAddress(world, accountId, { list: name, address: phone, note }, actor)
      return reply.code(201).send(present(row))
    },
  )

  app.delete(
    `${path}/:phone`,
    {
      config: { access: 'member', scope: 'send' },
      schema: { tags, summary: `Take a phone off the ${title.toLowerCase()}`, params, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const { phone: address } = request.params
      if (!(await unlistAddress(world, accountId, { list: name, address }, actor))) throw notFound('phone')
      return reply.code(204).send(null)
    },
  )

  const select = (tx: Tx, accountId: string) =>
    tx
      .selectFrom('listedAddresses')
      .select(['address', 'note', 'createdAt'])
      .where('accountId', '=', accountId)
      .where('list', '=', name)
}

type Row = { address: string; note: string | null; createdAt: Date }

const present = ({ address, note, createdAt }: Row): z.input<typeof shapes.listedPhone> => ({
  phone: address,
  note,
  createdAt: createdAt.toISOString(),
})
