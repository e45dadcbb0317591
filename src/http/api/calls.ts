import { z } from 'zod'
import { previewDecision } from '../../actions/preview.ts'
import type { Decision } from '../../domain/textback.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { invalid, notFound } from '../errors.ts'
import * as shapes from '../shapes/calls.ts'
import { id, list } from '../shapes/common.ts'
import { whoAsks } from '../who.ts'
import { afterId } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

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
      const { limit, cursor, contactId, number, outcome } = request.query
      const after = afterId(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        select(tx, accountId)
          .$if(after !== null, (q) => q.where('id', '<', after!))
          .$if(contactId !== undefined, (q) => q.where('contactId', '=', contactId!))
          .$if(number !== undefined, (q) => q.where('number', '=', number!))
          .$if(outcome !== undefined, (q) => q.where('outcome', '=', outcome!))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.id], present)
    },
  )

  app.get(
    '/calls/:id',
    {
      config: { access: 'member' },
      schema: {
        tags: ['Calls'],
        summary: 'One call, with its decision and every check',
        params: z.object({ id }),
        response: { 200: shapes.call },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const row = await asAccount(world.db, accountId, (tx) =>
        select(tx, accountId).where('id', '=', request.params.id).executeTakeFirst(),
      )
      if (!row) throw notFound('call')
      return present(row)
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
    .select([
      'id',
      'number',
      'fromPhone',
      'contactId',
      'direction',
      'outcome',
      'why',
      'startedAt',
      'answeredAt',
      'rangUntil',
      'endedAt',
      'durationSeconds',
      'decision',
      'messageId',
      'recovered',
      'carrier',
    ])
    .where('accountId', '=', accountId)

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

function present(row: Row): z.input<typeof shapes.call> {
  const rangUntil = row.rangUntil ?? row.endedAt
  const seconds = (from: Date, to: Date) => Math.max(0, Math.round((to.getTime() - from.getTime()) / 100) / 10)
  return {
    id: row.id,
    number: row.number,
    from: row.fromPhone,
    contactId: row.contactId,
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
    carrier: row.carrier,
  }
}
