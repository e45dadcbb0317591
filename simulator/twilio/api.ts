import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TwilioAccount } from '../accounts.ts'
import type { Leg } from '../calls.ts'
import { makeServer, recordRequests, valuesOf } from '../http.ts'
import type { Network } from '../network.ts'
import { dateMatcher, makePage } from './lists.ts'
import { messageRoutes } from './messages.ts'
import { recordingRoutes } from './recordings.ts'
import { isHttpUrl, notFound, type Route, TwilioError } from './routes.ts'
import { apiVersion, callJson, callStatus, errorJson, numberJson, numberSettings } from './shapes.ts'

/** Twilio's REST API over the network. */
export function makeTwilioApi(network: Network): FastifyInstance {
  const app = makeServer()
  const { recordUnanswered } = recordRequests(app, 'twilio', network.wire)

  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof TwilioError) return sendError(reply, error)
    const status = error.statusCode ?? 500
    return sendError(reply, new TwilioError(status, status === 500 ? 20500 : 20001, error.message))
  })
  app.setNotFoundHandler((request, reply) => sendError(reply, notFound(request.url)))

  const route: Route = (method, path, handle) => {
    app.route({
      method,
      url: `/${apiVersion}/Accounts/:accountSid/${path}`,
      handler: async (request, reply) => {
        const { accountSid, file = '' } = request.params as { accountSid: string; file?: string }
        const account = authenticate(network, request)
        if (account.accountSid !== accountSid) throw notFound(request.url)
        if (method === 'GET' && path.endsWith('.json') && !network.settings.listsReadable) {
          throw new TwilioError(503, 20503, 'Service is unavailable')
        }
        const values = { query: valuesOf(request.query), form: valuesOf(request.body) }
        return handle({ account, sid: file.replace(/\.json$/, ''), ...values, request, reply })
      },
    })
  }

  messageRoutes(network, route, recordUnanswered)
  callRoutes(network, route)
  numberRoutes(network, route)
  recordingRoutes(network, route)
  lookupRoute(network, app)
  return app
}

function callRoutes(network: Network, route: Route) {
  const { calls } = network

  route('GET', 'Calls.json', ({ account, query }) => {
    const parent = query.ParentCallSid
    const candidates = parent
      ? (calls.leg(parent)?.call.legs.slice(1) ?? [])
      : query.To
        ? calls.legsTo(query.To)
        : query.From
          ? calls.legsFrom(query.From)
          : calls.allLegs()
    const inTime = dateMatcher(query, 'StartTime')
    const ended = dateMatcher(query, 'EndTime')
    const matches = (leg: Leg) =>
      isOf(account, leg) &&
      (!query.To || leg.to === query.To) &&
      (!query.From || leg.from === query.From) &&
      (!query.Status || callStatus(leg) === query.Status) &&
      inTime(leg.startedAt) &&
      ended(leg.endedAt)
    const show = (leg: Leg) => callJson(leg, account)
    const list = {
      accountSid: account.accountSid,
      file: 'Calls.json',
      key: 'calls',
      find: (id: string) => calls.leg(id),
    }
    return makePage(candidates, matches, query, { ...list, show })
  })

  route('GET', 'Calls/:file', ({ account, sid, request }) => callJson(legOf(account, sid, request.url), account))

  route('POST', 'Calls/:file', ({ account, sid, form, request }) => {
    const leg = legOf(account, sid, request.url)
    if (!['completed', 'canceled'].includes(form.Status ?? '')) {
      throw new TwilioError(400, 21218, 'This network can only end calls: set Status to completed or canceled')
    }
    if (leg.state === 'ended') throw new TwilioError(400, 21220, 'Call is not in-progress. Cannot redirect.')
    if (leg.role === 'caller') calls.end(leg, leg.state === 'ringing' ? 'canceled' : 'completed', 'app')
    else if (leg.state === 'ringing') calls.unreached(leg, 'canceled')
    else leg.on.hungUp?.()
    return callJson(leg, account)
  })

  function legOf(account: TwilioAccount, sid: string, url: string): Leg {
    const leg = calls.leg(sid)
    if (!leg || !isOf(account, leg)) throw notFound(url)
    return leg
  }
}

