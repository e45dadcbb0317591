import type { Connection } from '../../domain/connection.ts'
import type { Failed, LineType, Listed } from '../../domain/words.ts'
import type { Carries, Configured, FoundNumber } from '../../setup/port.ts'
import { failureOf } from '../failures.ts'
import type { Http } from '../http.ts'
import { twilioClient } from './client.ts'
import { readTwilioRefusal } from './errors.ts'
import { RETRIES } from './urls.ts'

const MOST_NUMBERS = 5_000

export async function listTwilioNumbers(http: Http, connection: Connection): Promise<Listed<FoundNumber>> {
  try {
    const numbers = await twilioClient(http, connection).incomingPhoneNumbers.list({
      pageSize: 1000,
      limit: MOST_NUMBERS,
    })
    return {
      ok: true,
      items: numbers.map((each) => {
        // The SDK documents { voice, sms }, but the API has been seen to write SMS in capitals.
        const can = Object.fromEntries(
          Object.entries(each.capabilities ?? {}).map(([name, has]) => [name.toLowerCase(), has === true]),
        )
        return {
          number: each.phoneNumber,
          label: each.friendlyName ?? each.phoneNumber,
          canCall: can.voice ?? false,
          canText: can.sms ?? false,
        }
      }),
    }
  } catch (error) {
    return { ok: false, failure: failureOf(error, readTwilioRefusal) }
  }
}

export async function configureTwilioNumber(
  http: Http,
  connection: Connection,
  number: string,
  hooksUrl: string,
  carries: Carries,
): Promise<Configured> {
  const voice = {
    voiceUrl: `${hooksUrl}/voice${RETRIES}`,
    voiceMethod: 'POST',
    // The same address again: Twilio waits for the first at most 15 s. Our restart can take longer, and then the second
    // 15 s save the call. Without them the caller would hear "an application error has occurred".
    voiceFallbackUrl: `${hooksUrl}/voice${RETRIES}`,
    voiceFallbackMethod: 'POST',
    statusCallback: `${hooksUrl}/status${RETRIES}`,
    statusCallbackMethod: 'POST',
  }
  const texts = { smsUrl: `${hooksUrl}/sms${RETRIES}`, smsMethod: 'POST' }
  const settings = { ...(carries.calls && voice), ...(carries.texts && texts) }
  const steps = [
    ...(carries.calls
      ? [
          { what: 'Calls go to', value: voice.voiceUrl, failure: null },
          { what: 'The end of calls is told to', value: voice.statusCallback, failure: null },
        ]
      : []),
    ...(carries.texts ? [{ what: 'Texts go to', value: texts.smsUrl, failure: null }] : []),
  ]
  try {
    const client = twilioClient(http, connection)
    const found = await client.incomingPhoneNumbers.list({ phoneNumber: number, limit: 20 })
    // The filter matches parts of numbers too.
    const mine = found.find((each) => each.phoneNumber === number)
    if (!mine) return { ok: false, steps: [{ what: 'Find the number', value: number, failure: NOT_THEIRS }] }
    await client.incomingPhoneNumbers(mine.sid).update(settings)
    return { ok: true, steps }
  } catch (error) {
    const failure = failureOf(error, readTwilioRefusal)
    return { ok: false, steps: [{ what: 'Set the webhooks of the number', value: number, failure }] }
  }
}

const NOT_THEIRS = {
  code: null,
  sentence: 'The number does not belong to the Twilio account of this connection.',
  nextStep: 'Check the number, or connect the Twilio account that owns it.',
}

/** Every word of Twilio's. A word that it adds later is taken for one that cannot be texted. */
const LINE_TYPES = new Map<string, LineType>([
  ['mobile', 'mobile'],
  ['landline', 'landline'],
  ['fixedVoip', 'voip'],
  ['nonFixedVoip', 'voip'],
  ['tollFree', 'toll_free'],
  ['premium', 'premium'],
  ['sharedCost', 'premium'],
  ['personal', 'other'],
  ['uan', 'other'],
  ['voicemail', 'other'],
  ['pager', 'other'],
  ['unknown', 'unknown'],
])

export async function findTwilioLineType(
  http: Http,
  connection: Connection,
  phone: string,
): Promise<{ ok: true; lineType: LineType } | Failed> {
  try {
    const found = await twilioClient(http, connection)
      .lookups.v2.phoneNumbers(phone)
      .fetch({ fields: 'line_type_intelligence' })
    // The SDK passes the API's object on; its types only approximate the shape.
    const type = (found.lineTypeIntelligence as { type?: unknown } | null)?.type
    return { ok: true, lineType: type ? (LINE_TYPES.get(String(type)) ?? 'other') : 'unknown' }
  } catch (error) {
    return { ok: false, failure: failureOf(error, readTwilioRefusal) }
  }
}
