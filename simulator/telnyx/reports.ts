import type { TelnyxAccount } from '../accounts.ts'
import { type Leg, secondsBetween } from '../calls.ts'
import type { Delivery } from '../deliveries.ts'
import type { Network } from '../network.ts'
import { countSegments } from '../segments.ts'
import type { Text } from '../texts.ts'
import type { TelnyxCalls } from './calls.ts'
import { type Filter, filtersIn, pageOf, passes, type Route, TelnyxError } from './routes.ts'
import { undeliveredCodes } from './shapes.ts'

/** What Telnyx can be asked afterwards: records, opt-outs, webhook deliveries and line types. */
export function reportRoutes(network: Network, telnyxCalls: TelnyxCalls, route: Route) {
  const { texts, calls } = network

  route(
    'GET',
    'detail_records',
    ({ account, query }) => {
      const { record_type: type, date_range: range, ...rest } = namedFilters(query)
      const records = recordsOf(account, type?.value ?? '', rest.cld?.operator === 'eq' ? rest.cld.value : undefined)
      const filters = filtersIn(query).filter(({ field }) => field !== 'record_type' && field !== 'date_range')
      const since = range ? startOf(range.value, network.clock.now()) : ''
      const matching = records.filter(
        (record) => filters.every((filter) => passes(record, filter)) && String(record.created_at ?? '') >= since,
      )
      if (query.sort === 'created_at') matching.reverse()
      return pageOf(matching, query, (record) => record, 50)
    },
    'list',
  )

  route(
    'GET',
    'messaging_optouts',
    ({ account, query }) => {
      const items = network.optOuts
        .all('telnyx')
        .filter(({ business }) => account.numbers.has(business))
        .map(({ business, phone, keyword, at }) => ({
          created_at: at.toISOString(),
          from: business,
          keyword,
          messaging_profile_id: account.numbers.get(business)?.messagingProfileId ?? null,
          to: phone,
        }))
      const filters = filtersIn(query)
      const since: Filter[] = ['gte', 'lte'].flatMap((operator) => {
        const value = query[`created_at[${operator}]`]
        return value ? [{ field: 'created_at', operator, value }] : []
      })
      const matching = items.filter((item) => [...filters, ...since].every((filter) => passes(item, filter)))
      return pageOf(matching, query, (item) => item)
    },
    'list',
  )

  route(
    'GET',
    'webhook_deliveries',
    ({ account, query }) => {
      const filters = filtersIn(query)
      const matching = network.deliveries
        .of(account.apiKey)
        .filter((delivery) => isListed(delivery) && filters.every((filter) => deliveryPasses(delivery, filter)))
        .reverse()
      return pageOf(matching, query, (delivery) => deliveryJson(delivery, account))
    },
    'list',
  )

  route('GET', 'number_lookup/:number', ({ params }) => {
    const number = params.number ?? ''
    const { kind } = network.phones.get(number)
    const type = kind === 'landline' ? 'fixed line' : kind === 'invalid' ? 'unknown' : 'mobile'
    return {
      data: {
        caller_name: { caller_name: '', error_code: '' },
        carrier: {
          error_code: null,
          mobile_country_code: '311',
          mobile_network_code: '180',
          name: 'Simulated',
          normalized_carrier: '',
          type,
        },
        country_code: number.startsWith('+1') ? 'US' : '',
        fraud: null,
        national_format: number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3'),
        phone_number: number,
        portability: { line_type: type },
        record_type: 'number_lookup',
      },
    }
  })

  /** What is told about a text is listed as late as the text. */
  function isListed({ webhook }: Delivery): boolean {
    const { id } = webhook.payload as { id?: string }
    const text = texts.find(id ?? '')
    return !text || texts.isListed(text)
  }

  /** Newest first. A text or a leg is listed only when it is over. */
  function recordsOf(account: TelnyxAccount, type: string, to: string | undefined): Record<string, unknown>[] {
    if (type === 'messaging' || type === 'message') {
      const candidates = to ? texts.textsTo(to) : texts.all()
      return candidates
        .filter(
          (text) =>
            text.account === account.apiKey && !['queued', 'sent'].includes(text.status) && texts.isListed(text),
        )
        .map((text) => messageRecord(text, account))
        .reverse()
    }
    if (type === 'call-control') {
      const candidates = to ? calls.legsTo(to) : calls.allLegs()
      return candidates
        .filter((leg) => leg.state === 'ended' && telnyxCalls.find(leg.id)?.account === account)
        .map((leg) => callRecord(leg, account))
        .reverse()
    }
    const detail = 'filter[record_type] must be specified; this network keeps messaging and call-control.'
    throw new TelnyxError(400, '10015', 'Bad Request', detail)
  }

  function callRecord(leg: Leg, account: TelnyxAccount) {
    const { legId, connectionId } = telnyxCalls.find(leg.id)!
    const seconds = secondsBetween(leg.ticks.answered, leg.ticks.ended)
    return {
      answered_at: leg.answeredAt?.toISOString() ?? null,
      billed_sec: Math.ceil(seconds / 60) * 60,
      call_control_id: leg.id,
      call_leg_id: legId,
      call_sec: seconds,
      call_session_id: leg.call.carrierCallId,
      cld: leg.to,
      cli: leg.from,
      connection_id: connectionId,
      cost: '0',
      created_at: leg.startedAt.toISOString(),
      currency: 'USD',
      direction: leg.role === 'caller' ? 'inbound' : 'outbound',
      ended_at: leg.endedAt?.toISOString() ?? null,
      hangup_cause: leg.ending,
      id: legId,
      record_type: 'call-control',
      started_at: leg.startedAt.toISOString(),
      user_id: account.userId,
    }
  }
}

