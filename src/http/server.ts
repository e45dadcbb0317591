import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyBaseLogger, type FastifyRequest, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { sql } from 'kysely'
import type { World } from '../actions/world.ts'
import { asPlatform } from '../store/db.ts'
import type { LiveFeed } from '../store/live.ts'
import type { SecretBox } from '../store/secrets.ts'
import { apiKeys } from './api/apiKeys.ts'
import { board } from './api/board.ts'
import { calls } from './api/calls.ts'
import { cannedReplies } from './api/cannedReplies.ts'
import { closing } from './api/closing.ts'
import { connections } from './api/connections.ts'
import { contacts } from './api/contacts.ts'
import { conversations } from './api/conversations.ts'
import { leads } from './api/leads.ts'
import { lists } from './api/lists.ts'
import { messages } from './api/messages.ts'
import { notes } from './api/notes.ts'
import { numbers } from './api/numbers.ts'
import { optOuts } from './api/optOuts.ts'
import { people } from './api/people.ts'
import { search } from './api/search.ts'
import { settings } from './api/settings.ts'
import { timeline } from './api/timeline.ts'
import { today } from './api/today.ts'
import { webhooks } from './api/webhooks.ts'
import { identify, identifyPerson } from './auth/identify.ts'
import { signIn } from './auth/routes.ts'
import type { Sessions } from './auth/sessions.ts'
import { signUpRoutes } from './auth/signUp.ts'
import { answerBadAddress, handleErrors, Problem, unavailable } from './errors.ts'
import { hooks } from './hooks.ts'
import { live } from './live.ts'
import type { Metrics } from './metrics.ts'
import { describeRoute, schemas, securitySchemes, webhookRequests } from './openapi.ts'
import { checkMetricsReader, protectAnswers } from './protection.ts'
import { simulator } from './simulator.ts'
import { web } from './web.ts'
import { checkAccess, checkMay } from './who.ts'

export type ServerParts = {
  world: World
  feed: LiveFeed
  secrets: SecretBox
  sessions: Sessions
  metrics: Metrics
  log: FastifyBaseLogger
  allowApiUrl: boolean
  /** Who reads /metrics from another machine must send it; null: nobody may. */
  metricsToken: string | null
  /** The most time for a request to arrive, in milliseconds. */
  arriveWithinMs: number
  /** The simulated phone network's own API, when it is on. */
  simulatorUrl: string | null
  /** False until provisioning is done and after stopping began. */
  isReady(): boolean
  /** What the watch could not move for a minute; null when there is no such thing. */
  leftBehind(): { texts: number; calls: number; since: Date } | null
}

/** The page that shows the API's description. */
const DOCS = '/api/docs'

/** The limit for a JSON body of the API; the longest is a contact with all its fields. */
const LARGEST_BODY = 256 * 1024

export async function makeServer(parts: ServerParts) {
  const { world, metrics, sessions } = parts
  const app = Fastify({
    loggerInstance: parts.log,
    // A line for each request would cost more than the request, and its URL may hold a phone.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LARGEST_BODY,
    // Only a web server on the same machine may tell the client's address.
    trustProxy: 'loopback',
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    // Who sends a request byte by byte must not hold its connection for ever.
    requestTimeout: parts.arriveWithinMs,
    http: {
      headersTimeout: parts.arriveWithinMs / 2,
      connectionsCheckingInterval: parts.arriveWithinMs / 6,
    },
    frameworkErrors: (error, _request, reply) => answerBadAddress(error, reply),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  handleErrors(app)
  app.removeContentTypeParser('text/plain')
  // An empty body counts as none, whatever the content type says.
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parseJson(request, body as string, done)
  })

  app.decorateRequest('who', null)
  app.decorateRequest('person', null)
  /** Whether the client of a long request may still use the account; a database that is away proves nothing. */
  async function stillThere(request: FastifyRequest): Promise<boolean> {
    try {
      const who = await identify(request, world.db, sessions, world.publicUrl)
      return who.accountId === request.who?.accountId
    } catch (error) {
      return !(error instanceof Problem)
    }
  }
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(DOCS)) route.config = { ...route.config, access: 'public' }
    checkAccess(`${route.method} ${route.url}`, route.config)
  })
  app.addHook('onRequest', async (request) => {
    const { config } = request.routeOptions
    if (config.access === 'person') request.person = await identifyPerson(request, world.db, sessions, world.publicUrl)
    if (config.access !== 'member' && config.access !== 'owner') return
    request.who = await identify(request, world.db, sessions, world.publicUrl)
    checkMay(request.who, config)
  })
  app.addHook('onResponse', async (request, reply) => {
    metrics.httpSeconds.observe(
      { route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    )
  })
  protectAnswers(app, world.publicUrl)

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Textback',
        version: '1',
        description:
          'A missed call is texted back. Sign in with `Authorization: Bearer tb_…`. Phones are E.164, times ISO 8601 in UTC, errors problem+json.',
      },
      components: { securitySchemes, schemas },
      webhooks: webhookRequests,
    },
    transform: describeRoute,
  })
  await app.register(swaggerUi, {
    routePrefix: DOCS,
    staticCSP: true,
    // On a plain http address of a private network the upgrade would break the page.
    transformStaticCSP: (header) => header.replace(/;? ?upgrade-insecure-requests/, ''),
  })

  await app.register(hooks, { world })
  await app.register(signIn, { db: world.db, sessions })
  await signUpRoutes(app, { world, sessions })
  await app.register(
    async (api) => {
      const typed = api.withTypeProvider<ZodTypeProvider>()
      const apiWorld = {
        world,
        secrets: parts.secrets,
        allowApiUrl: parts.allowApiUrl,
        simulator: parts.simulatorUrl !== null,
      }
      for (const routes of [
        today,
        calls,
        contacts,
        timeline,
        notes,
        conversations,
        messages,
        cannedReplies,
        search,
        board,
        leads,
        numbers,
        connections,
        optOuts,
        lists,
        settings,
        apiKeys,
        webhooks,
        closing,
        people,
      ])
        await routes(typed, apiWorld)
      await live(api, { feed: parts.feed, stillThere })
      if (parts.simulatorUrl) await simulator(api, { db: parts.world.db, simulatorUrl: parts.simulatorUrl })
    },
    { prefix: '/api/v1' },
  )

  await app.register(web)

  app.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, () => app.swagger())

  app.get('/healthz', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    if (!parts.isReady()) throw unavailable()
    await asPlatform(world.db, (tx) => sql`select 1`.execute(tx))
    const leftBehind = parts.leftBehind()
    return reply.send({ ready: true, ...(leftBehind && { leftBehind }) })
  })

  app.get('/metrics', { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
    checkMetricsReader(request, parts.metricsToken)
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
  return app
}
