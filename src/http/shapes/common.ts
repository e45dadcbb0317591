import { z } from 'zod'

export const time = z.string().describe('ISO 8601, UTC')

export const id = z.uuid('is not an id')

const HOW_MANY = 'is a whole number from 1 to 200'

export const page = z.object({
  limit: z.coerce
    .number(HOW_MANY)
    .int(HOW_MANY)
    .min(1, HOW_MANY)
    .max(200, HOW_MANY)
    .default(50)
    .describe('How many, at most.'),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before.'),
})

/** Newest first, one page. */
export const list = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() })

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
})

export const trouble = z
  .object({ code: z.string().nullable(), sentence: z.string(), nextStep: z.string() })
  .describe('What happened, and what to do next.')

export const advice = z
  .array(z.object({ field: z.string(), message: z.string() }))
  .describe('Not wrong, but better otherwise.')
