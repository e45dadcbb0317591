import { z } from 'zod'
import { timezone } from '../../domain/account.ts'
import { businessName, personName } from '../../domain/names.ts'
import { SHORTEST_PASSWORD } from '../../domain/passwords.ts'

/** Who may sign up: anybody, somebody with an invitation, nobody. */
export const whoMaySignUp = z.object({
  signUp: z.enum(['off', 'invite', 'open']),
  mail: z.boolean().describe('Whether mail leaves this server; else it goes to the log.'),
})

export const signUp = z.strictObject({
  name: personName,
  email: z
    .email('is not an address; write it like name@example.com')
    .max(254)
    .transform((email) => email.toLowerCase()),
  // The rest of what a password must be is said by domain/passwords.ts.
  password: z.string().min(SHORTEST_PASSWORD).max(1000),
  business: businessName.optional().describe('The business to open; without it an invitation is needed.'),
  invitation: z.string().max(64).optional().describe('The id of the invitation that brought them here.'),
  callbackURL: z.string().max(500).optional().describe('The path of this site where they go on.'),
})

export const proof = z.strictObject({
  token: z.string().max(200),
  password: z.string().max(1000).default('').describe('Of a sign-up: the password that was chosen there.'),
})

export const proven = z.object({ isNew: z.boolean(), hasBusiness: z.boolean() })

export const done = z.object({ status: z.literal(true) })

export const newAccount = z.strictObject({ name: businessName, timezone: timezone.optional() })

export const opened = z.object({ id: z.string(), name: z.string() })
