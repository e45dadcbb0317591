import { createJsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SCOPES, type Scope } from '../domain/apiKeys.ts'
import { DISPATCHED_TYPES, EVENTS } from '../domain/events.ts'
import { payload } from './shapes/webhooks.ts'

/** The body that webhooks receive, by its name in the API's description. */
export const schemas = { WebhookPayload: z.toJSONSchema(payload) as Record<string, unknown> }

const requestBody = { content: { 'application/json': { schema: { $ref: '#/components/schemas/WebhookPayload' } } } }
const responses = { '2XX': { description: 'Any 2xx means that you have it.' } }

/** The requests that webhooks receive, for the API's description. */
export const webhookRequests = Object.fromEntries(
  DISPATCHED_TYPES.map((type) => [
    type,
    { post: { tags: ['Webhooks'], summary: `Sent when ${EVENTS[type].when}`, requestBody, responses } },
  ]),
)

const scopes = Object.entries(SCOPES).map(([scope, may]) => `\`${scope}\`: it may ${may}`)

/** The two ways to say who asks. */
export const securitySchemes = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: `An API key. Each route names the scope that a key needs. ${scopes.join('; ')}.`,
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'textback.session_token',
    description: 'Somebody who is signed in, in a browser. At an https address the name begins with `__Secure-`.',
  },
} as const

const wants = (scope: Scope | 'person') =>
  scope === 'person' ? 'For somebody who is signed in, not for a key.' : `Needs a key of scope \`${scope}\`.`

const zodShapes = createJsonSchemaTransform({ skipList: [] })

/** A route for the API's description: its shapes, and the scope that it needs. */
export const describeRoute: typeof zodShapes = (input) => {
  const described = zodShapes(input)
  const { config } = input.route
  const scope = config?.access === 'person' ? 'person' : config?.scope
  if (!scope) return described
  const { description } = input.schema ?? {}
  return {
    ...described,
    schema: {
      ...described.schema,
      description: description ? `${description} ${wants(scope)}` : wants(scope),
      security: scope === 'person' ? [{ session: [] }] : [{ apiKey: [scope] }, { session: [] }],
    },
  }
}
