import { z } from 'zod'
import { DISPATCHED_TYPES, EVENTS } from '../domain/events.ts'
import { payload } from './shapes/webhooks.ts'

/** The body that webhooks receive, by its name in the API's description. */
export const schemas = { WebhookPayload: z.toJSONSchema(payload) as Record<string, unknown> }

const requestBody = { content: { 'application/json': { schema: { $ref: '#/components/schemas/WebhookPayload' } } } }
const responses = { '2XX': { description: 'Any 2xx means that you have it.' } }

/** The requests that webhooks receive, for the API's description. */
export const webhookRequests = Object.fromEntries(
  DISPATCHED_TYPES.map((type) => [
    type,
    { post: { tags: ['Webhooks'], summary: `Sent when ${EVENTS[type].when}`, requestBody, responses } },
  ]),
)
