import { z } from 'zod'
import { readPhone } from './phone.ts'

/** E.164. What a person typed nationally is taken too, and kept in E.164. */
export const phone = z
  .string()
  .max(40)
  .transform((written, ctx) => {
    const read = readPhone(written)
    if (read) return read
    ctx.issues.push({
      code: 'custom',
      input: written,
      message: 'is not a phone number that exists; write it like +12025550143',
    })
    return z.NEVER
  })

export type FieldError = { field: string; message: string }

/** Zod's faults as ours: the field's path as a person would write it (`numbers[0].ringSeconds`), and what is wrong. */
export function fieldErrors(error: z.ZodError, prefix = ''): FieldError[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.reduce<string>(
      (path, key) => (typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${String(key)}` : String(key)),
      prefix,
    )
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ field: at ? `${at}.${key}` : key, message: 'is not a field that exists here' }))
    return [{ field: at, message: issue.message }]
  })
}
