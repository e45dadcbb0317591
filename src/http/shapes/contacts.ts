import { z } from 'zod'
import { phone } from '../../domain/fields.ts'
import { id, page, time } from './common.ts'

const address = z.object({
  kind: z.enum(['phone']),
  address: z.string(),
  label: z.string(),
  primary: z.boolean(),
  lineType: z.string().nullable(),
  optedOut: z.boolean(),
})

export const contact = z.object({
  id,
  phone: z.string().nullable().describe('The primary one of its phones.'),
  addresses: z
    .array(address)
    .describe('Every address at which the person is reached, the primary one of its kind first.'),
  name: z.string().nullable(),
  email: z.string().nullable(),
  tags: z.array(z.string()),
  fields: z.record(z.string(), z.unknown()),
  lineType: z.string().nullable(),
  optedOut: z.boolean(),
  createdAt: time,
  updatedAt: time,
})

const name = z.string().trim().max(120).nullable()
const email = z.email('is not an email address').max(254).nullable()
const tags = z.array(z.string().trim().min(1).max(60)).max(100)
const fieldName = z.string().max(60)
const fieldValue = z.union([z.string().max(2000), z.number(), z.boolean()])

export const newContact = z.strictObject({
  phone,
  name: name.default(null),
  email: email.default(null),
  tags: tags.default([]),
  fields: z.record(fieldName, fieldValue).default({}),
})

export const contactChange = z.strictObject({
  phone: phone
    .optional()
    .describe('Becomes the primary one. One that the contact has not takes the place of the primary one so far.'),
  addAddresses: z
    .array(z.strictObject({ address: phone, label: z.string().trim().max(40).default('') }))
    .max(20)
    .optional()
    .describe('More phones: a call or a text from any of them finds this contact. One that it has gets the label.'),
  removeAddresses: z.array(phone).max(20).optional(),
  name: name.optional(),
  email: email.optional(),
  addTags: tags.optional(),
  removeTags: tags.optional(),
  fields: z
    .record(fieldName, fieldValue.nullable())
    .optional()
    .describe('By name; the fields that are not named stay, and null takes one away.'),
})

export const contactFilter = page.extend({
  search: z.string().max(100).optional().describe('Words that a name, an email or a phone begins with.'),
  phone: z.string().max(40).optional(),
  tag: z.string().max(60).optional(),
})

export const merge = z.strictObject({ otherId: id.describe('The contact that becomes part of this one.') })

export const event = z.object({
  id,
  type: z.string(),
  leadId: id.nullable(),
  callId: id.nullable(),
  messageId: id.nullable(),
  causeId: id.nullable().describe('The event that made this one happen.'),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
  at: time,
})

export const lead = z.object({
  id,
  contactId: id,
  pipelineId: id,
  stageId: id,
  stage: z.string(),
  status: z.enum(['open', 'won', 'lost']),
  valueCents: z.int().nullable(),
  reason: z.string().nullable(),
  contact: z.object({ id, name: z.string().nullable(), phone: z.string().nullable(), optedOut: z.boolean() }),
  conversationId: id.nullable(),
  lastActivityAt: time.describe('The last change of the lead, missed call or text of its person.'),
  createdAt: time,
  updatedAt: time,
  closedAt: time.nullable(),
})

const total = z.object({ count: z.int(), valueCents: z.int() })

export const leadTotals = total.extend({ byStatus: z.object({ open: total, won: total, lost: total }) })

export const leadFilter = page.extend({
  contactId: id.optional(),
  stageId: id.optional(),
  status: z.enum(['open', 'won', 'lost']).optional(),
  search: z.string().max(100).optional().describe('Words that the person’s name, email or phone begins with.'),
  minValueCents: z.coerce.number().int().min(0).optional(),
})

/** A billion in the account's money, so that the sum of many leads stays a number that JSON can carry. */
const valueCents = z.int().min(0).max(100_000_000_000).nullable()

export const newLead = z.strictObject({ contactId: id, valueCents: valueCents.default(null) })

export const leadChange = z.strictObject({
  stageId: id.optional(),
  status: z.enum(['open', 'won', 'lost']).optional(),
  valueCents: valueCents.optional(),
  reason: z.string().trim().max(500).nullable().optional(),
})

export const pipeline = z.object({
  id,
  name: z.string(),
  isDefault: z.boolean(),
  stages: z.array(z.object({ id, name: z.string(), position: z.int() })),
})
