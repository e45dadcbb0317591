import { z } from 'zod'
import { phone } from '../../domain/fields.ts'
import { LONGEST_BODY } from '../../domain/message.ts'
import { id, page, time, trouble } from './common.ts'

export const message = z.object({
  id,
  conversationId: id,
  contactId: id,
  kind: z.enum(['text_back', 'reply', 'confirmation', 'inbound']),
  direction: z.enum(['inbound', 'outbound']),
  channel: z.literal('sms'),
  from: z.string(),
  to: z.string(),
  body: z.string(),
  segments: z.int(),
  media: z.array(z.object({ url: z.string(), contentType: z.string().nullable() })),
  status: z.enum([
    'queued',
    'sending',
    'accepted',
    'sent',
    'delivered',
    'undelivered',
    'failed',
    'refused',
    'unknown',
    'received',
  ]),
  reason: z.string().nullable().describe('Why it was not delivered, in a sentence.'),
  trouble: trouble.nullable(),
  carrierId: z.string().nullable().describe('The carrier’s own id of it.'),
  callId: id.nullable(),
  createdAt: time,
  acceptedAt: time.nullable(),
  deliveredAt: time.nullable(),
})

export const messageFilter = page.extend({ conversationId: id.optional(), contactId: id.optional() })

export const newMessage = z
  .strictObject({
    conversationId: id.optional(),
    to: phone.optional().describe('Instead of a conversation: the person’s phone.'),
    from: phone.optional().describe('One of the account’s numbers; by default the one they used last.'),
    body: z
      .string()
      .trim()
      .max(LONGEST_BODY, `is longer than ${LONGEST_BODY} characters`)
      .regex(/[^\p{C}\s]/u, 'is empty; write what they should read'),
  })
  .refine((m) => (m.conversationId === undefined) !== (m.to === undefined), {
    path: ['conversationId'],
    message: 'or `to` is needed, and only one of them',
  })

export const resolution = z.strictObject({ as: z.enum(['sent', 'not_sent', 'send_again']) })

export const conversation = z.object({
  id,
  contactId: id,
  channel: z.literal('sms'),
  number: z.string().describe('The number of ours that the person used last.'),
  repliesFrom: z
    .string()
    .nullable()
    .describe(
      'The number that replies leave from: `number`, or another one when that was deleted. Null without numbers.',
    ),
  repliesTo: z.string().nullable().describe('The phone of theirs that replies go to: the one they used last.'),
  status: z.enum(['open', 'closed']),
  unread: z.int(),
  assignedTo: z.string().nullable().describe('The person who looks after it.'),
  snoozedUntil: time.nullable(),
  waitingSince: time.nullable().describe('Since when somebody waits for a person’s answer.'),
  optedOut: z.boolean(),
  lastMessageAt: time.nullable(),
  lastMessagePreview: z.string().nullable(),
  contact: z.object({ id, name: z.string().nullable(), phone: z.string().nullable() }),
  createdAt: time,
  updatedAt: time,
})

export const conversationFilter = page.extend({
  status: z.enum(['open', 'closed']).optional(),
  view: z
    .enum(['open', 'waiting', 'unread', 'mine', 'unassigned', 'snoozed', 'closed'])
    .optional()
    .describe('What a person wants to see; `open` leaves out what is snoozed.'),
  contactId: id.optional(),
})

export const conversationChange = z.strictObject({
  status: z.enum(['open', 'closed']).optional(),
  unread: z.union([z.literal(0), z.literal(1)], 'is 0 for read, 1 for unread').optional(),
  assignedTo: z.string().nullable().optional().describe('A person’s id from GET /people, or null.'),
  snoozedUntil: z.iso.datetime({ offset: true, error: 'is a time like 2026-11-21T08:00:00Z' }).nullable().optional(),
})

export const conversationCounts = z.object({ unread: z.int(), waiting: z.int() })
