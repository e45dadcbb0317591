import type Telnyx from 'telnyx'
import type { Connection } from '../../domain/connection.ts'
import type { Failed, LineType, Listed } from '../../domain/words.ts'
import type { FoundNumber } from '../../setup/port.ts'
import { failureOf } from '../failures.ts'
import type { Http } from '../http.ts'
import { causeOf, telnyxClient } from './client.ts'
import { readTelnyxRefusal } from './errors.ts'

const MOST_NUMBERS = 5_000

export async function listTelnyxNumbers(http: Http, connection: Connection): Promise<Listed<FoundNumber>> {
  try {
    const page = await telnyxClient(http, connection).phoneNumbers.list({ 'page[size]': 250 })
    const items: FoundNumber[] = []
    for await (const each of page) {
      if (!each.phone_number) continue
      // This list does not say what a number can do. A Telnyx number can call, and it can text once it has a messaging
      // profile, which `configureNumber` gives it.
      items.push({
        number: each.phone_number,
        label: each.customer_reference || each.phone_number,
        canCall: true,
        canText: true,
      })
      if (items.length >= MOST_NUMBERS) break
    }
    return { ok: true, items }
  } catch (error) {
    return { ok: false, failure: failureOf(causeOf(error), readTelnyxRefusal) }
  }
}

/** The number's id at Telnyx and its country; null when the account does not have it. */
export async function findTelnyxNumber(
  client: Telnyx,
  number: string,
): Promise<{ id: string; country: string | null } | null> {
  // The filter takes digits only: with the plus it finds nothing. It also finds numbers that contain the digits.
  const page = await client.phoneNumbers.list({ filter: { phone_number: number.replace(/\D/g, '') } })
  const mine = page.data.find((each) => each.phone_number === number)
  return mine?.id ? { id: mine.id, country: mine.country_iso_alpha2 ?? null } : null
}

/** Every word of Telnyx's. A word that it adds later is taken for one that cannot be texted. */
const LINE_TYPES = new Map<string, LineType>([
  ['mobile', 'mobile'],
  ['fixed line', 'landline'],
  ['voip', 'voip'],
  ['toll free', 'toll_free'],
  ['fixed line or mobile', 'unknown'],
  ['premium rate', 'premium'],
  ['shared cost', 'premium'],
  ['personal number', 'other'],
  ['uan', 'other'],
  ['voicemail', 'other'],
  ['pager', 'other'],
  ['unknown', 'unknown'],
])

export async function findTelnyxLineType(
  http: Http,
  connection: Connection,
  phone: string,
): Promise<{ ok: true; lineType: LineType } | Failed> {
  try {
    const { data } = await telnyxClient(http, connection).numberLookup.retrieve(phone, {
      type: 'carrier',
    })
    const type = data?.carrier?.type
    return { ok: true, lineType: type ? (LINE_TYPES.get(type) ?? 'other') : 'unknown' }
  } catch (error) {
    return { ok: false, failure: failureOf(causeOf(error), readTelnyxRefusal) }
  }
}
