import { sql } from 'kysely'
import { z } from 'zod'
import { addStage, changeStage, deleteStage } from '../../actions/leads/stages.ts'
import { asAccount } from '../../store/db.ts'
import { notFound, Problem } from '../errors.ts'
import { id } from '../shapes/common.ts'
import * as shapes from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Leads']

/** The stages and the totals of each. The cards are GET /leads?stageId=…. */
export async function board(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/leads/board',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'The stages of the default pipeline with the number and the value of their open leads',
        response: { 200: shapes.board },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { rows } = await asAccount(world.db, accountId, (tx) =>
        sql<{ id: string; name: string; position: number; count: number; valueCents: number }>`
          select s.id, s.name, s.position, coalesce(l.count, 0)::int as count, coalesce(l.value, 0)::bigint as value_cents
          from pipelines p join stages s on s.pipeline_id = p.id
            left join (select stage_id, count(*) as count, sum(value_cents) as value from leads
              where account_id = ${accountId} and status = 'open' group by stage_id) l on l.stage_id = s.id
          where p.account_id = ${accountId} and p.is_default order by s.position`.execute(tx),
      )
      return { stages: rows }
    },
  )

  app.post(
    '/stages',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Add a stage at the end of the default pipeline',
        body: shapes.newStage,
        response: { 201: z.object({ id }) },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      return reply.code(201).send({ id: await addStage(world, accountId, request.body.name, actor) })
    },
  )

  app.patch(
    '/stages/:id',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Rename or move a stage',
        params: z.object({ id }),
        body: shapes.stageChange,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      if (!(await changeStage(world, accountId, request.params.id, request.body, actor))) throw notFound('stage')
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/stages/:id',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: { tags, summary: 'Delete an empty stage', params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const deleted = await deleteStage(world, accountId, request.params.id, actor)
      if (deleted === 'none') throw notFound('stage')
      if (deleted === 'used')
        throw new Problem(409, 'Leads are in this stage', {
          detail: 'Move them to another stage first, won and lost ones too.',
        })
      if (deleted === 'last')
        throw new Problem(409, 'It is the only stage', { detail: 'A pipeline needs one. Rename it instead.' })
      return reply.code(204).send(null)
    },
  )
}
