import { createPublicKey, verify as verifySignature } from 'node:crypto'
import type { Connection, Credentials } from '../../domain/connection.ts'
import { fault, faults, fieldsOf } from '../credentials.ts'
import type { Http } from '../http.ts'
import { staleness } from '../signing.ts'
import type { Hook, Vendor, Webhooks } from '../vendor.ts'
import { findTelnyxCall, listTelnyxCalls } from './calls.ts'
import { carryOut } from './commands.ts'
import { configureTelnyxNumber } from './configure.ts'
import { findTelnyxLineType, listTelnyxNumbers } from './numbers.ts'
import { parseTelnyxHook } from './parse.ts'
import { findSentTelnyxText, sendTelnyxText } from './texts.ts'

export function makeTelnyx(http: Http) {
  return {
    kind: 'telnyx',
    name: 'Telnyx',
    credentialFields: {
      apiKey: 'an API key of the portal',
      publicKey: 'the public key that signs the webhooks, 44 characters',
      messagingProfileId: 'a messaging profile of yours; when left out, Textback makes one',
    },
    readCredentials,
    webhooks: {
      verify,
      parse: parseTelnyxHook,
      answer: (hook, connection, plan) => carryOut(http, hook, connection, plan),
    },
    voice: {
      reportsWholeCalls: false,
      listCalls: (connection, number, since) => listTelnyxCalls(http, connection, number, since),
      findCall: (connection, call) => findTelnyxCall(http, connection, call),
    },
    channels: {
      sms: {
        send: (connection, text) => sendTelnyxText(http, connection, text),
        findSent: (connection, sought) => findSentTelnyxText(http, connection, sought),
        // Its records come when a text is sent, not when it is accepted: a queued one is in none of them.
        listSettlesAfterMs: null,
        answersItself: (body) => ANSWERED_BY_TELNYX.has(body.trim().toLowerCase()),
      },
    },
    setup: {
      listNumbers: (connection) => listTelnyxNumbers(http, connection),
      configureNumber: (connection, number, hooksUrl, carries) =>
        configureTelnyxNumber(http, connection, number, hooksUrl, carries),
      findLineType: (connection, phone) => findTelnyxLineType(http, connection, phone),
    },
  } satisfies Vendor
}

/** The words that Telnyx itself acts on and answers, when they are the whole text. */
const ANSWERED_BY_TELNYX = new Set(
  'stop,stopall,stop all,unsubscribe,cancel,end,quit,start,unstop,help,info'.split(','),
)

function readCredentials(input: unknown, stored?: Credentials): ReturnType<Vendor['readCredentials']> {
  // The public key is that of the Telnyx account, and another account does not have the profile.
  const { apiKey = '', publicKey = '', messagingProfileId: profile } = fieldsOf(input)
  const kept = stored?.publicKey === publicKey ? stored.messagingProfileId : undefined
  const messagingProfileId = profile ?? kept
  const errors = faults(
    fault(
      !/^[\x21-\x7e]+$/.test(apiKey),
      'apiKey',
      'The API key is missing or has spaces in it; copy it from the Telnyx portal.',
    ),
    fault(
      publicKeyOf(publicKey) === null,
      'publicKey',
      'The public key is 32 bytes in base64 (44 characters); copy it from the Telnyx portal: Keys & Credentials → Public Key.',
    ),
  )
  if (errors.length > 0) return { ok: false, errors }
  return { ok: true, credentials: { apiKey, publicKey, ...(messagingProfileId && { messagingProfileId }) } }
}

function verify(hook: Hook, connection: Connection): ReturnType<Webhooks['verify']> {
  const key = publicKeyOf(connection.credentials.publicKey ?? '')
  const timestamp = hook.headers['telnyx-timestamp'] ?? ''
  const signature = hook.headers['telnyx-signature-ed25519'] ?? ''
  if (!key) return { ok: false, why: 'This connection has no public key to check the signature with.' }
  if (signature === '') return { ok: false, why: 'The request has no telnyx-signature-ed25519 header.' }
  const stale = staleness(timestamp, hook.receivedAt, 'telnyx-timestamp')
  if (stale) return { ok: false, why: stale }
  const signed = Buffer.concat([Buffer.from(`${timestamp}|`), hook.body])
  if (!verifySignature(null, signed, key, Buffer.from(signature, 'base64')))
    return { ok: false, why: "The signature does not fit the body and this connection's public key." }
  return { ok: true }
}

/** Telnyx shows the bare 32 bytes; Node takes them as a JSON web key. */
function publicKeyOf(base64: string) {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(base64)) return null
  try {
    const x = Buffer.from(base64, 'base64').toString('base64url')
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  } catch {
    return null
  }
}
