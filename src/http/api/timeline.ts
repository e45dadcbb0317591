import { z } from 'zod'
import { type TimelineRow, timeline as timelineOf } from '../../store/conversations/timeline.ts'
import { asAccount } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { notFound } from '../errors.ts'
import { id, list, page } from '../shapes/common.ts'
import * as shapes from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import { afterTime } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

export async function timeline(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/contacts/:id/timeline',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags: ['Contacts'],
        summary: 'Calls, texts, notes and events of a contact in one line, newest first',
        params: z.object({ id }),
        querystring: page,
        response: { 200: list(shapes.timelineItem) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor } = request.query
      const rows = await asAccount(world.db, accountId, async (tx) => {
        const contact = await tx
          .selectFrom('contacts')
          .select('id')
          .where('accountId', '=', accountId)
          .where('id', '=', request.params.id)
          .executeTakeFirst()
        if (!contact) throw notFound('contact')
        return timelineOf(tx, accountId, request.params.id, afterTime(cursor), limit + 1)
      })
      return pageOf(rows, limit, (row) => [row.at.toISOString(), row.id], presentItem)
    },
  )
}

function presentItem(item: TimelineRow): z.input<typeof shapes.timelineItem> {
  const base = {
    kind: item.kind,
    id: item.id,
    at: item.at.toISOString(),
    call: null,
    message: null,
    note: null,
    event: null,
  }
  if (item.kind === 'call') {
    const { decision, ringSeconds, ...call } = item.row
    const failed = decision?.checks.find((check) => !check.passed)
    return {
      ...base,
      call: {
        ...call,
        ringSeconds: ringSeconds === null ? null : Math.max(0, Math.round(ringSeconds * 10) / 10),
        action: decision?.action ?? null,
        reason: decision?.reason ?? null,
        sentence: failed?.sentence ?? (decision ? 'A missed call, and nothing spoke against a text.' : null),
      },
    }
  }
  if (item.kind === 'message') {
    const { deliveredAt, failure, ...message } = item.row
    return {
      ...base,
      message: { ...message, trouble: failure, deliveredAt: deliveredAt && new Date(deliveredAt).toISOString() },
    }
  }
  if (item.kind === 'note') return { ...base, note: item.row }
  return { ...base, event: item.row }
}
