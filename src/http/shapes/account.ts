import { z } from 'zod'
import { accountSettings } from '../../domain/account.ts'
import { MOST_OVERLAP_HOURS, OVERLAP_HOURS, SCOPE_NAMES, SCOPES } from '../../domain/apiKeys.ts'
import { bareAddress, connectionId, phone } from '../../domain/fields.ts'
import { templateFaults } from '../../domain/message.ts'
import { businessName } from '../../domain/names.ts'
import { numberSettings } from '../../domain/number.ts'
import { advice, id, page, time, trouble } from './common.ts'

export const settings = z.object({
  id: z.string(),
  name: z.string(),
  timezone: z.string(),
  country: z.string(),
  alsoTextsCountries: z.array(z.string()),
  plan: z.string(),
  dailyCap: z.int().describe('The most segments a day, in the account’s time zone.'),
  recipientHourlyCap: z.int().describe('The most segments that one person gets in an hour from programs and people.'),
  recipientDailyCap: z.int().describe('The same in 24 hours.'),
  lateAfterMinutes: z.int(),
  newLeadAfterDays: z.int().nullable(),
  requireSecondFactor: z.boolean().describe('Whether everybody here must sign in with a second factor.'),
  textsToday: z.int(),
  segmentsToday: z.int().describe('What counts towards `dailyCap`.'),
})

export const settingsChange = z.strictObject({
  name: businessName.optional(),
  timezone: accountSettings.timezone.optional(),
  country: accountSettings.country.optional(),
  alsoTextsCountries: accountSettings.alsoTextsCountries.optional(),
  dailyCap: accountSettings.dailyCap.optional(),
  recipientHourlyCap: accountSettings.recipientHourlyCap.optional(),
  recipientDailyCap: accountSettings.recipientDailyCap.optional(),
  lateAfterMinutes: accountSettings.lateAfterMinutes.optional(),
  newLeadAfterDays: accountSettings.newLeadAfterDays
    .optional()
    .describe('After how many days a text of somebody whose lead is closed opens a new one; 0 is at once, null never.'),
  requireSecondFactor: z
    .boolean()
    .optional()
    .describe('Only an owner who has set one up can require it, signed in: nobody is to lock themselves out.'),
})

const foundNumber = z.object({ number: z.string(), label: z.string(), canCall: z.boolean(), canText: z.boolean() })

export const carrier = z.object({
  id: z.string(),
  kind: z.string(),
  label: z.string(),
  apiUrl: z.string().nullable(),
  hooksUrl: z.string().describe('Where this carrier’s webhooks come.'),
  checkedAt: time.nullable(),
  foundNumbers: z.array(foundNumber).describe('The numbers that the carrier account has.'),
  trouble: trouble.nullable(),
  createdAt: time,
})

export const newCarrier = z.looseObject({
  id: connectionId,
  kind: z.string(),
  label: z.string().trim().max(60).optional().describe('For people; what stands stays when not given.'),
  apiUrl: z
    .url({ protocol: /^https?$/, error: 'must be a full address' })
    .transform(bareAddress)
    .nullable()
    .optional()
    .describe('Another address than the carrier’s own; what stands stays when not given.'),
})

const periods = z.array(z.tuple([z.string(), z.string()]))

const hours = z
  .object({
    days: z.object({
      mon: periods,
      tue: periods,
      wed: periods,
      thu: periods,
      fri: periods,
      sat: periods,
      sun: periods,
    }),
    exceptions: z.array(z.object({ date: z.string(), periods, note: z.string() })),
  })
  .describe('When people are in, by the account’s time zone: periods like ["08:00", "17:00"].')

/** A number's saved settings, by their names, with what was set at the carrier. */
export const number = z.object({
  number: z.string(),
  label: z.string(),
  carrier: z.string(),
  textsThrough: z.string().nullable(),
  enabled: z.boolean(),
  mode: z.enum(['forward', 'cfna']),
  forwardTo: z.array(z.string()),
  ringSeconds: z.int(),
  minRingSeconds: z.int(),
  greeting: z.string(),
  segmentsPerSecond: z.number(),
  hours: hours.nullable(),
  textBack: z.object({
    enabled: z.boolean(),
    cooldownMinutes: z.int(),
    message: z.string(),
    repeatMessage: z.string().nullable(),
    afterHoursMessage: z.string().nullable(),
    forgedCallerId: z.enum(['skip', 'send']),
  }),
  configured: z
    .object({
      ok: z.boolean(),
      steps: z.array(
        z.object({ carrier: z.string(), what: z.string(), value: z.string(), trouble: trouble.nullable() }),
      ),
    })
    .nullable()
    .describe('What was set at the carrier, step by step; null until it was tried.'),
  configuredAt: time.nullable(),
  advice,
  createdAt: time,
})

export const newNumber = numberSettings

/** Any part of the settings; the others stay. */
export const numberChange = z.record(z.string(), z.unknown())

export const testText = z.strictObject({
  to: phone.describe('A phone of yours.'),
  message: z
    .string()
    .check((ctx) => {
      for (const message of templateFaults(ctx.value)) ctx.issues.push({ code: 'custom', input: ctx.value, message })
    })
    .optional()
    .describe('A draft; the saved message when not given.'),
})

export const optOut = z.object({
  phone: z.string(),
  source: z.enum(['keyword', 'phrase', 'carrier', 'manual']),
  note: z.string().nullable(),
  createdAt: time,
})

export const optOutFilter = page.extend({
  search: z
    .string()
    .max(40)
    .optional()
    .describe('Digits that the phone has in a row; whatever else is in it is skipped.'),
})

export const newOptOut = z.strictObject({ phone, note: z.string().trim().max(500).nullable().default(null) })

export const listedPhone = z.object({ phone: z.string(), note: z.string().nullable(), createdAt: time })

export const newListedPhone = z.strictObject({ phone, note: z.string().trim().max(200).nullable().default(null) })

const scope = z
  .enum(SCOPE_NAMES)
  .describe(`${SCOPE_NAMES.map((name) => `\`${name}\`: it may ${SCOPES[name]}`).join('; ')}.`)

export const apiKey = z.object({
  id,
  name: z.string(),
  hint: z.string().describe('Its last four characters.'),
  scope,
  expiresAt: time.nullable().describe('From then on it does not work; null is never.'),
  createdAt: time,
  lastUsedAt: time.nullable().describe('To the minute.'),
  previousWorksUntil: time
    .nullable()
    .describe('After a rolling: until when the old secret works too. Null when it does not.'),
  previousUsedAt: time.nullable().describe('When that old secret was last used.'),
})

export const madeApiKey = apiKey.extend({ key: z.string().describe('The secret, `tb_…`. Shown this once.') })

const expiresAt = z.iso
  .datetime({ offset: true, error: 'is a time like 2027-01-31T08:00:00Z, or null for never' })
  .transform((written) => new Date(written))
  .nullable()

export const newApiKey = z.strictObject({
  name: z.string().trim().min(1).max(60),
  scope: scope.default('admin'),
  expiresAt: expiresAt.default(null),
})

const HOURS = `is a whole number from 0 to ${MOST_OVERLAP_HOURS}`

export const rolling = z
  .strictObject({
    oldWorksForHours: z
      .int(HOURS)
      .min(0, HOURS)
      .max(MOST_OVERLAP_HOURS, HOURS)
      .optional()
      .describe(
        `How long the old secret works beside the new one, ${OVERLAP_HOURS} when not given; 0 ends it at once, as after a leak.`,
      ),
    expiresAt: expiresAt.optional().describe('When the key ends from now on; as before when not given.'),
  })
  .nullish()
