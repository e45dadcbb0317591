import { z } from 'zod'
import { checkAgain, connect, disconnect } from '../../actions/connections/connections.ts'
import { hooksUrl } from '../../actions/world.ts'
import type { Failure } from '../../domain/words.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import type { Vendors } from '../../vendors/vendor.ts'
import { invalid, notFound, Problem } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { list } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Carriers']

const params = z.object({ id: z.string().max(40) })

export async function connections(app: Api, { world, secrets, allowApiUrl }: ApiWorld): Promise<void> {
  const kind = z.enum([...world.vendors.keys()])
  const carrier = shapes.carrier.extend({ kind })
  const newCarrier = shapes.newCarrier.extend({ kind })

  app.get(
    '/carriers',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'The account’s carrier connections', response: { 200: list(carrier) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) => select(tx, accountId).orderBy('id').execute())
      return { data: rows.map((row) => present(accountId, row)), nextCursor: null }
    },
  )

  app.get(
    '/carriers/:id',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'One carrier connection', params, response: { 200: carrier } },
    },
    async (request) => find(whoAsks(request).accountId, request.params.id),
  )

  app.post(
    '/carriers',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Connect a carrier: the credentials are proven, kept sealed, and the carrier’s numbers listed',
        description: `The credentials have fields of their own. ${credentials(world.vendors)} The same id again changes the credentials; what may be left out of them stays. Whether the carrier took them is in \`trouble\`.`,
        body: newCarrier,
        response: { 201: carrier },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const { id, kind, label, apiUrl, ...credentials } = request.body
      // Only the simulator's address: a stranger must not make us send requests to any other.
      if (apiUrl && !(allowApiUrl && new URL(apiUrl).hostname === '127.0.0.1'))
        throw invalid([{ field: 'apiUrl', message: 'is for the operator’s provisioning file, and for the simulator' }])
      const errors = await connect(world, secrets, accountId, { id, kind, label, apiUrl, credentials }, actor)
      if (errors.length > 0) throw invalid(errors)
      return reply.code(201).send(await find(accountId, id))
    },
  )

  app.post(
    '/carriers/:id/check',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Ask the carrier again whether the credentials work, and which numbers there are',
        params,
        response: { 200: carrier },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      await find(accountId, request.params.id)
      await checkAgain(world, accountId, request.params.id)
      return find(accountId, request.params.id)
    },
  )

  app.delete(
    '/carriers/:id',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Forget a connection and its credentials; its numbers must be gone before',
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const { id } = request.params
      const done = await disconnect(world, accountId, id, actor)
      if (done.outcome === 'none') throw notFound('carrier')
      if (done.outcome === 'in_use')
        throw new Problem(409, 'Numbers use this connection', {
          detail: `Delete them or give them another carrier first: ${done.numbers.join(', ')}.`,
        })
      return reply.code(204).send(null)
    },
  )

  async function find(accountId: string, id: string) {
    const row = await asAccount(world.db, accountId, (tx) =>
      select(tx, accountId).where('id', '=', id).executeTakeFirst(),
    )
    if (!row) throw notFound('carrier')
    return present(accountId, row)
  }

  function present(accountId: string, row: Row): z.input<typeof shapes.carrier> {
    return {
      id: row.id,
      kind: row.kind,
      label: row.label,
      apiUrl: row.apiUrl,
      hooksUrl: hooksUrl(world, row.kind, accountId, row.id),
      checkedAt: row.checkedAt?.toISOString() ?? null,
      foundNumbers: row.foundNumbers as z.input<typeof shapes.carrier>['foundNumbers'],
      trouble: row.failure as Failure | null,
      createdAt: row.createdAt.toISOString(),
    }
  }
}

/** "Name (`kind`): `field`, what it is; `another`, what that is." of every vendor. */
const credentials = (vendors: Vendors) =>
  [...vendors.values()]
    .map(({ name, kind, credentialFields }) => {
      const fields = Object.entries(credentialFields).map(([field, about]) => `\`${field}\`, ${about}`)
      return `${name} (\`${kind}\`): ${fields.join('; ')}.`
    })
    .join(' ')

const select = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('connections')
    .select(['id', 'kind', 'label', 'apiUrl', 'checkedAt', 'foundNumbers', 'failure', 'createdAt'])
    .where('accountId', '=', accountId)

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>
