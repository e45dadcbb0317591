import { z } from 'zod'
import { redeliver, testWebhook } from '../../actions/webhooks/sendAgain.ts'
import { changeWebhook, deleteWebhook, makeWebhook, rotateSecret } from '../../actions/webhooks/webhooks.ts'
import { MOST_WEBHOOKS } from '../../domain/webhooks.ts'
import { asAccount } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { type DeliveryRow, deliveryRows } from '../../store/webhooks/deliveries.ts'
import { type WebhookRow, webhookRows } from '../../store/webhooks/webhooks.ts'
import { invalid, notFound, Problem } from '../errors.ts'
import { id, list } from '../shapes/common.ts'
import * as shapes from '../shapes/webhooks.ts'
import { whoAsks } from '../who.ts'
import { afterId } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Webhooks']
const config = { access: 'owner', scope: 'admin' } as const
const params = z.object({ id })

export async function webhooks(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/webhooks',
    { config, schema: { tags, summary: 'Webhooks, newest first', response: { 200: list(shapes.webhook) } } },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) =>
        webhookRows(tx, accountId).orderBy('id', 'desc').execute(),
      )
      return { data: rows.map((row) => present(row, world.now())), nextCursor: null }
    },
  )

  app.post(
    '/webhooks',
    {
      config,
      schema: {
        tags,
        summary: 'Make a webhook; its secret is shown this once',
        body: shapes.newWebhook,
        response: { 201: shapes.madeWebhook },
      },
    },
    async (request, reply) => {
      const who = whoAsks(request)
      const made = await makeWebhook(world, who, request.body)
      if (made.outcome === 'wrong') throw invalid([{ field: 'url', message: made.message }])
      if (made.outcome === 'too_many')
        throw new Problem(409, `There are ${MOST_WEBHOOKS} webhooks already`, {
          detail: 'Delete one that nobody needs, or let one of your programs pass events on to others.',
        })
      return reply.code(201).send({ ...(await find(who.accountId, made.id)), secret: made.secret })
    },
  )

  app.get(
    '/webhooks/:id',
    { config, schema: { tags, summary: 'One webhook', params, response: { 200: shapes.webhook } } },
    async (request) => find(whoAsks(request).accountId, request.params.id),
  )

  app.patch(
    '/webhooks/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change a webhook, or switch it on or off; what is not given stays',
        params,
        body: shapes.webhookChange,
        response: { 200: shapes.webhook },
      },
    },
    async (request) => {
      const who = whoAsks(request)
      const changed = await changeWebhook(world, who, request.params.id, request.body)
      if (changed.outcome === 'wrong') throw invalid([{ field: 'url', message: changed.message }])
      return find(who.accountId, request.params.id)
    },
  )

  app.delete(
    '/webhooks/:id',
    { config, schema: { tags, summary: 'Delete a webhook with its log', params, response: { 204: z.null() } } },
    async (request, reply) => {
      if (!(await deleteWebhook(world, whoAsks(request), request.params.id))) throw notFound('webhook')
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/webhooks/:id/enable',
    {
      config,
      schema: {
        tags,
        summary: 'Switch a webhook on again; what happened while it was off is not sent',
        params,
        response: { 200: shapes.webhook },
      },
    },
    async (request) => {
      const who = whoAsks(request)
      await changeWebhook(world, who, request.params.id, { enabled: true })
      return find(who.accountId, request.params.id)
    },
  )

  app.post(
    '/webhooks/:id/rotate',
    {
      config,
      schema: {
        tags,
        summary: 'Make a new secret, which is shown this once; for 24 hours the one before it signs as well',
        params,
        response: { 200: shapes.madeWebhook },
      },
    },
    async (request) => {
      const who = whoAsks(request)
      const secret = await rotateSecret(world, who, request.params.id)
      if (!secret) throw notFound('webhook')
      return { ...(await find(who.accountId, request.params.id)), secret }
    },
  )

  app.post(
    '/webhooks/:id/test',
    {
      config,
      schema: {
        tags,
        summary: 'Send a `webhook.test` event now, and see what comes back; it is tried once',
        params,
        response: { 200: shapes.deliveryInFull },
      },
    },
    async (request) => {
      const who = whoAsks(request)
      const deliveryId = await testWebhook(world, who, request.params.id)
      if (!deliveryId) throw notFound('webhook')
      return findDelivery(who.accountId, deliveryId)
    },
  )

  app.get(
    '/webhooks/:id/deliveries',
    {
      config,
      schema: {
        tags,
        summary: 'What was sent to a webhook in the last 30 days, newest first',
        params,
        querystring: shapes.deliveryFilter,
        response: { 200: list(shapes.delivery) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor, state } = request.query
      const { id: webhookId } = await find(accountId, request.params.id)
      const after = afterId(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        deliveryRows(tx, accountId)
          .where('webhookId', '=', webhookId)
          .$if(state !== undefined, (q) => q.where('state', '=', state!))
          .$if(after !== null, (q) => q.where('id', '<', after!))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.id], presentDelivery)
    },
  )

  app.get(
    '/webhook-deliveries/:id',
    {
      config,
      schema: {
        tags,
        summary: 'One delivery, with the request and the last answer',
        params,
        response: { 200: shapes.deliveryInFull },
      },
    },
    async (request) => findDelivery(whoAsks(request).accountId, request.params.id),
  )

  app.post(
    '/webhook-deliveries/:id/redeliver',
    {
      config,
      schema: {
        tags,
        summary: 'Send it again: the same body, with the same `webhook-id`',
        params,
        response: { 200: shapes.deliveryInFull },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const begun = await redeliver(world, { accountId, deliveryId: request.params.id })
      if (begun === 'none') throw notFound('delivery')
      if (begun === 'off')
        throw new Problem(409, 'The webhook is switched off', { detail: 'Switch it on, then send this again.' })
      return findDelivery(accountId, request.params.id)
    },
  )

  async function find(accountId: string, webhookId: string) {
    const row = await asAccount(world.db, accountId, (tx) =>
      webhookRows(tx, accountId).where('id', '=', webhookId).executeTakeFirst(),
    )
    if (!row) throw notFound('webhook')
    return present(row, world.now())
  }

  async function findDelivery(accountId: string, deliveryId: string): Promise<z.input<typeof shapes.deliveryInFull>> {
    const row = await asAccount(world.db, accountId, (tx) =>
      deliveryRows(tx, accountId)
        .select(['payload', 'answer'])
        .select((eb) =>
          eb.selectFrom('webhooks').select('url').whereRef('webhooks.id', '=', 'webhookDeliveries.webhookId').as('url'),
        )
        .where('id', '=', deliveryId)
        .executeTakeFirst(),
    )
    if (!row) throw notFound('delivery')
    const { url, payload, answer, ...rest } = row
    return { ...presentDelivery(rest), url: url!, payload, answer }
  }
}

const present = (row: WebhookRow, now: Date): z.input<typeof shapes.webhook> => ({
  ...row,
  disabledWhy: row.disabledWhy as 'gone' | null,
  disabledAt: written(row.disabledAt),
  failingSince: written(row.failingSince),
  lastDeliveredAt: written(row.lastDeliveredAt),
  previousSignsUntil: row.previousSignsUntil && row.previousSignsUntil > now ? written(row.previousSignsUntil) : null,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

const presentDelivery = (row: DeliveryRow): z.input<typeof shapes.delivery> => ({
  ...row,
  state: row.state as 'pending',
  attemptedAt: written(row.attemptedAt),
  nextAttemptAt: written(row.nextAttemptAt),
  deliveredAt: written(row.deliveredAt),
  createdAt: row.createdAt.toISOString(),
})

const written = (time: Date | null): string | null => time?.toISOString() ?? null
