import { randomUUID } from 'node:crypto'
import type { TelnyxAccount, TelnyxNumber } from '../accounts.ts'
import type { Network } from '../network.ts'
import { filtersIn, notFound, pageOf, passes, type Route, required, TelnyxError } from './routes.ts'

/** Numbers, call control applications and messaging profiles: where the webhooks go. */
export function settingRoutes(network: Network, route: Route) {
  const now = () => network.clock.now().toISOString()

  route(
    'GET',
    'phone_numbers',
    ({ account, query }) => {
      const wanted = query['filter[phone_number]']?.replace(/^\+/, '')
      const numbers = [...account.numbers.values()].filter((one) => !wanted || one.number.includes(wanted))
      return pageOf(numbers, query, numberJson(account))
    },
    'list',
  )
  route('GET', 'phone_numbers/:id', ({ account, params }) => ({ data: numberJson(account)(numberOf(account, params)) }))
  route('PATCH', 'phone_numbers/:id', ({ account, params, body }) => {
    const number = numberOf(account, params)
    connect(account, number, body)
    return { data: numberJson(account)(number) }
  })
  route('GET', 'phone_numbers/:id/voice', ({ account, params }) => ({ data: voiceJson(numberOf(account, params)) }))
  route('PATCH', 'phone_numbers/:id/voice', ({ account, params, body }) => {
    const number = numberOf(account, params)
    connect(account, number, body)
    return { data: voiceJson(number) }
  })
  const messaging = (account: TelnyxAccount, number: TelnyxNumber) => ({ data: messagingJson(account, number) })
  route('GET', 'phone_numbers/:id/messaging', ({ account, params }) => messaging(account, numberOf(account, params)))
  route('PATCH', 'phone_numbers/:id/messaging', ({ account, params, body }) => {
    const number = numberOf(account, params)
    if ('messaging_profile_id' in body) {
      const id = body.messaging_profile_id ? String(body.messaging_profile_id) : null
      if (id !== null && !account.profiles.has(id)) throw notFound('The messaging profile')
      number.messagingProfileId = id
    }
    return messaging(account, number)
  })

  const applicationFilter = (account: TelnyxAccount, query: Record<string, string>) =>
    [...account.applications.values()].filter((one) =>
      filtersIn(query).every((filter) => filter.field !== 'application_name' || passes(one, filter)),
    )
  route(
    'GET',
    'call_control_applications',
    ({ account, query }) => pageOf(applicationFilter(account, query), query, (one) => one),
    'list',
  )
  route('POST', 'call_control_applications', ({ account, body, reply }) => {
    required(body, 'application_name')
    required(body, 'webhook_event_url')
    // Telnyx ids of applications are long decimal strings.
    const id = BigInt(`0x${randomUUID().replaceAll('-', '').slice(0, 15)}`).toString()
    const application = {
      active: true,
      anchorsite_override: 'Latency',
      call_cost_in_webhooks: false,
      created_at: now(),
      dtmf_type: 'RFC 2833',
      first_command_timeout: false,
      first_command_timeout_secs: 30,
      inbound: {},
      outbound: {},
      redact_dtmf_debug_logging: false,
      tags: [],
      webhook_api_version: '2',
      webhook_event_failover_url: null,
      webhook_timeout_secs: null,
      ...body,
      id,
      record_type: 'call_control_application',
      updated_at: now(),
    }
    account.applications.set(id, application)
    reply.code(201)
    return { data: application }
  })
  route('GET', 'call_control_applications/:id', ({ account, params }) => ({
    data: found(account.applications, params, 'The application'),
  }))
  route('PATCH', 'call_control_applications/:id', ({ account, params, body }) => {
    const application = found(account.applications, params, 'The application')
    required({ ...application, ...body }, 'application_name')
    required({ ...application, ...body }, 'webhook_event_url')
    return { data: Object.assign(application, body, { id: application.id, updated_at: now() }) }
  })

  route(
    'GET',
    'messaging_profiles',
    ({ account, query }) => {
      const filters = filtersIn(query).filter(({ field }) => field === 'name')
      const profiles = [...account.profiles.values()].filter((one) => filters.every((filter) => passes(one, filter)))
      return pageOf(profiles, query, (one) => one)
    },
    'list',
  )
  route('POST', 'messaging_profiles', ({ account, body }) => {
    required(body, 'name')
    if (!Array.isArray(body.whitelisted_destinations)) {
      const detail = "The 'whitelisted_destinations' parameter is required."
      throw new TelnyxError(422, '10004', 'Missing required parameter', detail, '/whitelisted_destinations')
    }
    const profile = {
      ...body,
      id: randomUUID(),
      record_type: 'messaging_profile',
      created_at: now(),
      updated_at: now(),
    }
    account.profiles.set(profile.id, { enabled: true, webhook_api_version: '2', webhook_url: null, ...profile })
    return { data: account.profiles.get(profile.id) }
  })
  route('GET', 'messaging_profiles/:id', ({ account, params }) => ({
    data: found(account.profiles, params, 'The messaging profile'),
  }))
  route('PATCH', 'messaging_profiles/:id', ({ account, params, body }) => {
    const profile = found(account.profiles, params, 'The messaging profile')
    return { data: Object.assign(profile, body, { id: profile.id, updated_at: now() }) }
  })
}

