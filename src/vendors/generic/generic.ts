import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Connection } from '../../domain/connection.ts'
import { fault, faults, fieldsOf } from '../credentials.ts'
import { staleness } from '../signing.ts'
import type { Hook, Vendor, Webhooks } from '../vendor.ts'
import { parseCallReport } from './parse.ts'

/** Any phone system that can post signed JSON after a call. It takes no commands and sends no texts. */
export function makeGeneric() {
  return {
    kind: 'generic',
    name: 'PBX',
    credentialFields: { secret: 'any 16 characters or more, which the phone system signs its reports with' },
    readCredentials,
    webhooks: {
      verify,
      parse: parseCallReport,
      // Unlike a carrier, a PBX has a person who can correct what it sends, so the answer names the fault.
      answer: async (_hook, _connection, plan) => {
        if (plan.do === 'nothing' && plan.idOfAnother) return problem(ID_OF_ANOTHER)
        if (plan.do === 'nothing' && plan.unknownNumber) return problem(UNKNOWN_NUMBER)
        return { status: 200, contentType: 'application/json', body: '{"ok":true}' }
      },
    },
    voice: { reportsWholeCalls: true },
    channels: {},
    setup: {
      configureNumber: async (_connection, _number, hooksUrl) => ({
        ok: true,
        steps: [
          { what: 'Let your phone system post each finished call to', value: `${hooksUrl}/calls`, failure: null },
        ],
      }),
    },
  } satisfies Vendor
}

const problem = (about: { status: number }) => ({
  status: about.status,
  contentType: 'application/problem+json',
  body: JSON.stringify(about),
})

const ID_OF_ANOTHER = {
  type: 'about:blank',
  title: 'The id is that of another call',
  status: 409,
  detail: 'The call was not taken in. Send it again with an id of its own.',
  errors: [{ field: 'id', message: 'was used for another call; every call needs its own' }],
}

const UNKNOWN_NUMBER = {
  type: 'about:blank',
  title: 'Some fields are wrong',
  status: 400,
  detail: 'Nothing was changed. Mend the fields and send again.',
  errors: [
    { field: 'to', message: 'is not a number of this account; add it under Numbers, or write it like +12025550100' },
  ],
}

const SHORTEST_SECRET = 16

function readCredentials(input: unknown): ReturnType<Vendor['readCredentials']> {
  const { secret = '' } = fieldsOf(input)
  const errors = faults(
    fault(
      secret.length < SHORTEST_SECRET,
      'secret',
      `The secret needs at least ${SHORTEST_SECRET} characters; \`openssl rand -hex 32\` makes a good one.`,
    ),
  )
  return errors.length > 0 ? { ok: false, errors } : { ok: true, credentials: { secret } }
}

/** The signature of a body at a time (unix seconds), in hex: what the phone system must send, and what we compare. */
export function signCallReport(secret: string, timestamp: string, body: Buffer): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
}

function verify(hook: Hook, connection: Connection): ReturnType<Webhooks['verify']> {
  const { secret = '' } = connection.credentials
  const timestamp = hook.headers['x-textback-timestamp'] ?? ''
  const signature = hook.headers['x-textback-signature'] ?? ''
  if (secret.length < SHORTEST_SECRET)
    return { ok: false, why: 'This connection has no secret to check the signature with.' }
  if (signature === '') return { ok: false, why: 'The request has no X-Textback-Signature header.' }
  const stale = staleness(timestamp, hook.receivedAt, 'X-Textback-Timestamp')
  if (stale) return { ok: false, why: stale }
  const expected = Buffer.from(signCallReport(secret, timestamp, hook.body))
  const given = Buffer.from(signature.toLowerCase())
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    return { ok: false, why: 'The signature does not fit: it is the hex HMAC-SHA256 of "timestamp.body".' }
  return { ok: true }
}
