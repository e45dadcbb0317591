import { before } from '../../domain/time.ts'
import { countSince, countWaiting, dayAndWeek, hangUpToText, listWaiting } from '../../store/conversations/today.ts'
import { asAccount } from '../../store/db.ts'
import { countLeftBehind, LEFT_BEHIND_MS } from '../../store/overdue.ts'
import * as shapes from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

/** As many as fit a screen; the rest are in the inbox. */
const WAITING_SHOWN = 30

export async function today(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/today',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags: ['Today'],
        summary: 'Who waits for an answer, and what the day and the week brought',
        response: { 200: shapes.today },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const now = world.now()
      return asAccount(world.db, accountId, async (tx) => {
        const since = await dayAndWeek(tx, accountId, now)
        const [waiting, waitingCount, day, week, hangUpToTextSeconds, leftBehind] = await Promise.all([
          listWaiting(tx, accountId, now, WAITING_SHOWN),
          countWaiting(tx, accountId, now),
          countSince(tx, accountId, since.day),
          countSince(tx, accountId, since.week),
          hangUpToText(tx, accountId, since.week),
          countLeftBehind(tx, accountId, before(now, LEFT_BEHIND_MS)),
        ])
        return {
          waiting: waiting.map((w) => ({ ...w, waitingSince: w.waitingSince.toISOString() })),
          waitingCount,
          day,
          week,
          hangUpToTextSeconds,
          leftBehind: leftBehind && { ...leftBehind, since: leftBehind.since.toISOString() },
        }
      })
    },
  )
}
