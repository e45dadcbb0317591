import type { Connection } from '../../domain/connection.ts'
import type { Http } from '../http.ts'
import { telnyxClient } from './client.ts'
import { readEvent, type TelnyxEvent } from './event.ts'

// 40 pages of 250, the largest page: hours of a busy number.
const MOST_DELIVERIES = 10_000

/**
 * The events that Telnyx sent or tried to send as webhooks, from its own record of them (`GET /webhook_deliveries`).
 * Throws when there are too many to read: a part of the list must not look like the whole.
 */
export async function deliveredEvents(
  http: Http,
  connection: Connection,
  about: { containing: string; since: Date | null; failedOnly?: boolean; types?: string[] },
): Promise<TelnyxEvent[]> {
  const page = await telnyxClient(http, connection).webhookDeliveries.list({
    filter: {
      webhook: { contains: about.containing },
      ...(about.since && { started_at: { gte: about.since.toISOString() } }),
      ...(about.failedOnly && { status: { eq: 'failed' as const } }),
      ...(about.types && { event_type: about.types.join(',') }),
    },
    'page[size]': 250,
  })
  const events: TelnyxEvent[] = []
  let seen = 0
  for await (const delivery of page) {
    seen += 1
    if (seen > MOST_DELIVERIES) throw new Error(`Telnyx lists more than ${MOST_DELIVERIES} webhooks`)
    const read = readEvent(delivery.webhook)
    if (read.ok) events.push(read.event)
  }
  return events
}
