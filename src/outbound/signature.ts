import { createHmac, randomBytes } from 'node:crypto'

/** Follows Standard Webhooks 1.0 (standardwebhooks.com), which libraries in most languages verify. */

const PREFIX = 'whsec_'

/** The specification asks for 24 to 64 bytes; more than the 32 of SHA-256's output add nothing. */
const SECRET_BYTES = 32

export const newSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64')

/** `id` is the same for every attempt, `at` is the time of this one. Signs with each secret; one match is enough. */
export function signedHeaders(message: { id: string; at: Date; body: string }, secrets: string[]) {
  const timestamp = String(Math.floor(message.at.getTime() / 1000))
  const signed = `${message.id}.${timestamp}.${message.body}`
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  })
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
