import { z } from 'zod'
import { RING_SECONDS } from './advice.ts'
import { phone } from './fields.ts'
import { DEFAULT_GREETING, DEFAULT_TEXT_BACK, templateFaults } from './message.ts'
import { unringableMessage, whyUnringable } from './phone.ts'
import { hours } from './schedule.ts'

const template = z.string().check((ctx) => {
  for (const message of templateFaults(ctx.value)) ctx.issues.push({ code: 'custom', input: ctx.value, message })
})

const textBack = z.strictObject({
  enabled: z.boolean().default(true),
  cooldownMinutes: z.int().min(0).max(43_200, 'is at most 30 days (43200)').default(0),
  message: template.default(DEFAULT_TEXT_BACK),
  /** For a caller who already got the first text within a day; null repeats it. */
  repeatMessage: template.nullable().default(null),
  /** For calls outside of the number's hours; null sends the same text at all hours. */
  afterHoursMessage: template.nullable().default(null),
  /** What to do when the carrier says that the caller id is forged. */
  forgedCallerId: z.enum(['skip', 'send']).default('skip'),
})

const fields = {
  label: z.string().trim().max(60).default(''),
  carrier: z.string().min(1, 'names the carrier connection that brings the calls'),
  /** The connection that texts leave through; null is the one that brings the calls. */
  textsThrough: z.string().nullable().default(null),
  enabled: z.boolean().default(true),
  mode: z.enum(['forward', 'cfna']).default('forward'),
  forwardTo: z.array(phone).max(1, 'holds one target; for several phones give a ring group’s number').default([]),
  ringSeconds: z
    .int('is whole seconds')
    .min(RING_SECONDS.min, `is at least ${RING_SECONDS.min} seconds`)
    .max(RING_SECONDS.max, `is at most ${RING_SECONDS.max} seconds`)
    .default(RING_SECONDS.default),
  minRingSeconds: z.int('is whole seconds').min(0).max(30, 'is at most 30 seconds').default(3),
  greeting: z
    .string()
    .trim()
    .min(1, 'is what the caller hears; it must say something')
    .max(500)
    .default(DEFAULT_GREETING),
  /** The carrier's rate for this number; 0 is no limit. A US long code gets 1 a second. */
  segmentsPerSecond: z
    .number()
    .max(1000)
    .refine((pace) => pace === 0 || pace >= 0.1, 'is 0 (no limit), or at least 0.1: one segment in ten seconds')
    .default(1),
  /** When people are in; null is always. Hours change only the wording: texts leave day and night. */
  hours: hours.nullable().default(null),
  textBack: textBack.prefault({}),
}

/** A number's settings, as the provisioning file and the API have them. */
export const numberSettings = z.strictObject({ number: phone, ...fields }).check(wholeNumber)

export type NumberSettings = z.output<typeof numberSettings>

function wholeNumber(ctx: z.core.ParsePayload<{ number: string; mode: string; forwardTo: string[] }>) {
  const { number, mode, forwardTo } = ctx.value
  if (mode === 'forward' && forwardTo.length === 0)
    ctx.issues.push({
      code: 'custom',
      path: ['forwardTo'],
      input: forwardTo,
      message: 'is missing: a forward number needs the phone that it rings',
    })
  if (forwardTo.includes(number))
    ctx.issues.push({
      code: 'custom',
      path: ['forwardTo', 0],
      input: number,
      message: 'is the number itself; calls would go round in circles',
    })
  for (const [i, target] of forwardTo.entries()) {
    // Which countries are allowed is a matter of the account: see `saveNumbers`.
    const why = whyUnringable(target, null)
    if (why)
      ctx.issues.push({
        code: 'custom',
        path: ['forwardTo', i],
        input: target,
        message: unringableMessage(why, target, []),
      })
  }
}