function messageRecord(text: Text, account: TelnyxAccount) {
  const status = { delivered: 'delivered', undelivered: 'failed', received: 'received' }[text.status as string]
  return {
    carrier: 'Simulated',
    carrier_fee: '0.0',
    cld: text.to,
    cli: text.from,
    completed_at: text.updatedAt.toISOString(),
    cost: '0.0040',
    country_code: 'US',
    created_at: text.createdAt.toISOString(),
    currency: 'USD',
    delivery_status: status,
    delivery_status_failover_url: text.receiptFailoverUrl ?? '',
    delivery_status_webhook_url: text.receiptUrl ?? '',
    direction: text.direction === 'from_app' ? 'outbound' : 'inbound',
    errors: text.undelivered ? [undeliveredCodes[text.undelivered].code] : [],
    message_type: text.media.length > 0 ? 'MMS' : 'SMS',
    parts: countSegments(text.body).segments,
    profile_id: text.service ?? '',
    record_type: 'messaging',
    sent_at: (text.sentAt ?? text.createdAt).toISOString(),
    status,
    updated_at: text.updatedAt.toISOString(),
    user_id: account.userId,
    uuid: text.id,
  }
}

function deliveryPasses(delivery: Delivery, filter: Filter): boolean {
  if (filter.field === 'webhook') return JSON.stringify(delivery.webhook).includes(filter.value)
  if (filter.field === 'attempts') return JSON.stringify(delivery.attempts).includes(filter.value)
  const fields = {
    status: delivery.status,
    event_type: delivery.webhook.event_type,
    started_at: delivery.startedAt.toISOString(),
    finished_at: delivery.finishedAt.toISOString(),
  }
  return passes(fields, filter)
}

function deliveryJson(delivery: Delivery, account: TelnyxAccount) {
  return {
    attempts: delivery.attempts.map((attempt) => ({
      errors: attempt.ok ? [] : [90_001],
      finished_at: attempt.finishedAt.toISOString(),
      http: {
        request: { headers: Object.entries(attempt.headers), url: attempt.url },
        ...(attempt.status === null ? {} : { response: { body: attempt.body, headers: [], status: attempt.status } }),
      },
      started_at: attempt.startedAt.toISOString(),
      status: attempt.ok ? 'delivered' : 'failed',
    })),
    finished_at: delivery.finishedAt.toISOString(),
    id: delivery.id,
    record_type: 'webhook_delivery',
    started_at: delivery.startedAt.toISOString(),
    status: delivery.status,
    user_id: account.userId,
    webhook: delivery.webhook,
  }
}

function namedFilters(query: Record<string, string>): Record<string, Filter> {
  return Object.fromEntries(filtersIn(query).map((filter) => [filter.field, filter]))
}

/** The ISO time at which `today`, `yesterday` or `last_N_days` begins; any other range counts as 31 days. */
function startOf(range: string, now: Date): string {
  const days = range === 'today' ? 0 : range === 'yesterday' ? 1 : Number(/^last_(\d+)_days$/.exec(range)?.[1] ?? 31)
  return `${new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)}T00:00:00.000Z`
}
