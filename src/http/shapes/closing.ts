import { z } from 'zod'
import { time } from './common.ts'

export const closing = z.object({
  closingAt: time.nullable().describe('When everything of the account is erased; null: it stays.'),
  by: z.string().nullable().describe('Who asked for it.'),
  waitingDays: z.int().describe('How long an account waits between the two.'),
})

export const newClosing = z.strictObject({ confirm: z.string().max(200).describe('The name of the business, typed.') })
