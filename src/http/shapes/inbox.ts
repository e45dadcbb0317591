import { z } from 'zod'
import { SCOPE_NAMES } from '../../domain/apiKeys.ts'
import { id, time, trouble } from './common.ts'

export const me = z.object({
  user: z
    .object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      emailVerified: z.boolean().describe('Whether the address is proven to be theirs.'),
      secondFactor: z.boolean().describe('Whether they sign in with a second factor too.'),
      secondFactorRequired: z.boolean().describe('Whether a business of theirs requires it.'),
    })
    .nullable()
    .describe('Null for an API key.'),
  account: z.object({ id: z.string(), name: z.string(), timezone: z.string(), country: z.string(), plan: z.string() }),
  accounts: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })),
  role: z.enum(['owner', 'member']),
  key: z
    .object({ id, name: z.string(), scope: z.enum(SCOPE_NAMES), expiresAt: time.nullable() })
    .nullable()
    .describe('The API key that asks; null for a person.'),
  simulator: z.boolean().describe('Whether the simulated phone network is on, and the account is connected to it.'),
})

export const person = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(['owner', 'member']),
  secondFactor: z.boolean().describe('Whether they sign in with a second factor too.'),
})

/** One row of a contact's timeline; `at` sorts it. Which of the others is set follows from `kind`. */
export const timelineItem = z.object({
  kind: z.enum(['call', 'message', 'note', 'event']),
  id,
  at: time,
  call: z
    .object({
      number: z.string(),
      from: z.string(),
      outcome: z.string(),
      why: z.string().nullable(),
      ringSeconds: z.number().nullable(),
      durationSeconds: z.number().nullable(),
      action: z.enum(['send', 'skip']).nullable(),
      reason: z.string().nullable(),
      sentence: z.string().nullable().describe('Why it was texted back or not, in one line.'),
      recovered: z.boolean(),
    })
    .nullable(),
  message: z
    .object({
      kind: z.string(),
      direction: z.enum(['inbound', 'outbound']),
      from: z.string(),
      to: z.string(),
      body: z.string(),
      segments: z.int(),
      media: z.array(z.object({ url: z.string(), contentType: z.string().nullable() })),
      status: z.string(),
      trouble: trouble.nullable(),
      callId: id.nullable(),
      sentBy: z.string().nullable().describe('The person’s name, or null when it was Textback or a program.'),
      deliveredAt: time.nullable(),
    })
    .nullable(),
  note: z.object({ body: z.string(), author: z.string() }).nullable(),
  event: z.object({ type: z.string(), actor: z.string(), data: z.record(z.string(), z.unknown()) }).nullable(),
})

export const note = z.object({ id, contactId: id, body: z.string(), createdAt: time })

export const newNote = z.strictObject({ body: z.string().trim().min(1, 'is empty').max(5000) })

export const cannedReply = z.object({ id, title: z.string(), body: z.string(), createdAt: time, updatedAt: time })

export const newCannedReply = z.strictObject({
  title: z.string().trim().min(1, 'is empty').max(60),
  body: z.string().trim().min(1, 'is empty').max(1600),
})

export const found = z.object({
  people: z.array(
    z.object({
      contactId: id,
      name: z.string().nullable(),
      phone: z.string().nullable(),
      conversationId: id.nullable(),
    }),
  ),
  texts: z.array(
    z.object({
      messageId: id,
      contactId: id,
      conversationId: id,
      name: z.string().nullable(),
      phone: z.string().nullable(),
      body: z.string(),
      at: time,
    }),
  ),
})

const counts = z.object({
  missed: z.int(),
  texted: z.int(),
  replied: z.int().describe('Missed callers who texted back.'),
  won: z.int(),
  wonCents: z.int(),
})

export const today = z.object({
  waiting: z.array(
    z.object({
      conversationId: id,
      contactId: id,
      name: z.string().nullable(),
      phone: z.string().nullable(),
      waitingSince: time,
      unread: z.int(),
      lastMessagePreview: z.string().nullable(),
      lastMessageDirection: z.enum(['inbound', 'outbound']).nullable(),
      texted: z.boolean().describe('Whether the last missed call was texted back.'),
      reason: z.string().nullable().describe('Why not, when it was not.'),
      textStatus: z.string().nullable().describe('The status of that text, as of any message.'),
    }),
  ),
  waitingCount: z.int(),
  day: counts,
  week: counts,
  hangUpToTextSeconds: z
    .object({ median: z.number(), p95: z.number(), slowest: z.number(), texts: z.int() })
    .nullable()
    .describe('From the end of the call to the carrier having the text, over the week; null without texts.'),
  leftBehind: z
    .object({ texts: z.int(), calls: z.int(), since: time })
    .nullable()
    .describe('Texts on their way and calls to be decided that should have moved on a minute ago, and did not.'),
})

export const board = z.object({
  stages: z.array(
    z.object({
      id,
      name: z.string(),
      position: z.int(),
      count: z.int(),
      valueCents: z.int(),
    }),
  ),
})

export const stageChange = z.strictObject({
  name: z.string().trim().min(1, 'is empty').max(40).optional(),
  position: z.int().min(0).max(100).optional(),
})

export const newStage = z.strictObject({ name: z.string().trim().min(1, 'is empty').max(40) })

export const forwarding = z.object({
  number: z.string(),
  carriers: z.array(
    z.object({
      carrier: z.string(),
      country: z.string(),
      on: z.array(z.string()).describe('What to dial, with the number in it; any one of them.'),
      check: z.string().nullable(),
      off: z.string().nullable(),
      note: z.string(),
      source: z.string(),
      confidence: z.enum(['good', 'sources differ', 'unverified']),
    }),
  ),
})

export const audited = z.object({
  id,
  type: z.string(),
  actor: z.string().describe('The person’s or the key’s name.'),
  contactId: id.nullable(),
  contactName: z
    .string()
    .nullable()
    .describe('The contact’s name, else its phone; null when there is neither any more.'),
  data: z.record(z.string(), z.unknown()),
  at: time,
})
