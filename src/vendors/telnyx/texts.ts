import type { FoundSent, OutgoingText, ReceiptStatus, SendResult, SentText, SoughtText } from '../../channels/port.ts'
import type { Connection } from '../../domain/connection.ts'
import { failureOf, sendFailure } from '../failures.ts'
import type { Http } from '../http.ts'
import { causeOf, telnyxClient } from './client.ts'
import { deliveredEvents } from './deliveries.ts'
import { readTelnyxRefusal, telnyxFailure } from './errors.ts'
import { textAt, timeAt } from './event.ts'
import { eventsOf } from './parse.ts'

/** Telnyx has no validity period for a send, so `validSeconds` is not used. */
export async function sendTelnyxText(http: Http, connection: Connection, text: OutgoingText): Promise<SendResult> {
  const { messagingProfileId } = connection.credentials
  try {
    const { data } = await telnyxClient(http, connection).messages.send({
      from: text.from,
      to: text.to,
      text: text.body,
      webhook_url: text.callbackUrl,
      use_profile_webhooks: false,
      ...(messagingProfileId && { messaging_profile_id: messagingProfileId }),
    })
    if (!data?.id) return { outcome: 'unknown', why: 'Telnyx answered without a message id.' }
    return { outcome: 'accepted', carrierId: data.id, segments: data.parts ?? null }
  } catch (error) {
    return sendFailure(causeOf(error), readTelnyxRefusal)
  }
}

/**
 * Telnyx has no list of messages, but two records of them:
 * - the webhooks that it sent or tried to send carry `webhook_url`, and so our id. They are exact, and there as soon as
 *   `message.sent` is;
 * - the detail records have no body, so the pair of numbers and the time must match. Only final ones are sure to be
 *   there.
 * Absent means that both could be read and neither has the text. It never proves that Telnyx has not taken it: a text
 * that waits in Telnyx's queue is in neither.
 */
export async function findSentTelnyxText(http: Http, connection: Connection, sought: SoughtText): Promise<FoundSent> {
  try {
    const texts = (await fromWebhooks(http, connection, sought)) ?? (await fromDetailRecords(http, connection, sought))
    return texts.length > 0 ? { outcome: 'found', texts, shownUntil: null } : { outcome: 'absent', shownUntil: null }
  } catch (error) {
    return { outcome: 'unreadable', why: failureOf(causeOf(error), readTelnyxRefusal).sentence }
  }
}

const CLOCKS_DIFFER_MS = 5_000
// We give up a request after 8 s; if Telnyx took it, it did so within the minute.
const TAKEN_WITHIN_MS = 60_000

async function fromWebhooks(http: Http, connection: Connection, sought: SoughtText): Promise<SentText[] | null> {
  const since = new Date(sought.attemptedAt.getTime() - CLOCKS_DIFFER_MS)
  const events = await deliveredEvents(http, connection, { containing: sought.messageId, since })
  const latest = new Map<string, SentText>()
  for (const event of events) {
    if (!textAt(event.payload, 'webhook_url').includes(sought.messageId)) continue
    const read = eventsOf(event, sought.attemptedAt, sought.messageId)
    const [receipt] = read.ok ? read.events : []
    if (receipt?.type !== 'message.receipt') continue
    const { carrierId, status, failure, at } = receipt
    if ((latest.get(carrierId)?.at.getTime() ?? 0) <= at.getTime())
      latest.set(carrierId, { carrierId, status, failure, at })
  }
  return latest.size > 0 ? [...latest.values()].sort((a, b) => a.at.getTime() - b.at.getTime()) : null
}

// One pair of numbers does not exchange more texts in these minutes.
const MOST_RECORDS = 500

async function fromDetailRecords(http: Http, connection: Connection, sought: SoughtText): Promise<SentText[]> {
  const from = sought.attemptedAt.getTime() - CLOCKS_DIFFER_MS
  const until = sought.attemptedAt.getTime() + TAKEN_WITHIN_MS
  const page = await telnyxClient(http, connection).detailRecords.list({
    // Telnyx refuses a filter on a field that the record type lacks with 400; it has these three.
    filter: { record_type: 'messaging', cli: sought.from, cld: sought.to },
    sort: ['-created_at'],
    'page[size]': 50,
  })
  const texts: SentText[] = []
  let seen = 0
  for await (const record of page) {
    const at = timeAt(record, 'created_at')
    seen += 1
    // Newest first, so all further records are older.
    if ((at && at.getTime() < from) || seen > MOST_RECORDS) break
    const theirs = textAt(record, 'cli') === sought.from && textAt(record, 'cld') === sought.to
    const id = textAt(record, 'uuid')
    if (!theirs || id === '' || textAt(record, 'direction') === 'inbound' || !at || at.getTime() > until) continue
    const status = RECORD_STATUS.get(textAt(record, 'status')) ?? 'accepted'
    // Here `errors` is a list of bare codes, unlike everywhere else.
    const [code] = 'errors' in record && Array.isArray(record.errors) ? record.errors : []
    const failure = status === 'failed' ? telnyxFailure(code ? String(code) : null, null) : null
    texts.push({ carrierId: id, status, failure, at })
  }
  return texts.sort((a, b) => a.at.getTime() - b.at.getTime())
}

const RECORD_STATUS = new Map<string, ReceiptStatus>([
  ['delivered', 'delivered'],
  ['dlr_unconfirmed', 'unknown'],
  ['dlr_timeout', 'unknown'],
  ['gw_timeout', 'failed'],
  ['gw_reject', 'failed'],
  ['failed', 'failed'],
])