function connect(account: TelnyxAccount, number: TelnyxNumber, body: Record<string, unknown>) {
  if (!('connection_id' in body)) return
  const id = body.connection_id ? String(body.connection_id) : null
  if (id !== null && !account.applications.has(id)) {
    throw new TelnyxError(422, '10015', 'Invalid value', 'The connection does not exist.', '/connection_id')
  }
  number.connectionId = id
}

function numberOf(account: TelnyxAccount, params: Record<string, string>): TelnyxNumber {
  const number = [...account.numbers.values()].find((one) => one.id === params.id || one.number === params.id)
  if (!number) throw notFound('The phone number')
  return number
}

function found<T>(map: Map<string, T>, params: Record<string, string>, what: string): T {
  const value = map.get(params.id ?? '')
  if (!value) throw notFound(what)
  return value
}

function numberJson(account: TelnyxAccount) {
  return (number: TelnyxNumber) => ({
    call_forwarding_enabled: false,
    call_recording_enabled: false,
    caller_id_name_enabled: false,
    connection_id: number.connectionId,
    connection_name: number.connectionId
      ? (account.applications.get(number.connectionId)?.application_name ?? null)
      : null,
    country_iso_alpha2: 'US',
    created_at: number.createdAt.toISOString(),
    customer_reference: number.label,
    deletion_lock_enabled: false,
    emergency_enabled: false,
    emergency_status: 'disabled',
    external_pin: null,
    id: number.id,
    messaging_profile_id: number.messagingProfileId,
    messaging_profile_name: number.messagingProfileId
      ? (account.profiles.get(number.messagingProfileId)?.name ?? null)
      : null,
    phone_number: number.number,
    phone_number_type: 'local',
    purchased_at: number.createdAt.toISOString(),
    record_type: 'phone_number',
    status: 'active',
    tags: [],
  })
}

function voiceJson(number: TelnyxNumber) {
  return {
    connection_id: number.connectionId ?? '',
    customer_reference: number.label,
    id: number.id,
    phone_number: number.number,
    record_type: 'voice_settings',
    tech_prefix_enabled: false,
    translated_number: '',
    usage_payment_method: 'pay-per-minute',
  }
}

function messagingJson(account: TelnyxAccount, number: TelnyxNumber) {
  const both = { domestic_two_way: true, international_inbound: true, international_outbound: false }
  return {
    country_code: 'US',
    created_at: number.createdAt.toISOString(),
    eligible_messaging_products: ['A2P'],
    features: { mms: both, sms: both },
    id: number.id,
    messaging_product: 'A2P',
    messaging_profile_id: number.messagingProfileId,
    organization_id: account.userId,
    phone_number: number.number,
    record_type: 'messaging_settings',
    tags: [],
    traffic_type: 'A2P',
    type: 'long-code',
    updated_at: number.createdAt.toISOString(),
  }
}
