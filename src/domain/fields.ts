import { z } from 'zod'
import { readPhone } from './phone.ts'

/** Zod's messages are for programmers; these are for people who read errors of the API or the provisioning file. */
z.config({
  customError(issue) {
    if (issue.code === 'invalid_type') {
      const wanted = TYPE_WORDS[issue.expected] ?? `a ${issue.expected}`
      return issue.input === undefined ? `is missing; it is ${wanted}` : `must be ${wanted}`
    }
    if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`
    if (issue.code === 'too_small')
      return `must ${issue.origin === 'string' ? (issue.minimum === 1 ? 'not be empty' : `have at least ${issue.minimum} characters`) : issue.origin === 'array' ? `have at least ${issue.minimum}` : `be at least ${issue.minimum}`}`
    if (issue.code === 'too_big')
      return `must ${issue.origin === 'string' ? `have at most ${issue.maximum} characters` : issue.origin === 'array' ? `have at most ${issue.maximum}` : `be at most ${issue.maximum}`}`
    // The key of an entry that people name; the key's own check says what is wrong.
    if (issue.code === 'invalid_key') {
      const [why] = issue.issues
      return why?.code === 'too_big' ? `is too long: a name here has at most ${why.maximum} characters` : why?.message
    }
    return undefined
  },
})

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** Kept in E.164; the national form is accepted too. */
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

/** The id that a person gives a connection; part of its webhook URLs. */
export const connectionId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'is 1 to 40 of a-z, 0-9, - and _, beginning with a letter or digit')

export type FieldError = { field: string; message: string }

/** Zod's issues as field errors: the path as a person would write it (`numbers[0].ringSeconds`), and what is wrong. */
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

/** An address without slashes at its end. An expression like `/+$` would try each slash of a long row as the first. */
export function bareAddress(url: string): string {
  let end = url.length
  while (url[end - 1] === '/') end--
  return url.slice(0, end)
}
