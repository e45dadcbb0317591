import { sql } from 'kysely'
import { z } from 'zod'
import { previewDecision } from '../../actions/calls/previewDecision.ts'
import { readPhone } from '../../domain/phone.ts'
import type { Decision } from '../../domain/textback.ts'
import { legsOf } from '../../store/calls/calls.ts'
import { hasWords, prefixQuery } from '../../store/contacts/search.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { callsAsCsv } from '../csv.ts'
import { invalid, notFound } from '../errors.ts'
import * as shapes from '../shapes/calls.ts'
import { id, list } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import { afterId } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

/** What a spreadsheet opens without complaint. */
const MOST_ROWS = 10_000

export async function calls(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/calls',
    {
      config: { access: 'member' },
      schema: {
        tags: ['Calls'],
        summary: 'The call log, newest first',
        querystring: shapes.callFilter,
        response: { 200: list(shapes.call) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor } = request.query
      const after = afterId(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        filtered(accountId, select(tx, accountId), request.query)
          .$if(after !== null, (q) => q.where('calls.id', '<', after!))
          .orderBy('calls.id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.id], present)
    },
  )

  app.get(
    '/calls.csv',
    {
      config: { access: 'member' },
      schema: {
        tags: ['Calls'],
        summary: `The call log as CSV, newest first, ${MOST_ROWS} rows at most`,
        querystring: shapes.callFilter.omit({ limit: true, cursor: true }),
      },
    },
    async (request, reply) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) =>
        filtered(accountId, select(tx, accountId), request.query)
          .orderBy('calls.id', 'desc')
          .limit(MOST_ROWS)
          .execute(),
      )
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="calls.csv"')
        .send(callsAsCsv(rows.map(present)))
    },
  )

  app.get(
    '/calls/:id',
    {
      config: { access: 'member' },
      schema: {
        tags: ['Calls'],
        summary: 'One call, with its decision, every check, and the phones that it rang',
        params: z.object({ id }),
        response: { 200: shapes.callInFull },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const found = await asAccount(world.db, accountId, async (tx) => {
        const row = await select(tx, accountId).where('calls.id', '=', request.params.id).executeTakeFirst()
        return row && { row, legs: await legsOf(tx, accountId, row.id) }
      })
      if (!found) throw notFound('call')
      return { ...present(found.row), legs: found.legs.map(presentLeg) }
    },
  )

  app.post(
    '/decisions/preview',
    {
      config: { access: 'member' },
      schema: {
        tags: ['Calls'],
        summary: 'What would happen to a made-up call, and why; nothing is written or sent',
        body: shapes.madeUpCall,
        response: { 200: shapes.preview },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { endedAt, ...call } = request.body
      const preview = await previewDecision(world, accountId, {
        ...call,
        endedAt: endedAt ? new Date(endedAt) : world.now(),
      })
      if (!preview)
        throw invalid([{ field: 'number', message: 'is not a number of this account; see GET /api/v1/numbers' }])
      return preview
    },
  )
}

const select = (tx: Tx, accountId: string) =>
  tx
    .selectFrom('calls')
    .leftJoin('contacts', 'contacts.id', 'calls.contactId')
    .select([
      'calls.id',
      'calls.number',
      'calls.fromPhone',
      'calls.contactId',
      'contacts.name as contactName',
      'calls.direction',
      'calls.outcome',
      'calls.why',
      'calls.startedAt',
      'calls.answeredAt',
      'calls.rangUntil',
      'calls.endedAt',
      'calls.durationSeconds',
      'calls.decision',
      'calls.messageId',
      'calls.recovered',
      'calls.connectionId',
    ])
    .where('calls.accountId', '=', accountId)

type Query = ReturnType<typeof select>
type Filter = Omit<z.output<typeof shapes.callFilter>, 'limit' | 'cursor'>

function filtered(accountId: string, query: Query, filter: Filter): Query {
  const { contactId, number, outcome, action, reason, from, search, since, before } = filter
  const words = search ? prefixQuery(search) : null
  return query
    .$if(contactId !== undefined, (q) => q.where('calls.contactId', '=', contactId!))
    .$if(number !== undefined, (q) => q.where('calls.number', '=', number!))
    .$if(outcome !== undefined, (q) => q.where('calls.outcome', '=', outcome!))
    .$if(action !== undefined, (q) => q.where(sql<boolean>`calls.decision->>'action' = ${action}`))
    .$if(reason !== undefined, (q) => q.where(sql<boolean>`calls.decision->>'reason' = ${reason}`))
    .$if(from !== undefined, (q) => q.where('calls.fromPhone', '=', readPhone(from!) ?? from!))
    .$if(words !== null, (q) => q.where(hasWords(accountId, words!, 'calls.contactId')))
    .$if(since !== undefined, (q) => q.where('calls.startedAt', '>=', new Date(since!)))
    .$if(before !== undefined, (q) => q.where('calls.startedAt', '<', new Date(before!)))
}

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

function present(row: Row): z.input<typeof shapes.call> {
  const rangUntil = row.rangUntil ?? row.endedAt
  const seconds = (from: Date, to: Date) => Math.max(0, Math.round((to.getTime() - from.getTime()) / 100) / 10)
  return {
    id: row.id,
    number: row.number,
    from: row.fromPhone,
    contactId: row.contactId,
    contactName: row.contactName,
    direction: row.direction as 'inbound',
    outcome: row.outcome as 'missed',
    why: row.why,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    ringSeconds: rangUntil ? seconds(row.startedAt, rangUntil) : null,
    durationSeconds:
      row.outcome === 'answered'
        ? (row.durationSeconds ??
          (row.answeredAt && row.endedAt ? Math.round(seconds(row.answeredAt, row.endedAt)) : null))
        : null,
    decision: row.decision as Decision | null,
    messageId: row.messageId,
    recovered: row.recovered,
    carrier: row.connectionId,
  }
}

type LegRow = Awaited<ReturnType<typeof legsOf>>[number]

const presentLeg = (leg: LegRow): z.input<typeof shapes.callInFull>['legs'][number] => ({
  ...leg,
  state: leg.state as 'ended',
  rangAt: leg.rangAt.toISOString(),
  answeredAt: leg.answeredAt?.toISOString() ?? null,
  endedAt: leg.endedAt?.toISOString() ?? null,
})