/** The business number of a call decides whose call it is. */
function isOf(account: TwilioAccount, leg: Leg): boolean {
  return leg.call.face === 'twilio' && account.numbers.has(leg.call.to)
}

function numberRoutes(network: Network, route: Route) {
  route('GET', 'IncomingPhoneNumbers.json', ({ account, query }) => {
    const numbers = [...account.numbers.values()].map((number, i) => ({ seq: i, id: number.sid, number }))
    return makePage(
      numbers,
      ({ number }) =>
        (!query.PhoneNumber || number.number.includes(query.PhoneNumber)) &&
        (!query.FriendlyName || number.label === query.FriendlyName),
      query,
      {
        accountSid: account.accountSid,
        file: 'IncomingPhoneNumbers.json',
        key: 'incoming_phone_numbers',
        find: (id) => numbers.find((one) => one.id === id),
        show: ({ number }) => numberJson(number, account),
      },
    )
  })

  route('POST', 'IncomingPhoneNumbers.json', ({ account, form, reply }) => {
    const { PhoneNumber } = form
    if (!PhoneNumber) throw new TwilioError(400, 21421, 'PhoneNumber is required')
    if (network.accounts.owner(PhoneNumber)) throw new TwilioError(400, 21422, `${PhoneNumber} is not available`)
    const number = network.accounts.addTwilioNumber(account, PhoneNumber, form.FriendlyName)
    number.settings = settingsIn(form)
    reply.code(201)
    return numberJson(number, account)
  })

  route('GET', 'IncomingPhoneNumbers/:file', ({ account, sid, request }) =>
    numberJson(numberOf(account, sid, request.url), account),
  )

  route('POST', 'IncomingPhoneNumbers/:file', ({ account, sid, form, request }) => {
    const number = numberOf(account, sid, request.url)
    Object.assign(number.settings, settingsIn(form))
    number.label = form.FriendlyName ?? number.label
    number.updatedAt = network.clock.now()
    return numberJson(number, account)
  })
}

function numberOf(account: TwilioAccount, sid: string, url: string) {
  const number = [...account.numbers.values()].find((one) => one.sid === sid)
  if (!number) throw notFound(url)
  return number
}

function settingsIn(form: Record<string, string>): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const [name, value] of Object.entries(form)) {
    if (!(name in numberSettings)) continue
    const isUrl = !name.endsWith('Method')
    if (isUrl && value !== '' && !isHttpUrl(value)) throw new TwilioError(400, 21502, `Invalid ${name}: ${value}`)
    settings[name] = value
  }
  return settings
}

function lookupRoute(network: Network, app: FastifyInstance) {
  app.get('/v2/PhoneNumbers/:number', async (request) => {
    authenticate(network, request)
    const { number } = request.params as { number: string }
    const { Fields = '' } = valuesOf(request.query)
    const { kind } = network.phones.get(number)
    const type = { mobile: 'mobile', filtered: 'mobile', unreachable: 'mobile', landline: 'landline', invalid: null }[
      kind
    ]
    const us = number.startsWith('+1')
    return {
      calling_country_code: us ? '1' : null,
      call_forwarding: null,
      caller_name: null,
      country_code: us ? 'US' : null,
      line_type_intelligence: Fields.includes('line_type_intelligence')
        ? { carrier_name: 'Simulated', error_code: null, mobile_country_code: '311', mobile_network_code: '180', type }
        : null,
      national_format: number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3'),
      phone_number: number,
      sim_swap: null,
      url: `${network.twilioUrl}/v2/PhoneNumbers/${number}`,
      valid: kind !== 'invalid',
      validation_errors: kind === 'invalid' ? ['INVALID_BUT_POSSIBLE'] : [],
    }
  })
}

function authenticate(network: Network, request: FastifyRequest): TwilioAccount {
  const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ')
  const [sid = '', ...token] = Buffer.from(credentials, 'base64').toString().split(':')
  const account = scheme?.toLowerCase() === 'basic' ? network.accounts.twilio.get(sid) : undefined
  if (!account || account.authToken !== token.join(':')) throw new TwilioError(401, 20003, 'Authenticate')
  return account
}

function sendError(reply: FastifyReply, error: TwilioError) {
  return reply.code(error.status).send(errorJson(error.status, error.code, error.message))
}
