import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import type { Connection } from '../../domain/connection.ts'
import { fault, faults, fieldsOf } from '../credentials.ts'
import type { Http } from '../http.ts'
import type { Hook, Vendor, Webhooks } from '../vendor.ts'
import { findTwilioCall, listTwilioCalls } from './calls.ts'
import { signedFields } from './form.ts'
import { configureTwilioNumber, findTwilioLineType, listTwilioNumbers } from './numbers.ts'
import { parseTwilioHook } from './parse.ts'
import { findSentText, sendText } from './texts.ts'
import { twimlAnswer } from './twiml.ts'

export function makeTwilio(http: Http) {
  return {
    kind: 'twilio',
    name: 'Twilio',
    credentialFields: {
      accountSid: 'the account SID, which begins with AC',
      authToken: 'the auth token beside it in the console',
    },
    readCredentials,
    webhooks: {
      verify,
      parse: parseTwilioHook,
      answer: async (hook, _connection, plan) => twimlAnswer(hook, plan),
    },
    voice: {
      reportsWholeCalls: false,
      listCalls: (connection, number, since) => listTwilioCalls(http, connection, number, since),
      findCall: (connection, call) => findTwilioCall(http, connection, call.callId),
    },
    channels: {
      sms: {
        send: (connection, text) => sendText(http, connection, text),
        findSent: (connection, sought) => findSentText(http, connection, sought),
        // Lists that were 33 to 60 s behind have been seen, so texts may be 27 s out of order; 30 s covers that.
        listSettlesAfterMs: 30_000,
        answersItself: (body) => ANSWERED_BY_TWILIO.has(body.trim().toLowerCase()),
      },
    },
    setup: {
      listNumbers: (connection) => listTwilioNumbers(http, connection),
      configureNumber: (connection, number, hooksUrl, carries) =>
        configureTwilioNumber(http, connection, number, hooksUrl, carries),
      findLineType: (connection, phone) => findTwilioLineType(http, connection, phone),
    },
  } satisfies Vendor
}

/** The words that Twilio itself acts on and answers, when they are the whole text. */
const ANSWERED_BY_TWILIO = new Set(
  'stop,unsubscribe,end,quit,stopall,revoke,optout,cancel,start,yes,unstop,help,info'.split(','),
)

function readCredentials(input: unknown): ReturnType<Vendor['readCredentials']> {
  const { accountSid = '', authToken = '' } = fieldsOf(input)
  const errors = faults(
    fault(
      !/^AC[0-9a-fA-F]{32}$/.test(accountSid),
      'accountSid',
      'The account SID begins with AC and has 32 more digits and letters a to f; copy it from the Twilio console.',
    ),
    fault(authToken === '', 'authToken', 'The auth token is missing; copy it from the Twilio console.'),
  )
  return errors.length > 0 ? { ok: false, errors } : { ok: true, credentials: { accountSid, authToken } }
}

function verify(hook: Hook, connection: Connection): ReturnType<Webhooks['verify']> {
  const { authToken = '' } = connection.credentials
  const signature = hook.headers['x-twilio-signature'] ?? ''
  // The SDK would also sign with an empty token, so a connection without a token proves nothing.
  if (authToken === '') return { ok: false, why: 'This connection has no auth token to check the signature with.' }
  if (signature === '') return { ok: false, why: 'The request has no X-Twilio-Signature header.' }
  if (!URL.canParse(hook.url)) return { ok: false, why: 'The address of this hook is not a URL; check PUBLIC_URL.' }
  if (!validateRequest(authToken, signature, hook.url, signedFields(hook.body)))
    return {
      ok: false,
      why: `The signature does not fit ${hook.url} and this auth token; check PUBLIC_URL and the token.`,
    }
  return { ok: true }
}
