import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TelnyxAccount } from '../accounts.ts'
import { makeServer, recordRequests, valuesOf } from '../http.ts'
import type { Network } from '../network.ts'
import { silence } from '../silence.ts'
import type { TelnyxCalls } from './calls.ts'
import { callRoutes } from './commands.ts'
import { messageRoutes } from './messages.ts'
import { reportRoutes } from './reports.ts'
import { notFound, type Route, TelnyxError } from './routes.ts'
import { settingRoutes } from './settings.ts'

/** Telnyx's REST API over the network. */
export function makeTelnyxApi(network: Network, telnyxCalls: TelnyxCalls): FastifyInstance {
  const app = makeServer()
  const { recordUnanswered } = recordRequests(app, 'telnyx', network.wire)

  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500
    const known =
      error instanceof TelnyxError
        ? error
        : new TelnyxError(status, status === 500 ? '10007' : '10015', 'Bad Request', error.message)
    return reply.code(known.status).send(known.toJson())
  })
  app.setNotFoundHandler((request, reply) => reply.code(404).send(notFound(request.url).toJson()))

  const route: Route = (method, path, handle, kind) => {
    app.route({
      method,
      url: `/v2/${path}`,
      handler: async (request, reply) => {
        const account = authenticate(network, request)
        if (kind === 'list' && !network.settings.listsReadable) {
          throw new TelnyxError(503, '10007', 'Service unavailable', 'Service unavailable')
        }
        const params = request.params as Record<string, string>
        const body = (request.body ?? {}) as Record<string, unknown>
        return handle({ account, params, query: valuesOf(request.query), body, request, reply })
      },
    })
  }

  callRoutes(network, telnyxCalls, route)
  messageRoutes(network, route, recordUnanswered)
  settingRoutes(network, route)
  reportRoutes(network, telnyxCalls, route)
  // Recordings are fetched by a link that needs no key.
  app.get('/recordings/:file', async (request, reply) => {
    const { file } = request.params as { file: string }
    const recording = network.recordings.get(file.replace(/\.wav$/, ''))
    if (!recording) throw notFound('The recording')
    return reply.type('audio/x-wav').send(silence(recording.seconds))
  })
  return app
}

function authenticate(network: Network, request: FastifyRequest): TelnyxAccount {
  const [scheme, key = ''] = (request.headers.authorization ?? '').split(' ')
  const account = scheme?.toLowerCase() === 'bearer' ? network.accounts.telnyx.get(key) : undefined
  if (account) return account
  const detail = 'Could not understand the provided credentials.'
  throw new TelnyxError(401, '10009', 'Authentication failed', detail)
}
