import { z } from 'zod'
import { phone } from '../../domain/fields.ts'
import { id, page, time } from './common.ts'

export const decision = z.object({
  action: z.enum(['send', 'skip']),
  reason: z.string().describe('missed_call, or the name of what spoke against it: opted_out, landline, late, …'),
  checks: z.array(
    z.object({
      name: z.string(),
      passed: z.boolean(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      sentence: z.string(),
    }),
  ),
})

export const call = z.object({
  id,
  number: z.string().describe('The line that was called.'),
  from: z.string().describe('E.164, or `anonymous`.'),
  contactId: id.nullable(),
  contactName: z.string().nullable(),
  direction: z.enum(['inbound', 'outbound']),
  outcome: z.enum(['ringing', 'in_progress', 'answered', 'missed']),
  why: z.string().nullable().describe('busy, no_answer, failed, caller_gave_up, voicemail'),
  startedAt: time,
  endedAt: time.nullable(),
  ringSeconds: z.number().nullable(),
  durationSeconds: z.number().nullable().describe('How long they talked; null when nobody did.'),
  decision: decision.nullable(),
  messageId: id.nullable(),
  recovered: z.boolean().describe('Learned from the carrier’s own list, its webhooks having been lost.'),
  carrier: z.string(),
})

const leg = z.object({
  to: z.string().describe('The phone that was rung.'),
  state: z.enum(['ringing', 'answered', 'ended']),
  why: z.string().nullable().describe('Why it was not picked up: busy, no_answer, failed, caller_gave_up.'),
  rangAt: time,
  answeredAt: time.nullable(),
  endedAt: time.nullable(),
})

/** A single call, with the phones that it rang. */
export const callInFull = call.extend({ legs: z.array(leg).describe('The phones that the call rang.') })

export const callFilter = page.extend({
  contactId: id.optional(),
  number: z.string().optional(),
  outcome: z.enum(['ringing', 'in_progress', 'answered', 'missed']).optional(),
  action: z.enum(['send', 'skip']).optional().describe('Texted back, or not.'),
  reason: z.string().max(40).optional().describe('The decision’s reason.'),
  from: z.string().max(40).optional().describe('The caller.'),
  search: z.string().max(100).optional().describe('Words that the caller’s name, email or phone begins with.'),
  since: z.iso.datetime({ offset: true, error: 'is a time like 2026-11-20T00:00:00Z' }).optional(),
  before: z.iso.datetime({ offset: true, error: 'is a time like 2026-11-21T00:00:00Z' }).optional(),
})

export const madeUpCall = z.strictObject({
  number: phone.describe('One of the account’s numbers.'),
  from: z.string().max(40).describe('E.164, `anonymous`, or whatever a carrier might send.'),
  answered: z.boolean().default(false),
  ringSeconds: z.number().min(0).max(3600).default(15),
  stirVerstat: z.string().max(80).nullable().default(null),
  endedAt: z.iso.datetime({ offset: true }).optional().describe('Now, when not given.'),
})

export const preview = decision.extend({
  body: z.string().nullable().describe('The text that would leave, or null.'),
  segments: z.int().nullable(),
})
