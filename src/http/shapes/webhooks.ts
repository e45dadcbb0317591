import { z } from 'zod'
import { DISPATCHED_TYPES, type DispatchedType } from '../../domain/events.ts'
import { call } from './calls.ts'
import { id, page, time } from './common.ts'
import { contact, event, lead } from './contacts.ts'
import { message } from './messages.ts'

const eventType = z.enum(DISPATCHED_TYPES as [DispatchedType, ...DispatchedType[]], {
  error: 'is not an event that can be listened to; docs/webhooks.md lists them',
})

export const webhook = z.object({
  id,
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()).describe('The types of events that it is sent; empty: all.'),
  enabled: z.boolean(),
  disabledAt: time.nullable(),
  disabledWhy: z
    .enum(['switched_off', 'gone', 'failing', 'secret_lost'])
    .nullable()
    .describe(
      '`gone`: it answered 410. `failing`: nothing could be delivered for 5 days. `secret_lost`: its secret cannot be read any more; rotate it.',
    ),
  failingSince: time.nullable().describe('Since when nothing could be delivered; null while things are.'),
  lastDeliveredAt: time.nullable(),
  previousSignsUntil: time
    .nullable()
    .describe('After a rotation: until when the secret before it signs as well. Null when it does not.'),
  createdAt: time,
  updatedAt: time,
})

const secret = z.string().describe('Signs what is sent: `whsec_…`. Shown this once.')

export const madeWebhook = webhook.extend({ secret })

const url = z.string().trim().max(2000).describe('https, on the internet. Redirects are not followed.')
const description = z.string().trim().max(200)
const events = z.array(eventType).max(DISPATCHED_TYPES.length).describe('Empty: all, also those that come to be later.')

export const newWebhook = z.strictObject({ url, description: description.default(''), events: events.default([]) })

export const webhookChange = z.strictObject({
  url: url.optional(),
  description: description.optional(),
  events: events.optional(),
  enabled: z.boolean().optional(),
})

export const delivery = z.object({
  id: id.describe('The `webhook-id` of the request, the same at every attempt.'),
  webhookId: id,
  eventId: id,
  eventType: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.int(),
  attemptedAt: time.nullable(),
  nextAttemptAt: time.nullable().describe('Null when none is to come, and while one is under way.'),
  status: z.int().nullable().describe('Of the last answer; null when there was none.'),
  error: z.string().nullable().describe('Why the last attempt failed, in a sentence.'),
  latencyMs: z.int().nullable(),
  deliveredAt: time.nullable(),
  createdAt: time,
})

export const deliveryInFull = delivery.extend({
  url: z.string(),
  payload: z.string().describe('The body of the request, as it is sent.'),
  answer: z.string().nullable().describe('The first kilobyte of the last answer.'),
})

export const deliveryFilter = page.extend({ state: z.enum(['pending', 'delivered', 'failed']).optional() })

/** The body that a webhook receives. */
export const payload = z.object({
  type: z.string().describe('`call.missed`, `message.received`, …; `webhook.test` for a test.'),
  timestamp: time.describe('When it happened. (`webhook-timestamp` is when it was sent.)'),
  data: event.omit({ type: true, at: true }).extend({
    contactId: id.nullable(),
    contact: contact.nullable().describe('The person, as of when the event was dispatched; the others too.'),
    lead: lead.nullable(),
    call: call.nullable(),
    message: message.nullable(),
  }),
})
