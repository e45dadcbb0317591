import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { z } from 'zod'
import { previewDecision } from '../../actions/calls/previewDecision.ts'
import { readPhone } from '../../domain/phone.ts'
import type { Decision } from '../../domain/textback.ts'
import { legsOf } from '../../store/calls/calls.ts'
import { hasWords, prefixQuery } from '../../store/contacts/search.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { type CsvCall, callsAsCsv } from '../csv.ts'
import { invalid, notFound } from '../errors.ts'
import * as shapes from '../shapes/calls.ts'
import { id, list } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import { afterId } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

/** The most rows that every spreadsheet opens without trouble. */
const MOST_ROWS = 10_000

const CSV_PAGE = 1_000

export async function calls(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/calls',
    {
      config: { access: 'member', scope: 'read' },
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
        select(filtered(accountId, callsOf(tx, accountId), request.query))
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
      config: { access: 'member', scope: 'read' },
      schema: {
        tags: ['Calls'],
        summary: `The call log as CSV, newest first, ${MOST_ROWS} rows at most`,
        querystring: shapes.callFilter.omit({ limit: true, cursor: true }),
      },
    },
    async (request, reply) => {
      const { accountId } = whoAsks(request)
      const { timezone } = await asAccount(world.db, accountId, (tx) =>
        tx.selectFrom('accounts').select('timezone').where('id', '=', accountId).executeTakeFirstOrThrow(),
      )
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="calls.csv"')
        .send(Readable.from(callsAsCsv(csvPages(world, accountId, request.query), timezone)))
    },
  )

  app.get(
    '/calls/:id',
    {
      config: { access: 'member', scope: 'read' },
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
        const row = await select(callsOf(tx, accountId)).where('calls.id', '=', request.params.id).executeTakeFirst()
        return row && { row, legs: await legsOf(tx, accountId, row.id) }
      })
      if (!found) throw notFound('call')
      return { ...present(found.row), legs: found.legs.map(presentLeg) }
    },
  )

  app.post(
    '/decisions/preview',
    {
      config: { access: 'member', scope: 'read' },
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

/**
 * The calls page by page, each in its own statement, without the checks of their decisions. One statement for all took
 * 2 to 3 s of its 2.5 s, in an account of 100,000 calls.
 */
async function* csvPages({ db }: ApiWorld['world'], accountId: string, filter: Filter): AsyncGenerator<CsvCall[]> {
  let before: string | null = null
  for (let count = 0; count < MOST_ROWS; count += CSV_PAGE) {
    // The page's ids first: otherwise the sort would read the decisions of every matching call.
    const ids = (tx: Tx) =>
      filtered(accountId, callsOf(tx, accountId), filter)
        .select('calls.id')
        .$if(before !== null, (q) => q.where('calls.id', '<', before!))
        .orderBy('calls.id', 'desc')
        .limit(CSV_PAGE)
    const page = (tx: Tx) =>
      callsOf(tx, accountId)
        .where('calls.id', 'in', ids(tx))
        .select(COLUMNS)
        .select(sql<string | null>`decision->>'action'`.as('action'))
        .select(sql<string | null>`decision->>'reason'`.as('reason'))
        .orderBy('calls.id', 'desc')
        .execute()
    const rows: Awaited<ReturnType<typeof page>> = await asAccount(db, accountId, page)
    yield rows.map((row) => ({ ...presentBriefly(row), action: row.action, reason: row.reason }))
    if (rows.length < CSV_PAGE) return
    before = rows.at(-1)!.id
  }
}

export const callsOf = (tx: Tx, accountId: string) =>
  tx.selectFrom('calls').leftJoin('contacts', 'contacts.id', 'calls.contactId').where('calls.accountId', '=', accountId)

type Query = ReturnType<typeof callsOf>

/** The columns that a line of the CSV needs. */
const COLUMNS = [
  'calls.id',
  'calls.number',
  'calls.fromPhone',
  'contacts.name as contactName',
  'calls.outcome',
  'calls.why',
  'calls.startedAt',
  'calls.answeredAt',
  'calls.rangUntil',
  'calls.endedAt',
  'calls.durationSeconds',
] as const

export const select = (query: Query) =>
  query.select([
    ...COLUMNS,
    'calls.contactId',
    'calls.direction',
    'calls.decision',
    'calls.messageId',
    'calls.recovered',
    'calls.connectionId',
  ])

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
type BriefRow = Omit<Row, 'contactId' | 'direction' | 'decision' | 'messageId' | 'recovered' | 'connectionId'>

export function present(row: Row): z.input<typeof shapes.call> {
  return {
    id: row.id,
    ...presentBriefly(row),
    contactId: row.contactId,
    direction: row.direction as 'inbound',
    endedAt: row.endedAt?.toISOString() ?? null,
    decision: row.decision as Decision | null,
    messageId: row.messageId,
    recovered: row.recovered,
    carrier: row.connectionId,
  }
}

function presentBriefly(row: BriefRow) {
  const rangUntil = row.rangUntil ?? row.endedAt
  const seconds = (from: Date, to: Date) => Math.max(0, Math.round((to.getTime() - from.getTime()) / 100) / 10)
  return {
    number: row.number,
    from: row.fromPhone,
    contactName: row.contactName,
    outcome: row.outcome as 'missed',
    why: row.why,
    startedAt: row.startedAt.toISOString(),
    ringSeconds: rangUntil ? seconds(row.startedAt, rangUntil) : null,
    durationSeconds:
      row.outcome === 'answered'
        ? (row.durationSeconds ??
          (row.answeredAt && row.endedAt ? Math.round(seconds(row.answeredAt, row.endedAt)) : null))
        : null,
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
