import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { changeLead, createLead } from '../../actions/leads/leads.ts'
import { optedOut, primaryPhone } from '../../store/contacts/addresses.ts'
import { hasWords, prefixQuery } from '../../store/contacts/search.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import type { DB } from '../../store/tables.ts'
import { invalid, notFound, Problem } from '../errors.ts'
import { id, list } from '../shapes/common.ts'
import * as shapes from '../shapes/contacts.ts'
import { whoAsks } from '../who.ts'
import { afterId } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Leads']

export async function leads(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/leads',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'Leads, newest first',
        querystring: shapes.leadFilter,
        response: { 200: list(shapes.lead) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor } = request.query
      const after = afterId(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        select(tx, accountId)
          .where(inFilter(accountId, request.query))
          .$if(after !== null, (q) => q.where('leads.id', '<', after!))
          .orderBy('leads.id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.id], present)
    },
  )

  app.get(
    '/leads/totals',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'How many leads there are, and what they are worth, together and by status',
        querystring: shapes.leadFilter.omit({ limit: true, cursor: true }),
        response: { 200: shapes.leadTotals },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) =>
        tx
          .selectFrom('leads')
          .innerJoin('contacts', 'contacts.id', 'leads.contactId')
          .select([
            'leads.status',
            sql<number>`count(*)::int`.as('count'),
            sql<number>`coalesce(sum(leads.value_cents), 0)::bigint`.as('valueCents'),
          ])
          .where('leads.accountId', '=', accountId)
          .where(inFilter(accountId, request.query))
          .groupBy('leads.status')
          .execute(),
      )
      const total = (those: typeof rows) => ({
        count: those.reduce((sum, { count }) => sum + count, 0),
        valueCents: those.reduce((sum, { valueCents }) => sum + valueCents, 0),
      })
      const of = (status: string) => total(rows.filter((row) => row.status === status))
      return { ...total(rows), byStatus: { open: of('open'), won: of('won'), lost: of('lost') } }
    },
  )

  app.get(
    '/leads/:id',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'One lead', params: z.object({ id }), response: { 200: shapes.lead } },
    },
    async (request) => find(whoAsks(request).accountId, request.params.id),
  )

  app.post(
    '/leads',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Open a lead for a contact; a contact has at most one open lead',
        body: shapes.newLead,
        response: { 201: shapes.lead },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const made = await createLead(world, accountId, request.body, actor)
      if (made.outcome === 'none') throw invalid([{ field: 'contactId', message: 'names no contact of this account' }])
      if (made.outcome === 'open')
        throw new Problem(409, 'The contact has an open lead', { detail: `It is lead ${made.leadId}.` })
      return reply.code(201).send(await find(accountId, made.leadId))
    },
  )

  app.patch(
    '/leads/:id',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Move, value, win, lose or reopen a lead',
        params: z.object({ id }),
        body: shapes.leadChange,
        response: { 200: shapes.lead },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const changed = await changeLead(world, accountId, request.params.id, request.body, actor)
      if (changed === 'none') throw notFound('lead')
      if (changed === 'no_stage') throw invalid([{ field: 'stageId', message: 'names no stage of this account' }])
      if (changed === 'other_open')
        throw new Problem(409, 'The contact has another open lead', { detail: 'Close that one first.' })
      return find(accountId, request.params.id)
    },
  )

  app.get(
    '/pipelines',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'Pipelines with their stages', response: { 200: list(shapes.pipeline) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const [pipelines, stages] = await asAccount(world.db, accountId, (tx) =>
        Promise.all([
          tx
            .selectFrom('pipelines')
            .select(['id', 'name', 'isDefault'])
            .where('accountId', '=', accountId)
            .orderBy('id', 'desc')
            .execute(),
          tx
            .selectFrom('stages')
            .select(['id', 'pipelineId', 'name', 'position'])
            .where('accountId', '=', accountId)
            .orderBy('position')
            .execute(),
        ]),
      )
      const data = pipelines.map((pipeline) => ({
        ...pipeline,
        stages: stages.filter((stage) => stage.pipelineId === pipeline.id),
      }))
      return { data, nextCursor: null }
    },
  )

  async function find(accountId: string, leadId: string) {
    const row = await asAccount(world.db, accountId, (tx) =>
      select(tx, accountId).where('leads.id', '=', leadId).executeTakeFirst(),
    )
    if (!row) throw notFound('lead')
    return present(row)
  }
}

type Filter = Omit<z.output<typeof shapes.leadFilter>, 'limit' | 'cursor'>

/** The filter as a condition on leads joined with contacts. */
function inFilter(
  accountId: string,
  { contactId, stageId, status, search, minValueCents }: Filter,
): Expression<SqlBool> {
  const words = search ? prefixQuery(search) : null
  const { eb, and } = expressionBuilder<DB, 'leads' | 'contacts'>()
  return and([
    ...(contactId ? [eb('leads.contactId', '=', contactId)] : []),
    ...(stageId ? [eb('leads.stageId', '=', stageId)] : []),
    ...(status ? [eb('leads.status', '=', status)] : []),
    ...(minValueCents !== undefined ? [sql<SqlBool>`leads.value_cents >= ${minValueCents}`] : []),
    ...(words ? [hasWords(accountId, words, 'contacts.id')] : []),
  ])
}

export const select = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('leads')
    .innerJoin('stages', 'stages.id', 'leads.stageId')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .leftJoin('conversations', (join) =>
      join
        .onRef('conversations.accountId', '=', 'leads.accountId')
        .onRef('conversations.contactId', '=', 'leads.contactId'),
    )
    .select([
      'leads.id',
      'leads.contactId',
      'leads.pipelineId',
      'leads.stageId',
      'leads.status',
      'leads.valueCents',
      'leads.reason',
      'leads.createdAt',
      'leads.updatedAt',
      'leads.closedAt',
      'stages.name as stage',
      'contacts.name as contactName',
      primaryPhone('contacts.id').as('contactPhone'),
      optedOut('contacts.id').as('optedOut'),
      'conversations.id as conversationId',
      'conversations.lastMessageAt',
    ])
    .where('leads.accountId', '=', accountId)

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

export function present({
  contactName,
  contactPhone,
  optedOut,
  lastMessageAt,
  ...row
}: Row): z.input<typeof shapes.lead> {
  return {
    ...row,
    status: row.status as 'open',
    valueCents: row.valueCents === null ? null : Number(row.valueCents),
    contact: { id: row.contactId, name: contactName, phone: contactPhone, optedOut: optedOut as boolean },
    lastActivityAt: (lastMessageAt && lastMessageAt > row.updatedAt ? lastMessageAt : row.updatedAt).toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  }
}
