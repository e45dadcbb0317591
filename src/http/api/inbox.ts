import { z } from 'zod'
import { addNote, deleteNote } from '../../actions/notes.ts'
import { newId } from '../../domain/ids.ts'
import { asAccount } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { prefixQuery, searchPeople, searchTexts } from '../../store/search.ts'
import { type TimelineRow, timeline } from '../../store/timeline.ts'
import { countSince, countWaiting, dayAndWeek, hangUpToText, listWaiting } from '../../store/today.ts'
import { notFound, Problem } from '../errors.ts'
import { id, list, page } from '../shapes/common.ts'
import * as shapes from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import { afterTime } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

/** As many as fit a screen; the rest are in the inbox. */
const WAITING_SHOWN = 30
const FOUND_SHOWN = 20

export async function inbox(app: Api, api: ApiWorld): Promise<void> {
  todayAndSearch(app, api)
  timelineAndNotes(app, api)
  cannedReplies(app, api)
}

function todayAndSearch(app: Api, { world }: ApiWorld): void {
  app.get(
    '/today',
    {
      config: { access: 'member' },
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
        const [waiting, waitingCount, day, week, hangUpToTextSeconds] = await Promise.all([
          listWaiting(tx, accountId, now, WAITING_SHOWN),
          countWaiting(tx, accountId, now),
          countSince(tx, accountId, since.day),
          countSince(tx, accountId, since.week),
          hangUpToText(tx, accountId, since.week),
        ])
        return {
          waiting: waiting.map((w) => ({ ...w, waitingSince: w.waitingSince.toISOString() })),
          waitingCount,
          day,
          week,
          hangUpToTextSeconds,
        }
      })
    },
  )

  app.get(
    '/search',
    {
      config: { access: 'member' },
      schema: {
        tags: ['Conversations'],
        summary: 'People and texts that have words beginning so',
        querystring: z.object({ q: z.string().max(100) }),
        response: { 200: shapes.found },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const query = prefixQuery(request.query.q)
      if (!query) return { people: [], texts: [] }
      const [people, texts] = await asAccount(world.db, accountId, (tx) =>
        Promise.all([searchPeople(tx, accountId, query, FOUND_SHOWN), searchTexts(tx, accountId, query, FOUND_SHOWN)]),
      )
      return { people, texts: texts.map((text) => ({ ...text, at: text.at.toISOString() })) }
    },
  )
}

function timelineAndNotes(app: Api, { world }: ApiWorld): void {
  const tags = ['Contacts']

  app.get(
    '/contacts/:id/timeline',
    {
      config: { access: 'member' },
      schema: {
        tags,
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
        return timeline(tx, accountId, request.params.id, afterTime(cursor), limit + 1)
      })
      return pageOf(rows, limit, (row) => [row.at.toISOString(), row.id], presentItem)
    },
  )

  app.post(
    '/contacts/:id/notes',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Write a note; only people of the account read it',
        params: z.object({ id }),
        body: shapes.newNote,
        response: { 201: shapes.note },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const note = await addNote(world, accountId, request.params.id, request.body.body, actor)
      if (!note) throw notFound('contact')
      return reply.code(201).send({ ...note, createdAt: note.createdAt.toISOString() })
    },
  )

  app.delete(
    '/notes/:id',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'Delete a note', params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      if (!(await deleteNote(world, accountId, request.params.id, actor))) throw notFound('note')
      return reply.code(204).send(null)
    },
  )
}

function cannedReplies(app: Api, { world }: ApiWorld): void {
  const tags = ['Canned replies']
  const columns = ['id', 'title', 'body', 'createdAt', 'updatedAt'] as const
  const taken = () =>
    new Problem(409, 'There is a canned reply of that title', { errors: [{ field: 'title', message: 'is taken' }] })
  const present = (row: { id: string; title: string; body: string; createdAt: Date; updatedAt: Date }) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  })

  app.get(
    '/canned-replies',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'Canned replies by title', response: { 200: list(shapes.cannedReply) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) =>
        tx.selectFrom('cannedReplies').select(columns).where('accountId', '=', accountId).orderBy('title').execute(),
      )
      return { data: rows.map(present), nextCursor: null }
    },
  )

  app.post(
    '/canned-replies',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Add a canned reply',
        body: shapes.newCannedReply,
        response: { 201: shapes.cannedReply },
      },
    },
    async (request, reply) => {
      const { accountId } = whoAsks(request)
      const now = world.now()
      const row = await asAccount(world.db, accountId, (tx) =>
        tx
          .insertInto('cannedReplies')
          .values({ id: newId(), accountId, ...request.body, createdAt: now, updatedAt: now })
          .onConflict((c) => c.columns(['accountId', 'title']).doNothing())
          .returning(columns)
          .executeTakeFirst(),
      )
      if (!row) throw taken()
      return reply.code(201).send(present(row))
    },
  )

  app.patch(
    '/canned-replies/:id',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Change a canned reply',
        params: z.object({ id }),
        body: shapes.newCannedReply.partial(),
        response: { 200: shapes.cannedReply },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { title } = request.body
      const row = await asAccount(world.db, accountId, async (tx) => {
        const other = title
          ? await tx
              .selectFrom('cannedReplies')
              .select('id')
              .where('accountId', '=', accountId)
              .where('title', '=', title)
              .where('id', '!=', request.params.id)
              .executeTakeFirst()
          : undefined
        if (other) throw taken()
        return tx
          .updateTable('cannedReplies')
          .set({ ...request.body, updatedAt: world.now() })
          .where('accountId', '=', accountId)
          .where('id', '=', request.params.id)
          .returning(columns)
          .executeTakeFirst()
      })
      if (!row) throw notFound('canned reply')
      return present(row)
    },
  )

  app.delete(
    '/canned-replies/:id',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'Delete a canned reply', params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { accountId } = whoAsks(request)
      const row = await asAccount(world.db, accountId, (tx) =>
        tx
          .deleteFrom('cannedReplies')
          .where('accountId', '=', accountId)
          .where('id', '=', request.params.id)
          .returning('id')
          .executeTakeFirst(),
      )
      if (!row) throw notFound('canned reply')
      return reply.code(204).send(null)
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
    const { deliveredAt, ...message } = item.row
    return { ...base, message: { ...message, deliveredAt: deliveredAt && new Date(deliveredAt).toISOString() } }
  }
  if (item.kind === 'note') return { ...base, note: item.row }
  return { ...base, event: item.row }
}
