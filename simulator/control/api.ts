import type { FastifyInstance } from 'fastify'
import { makeServer } from '../http.ts'
import { Mistake } from '../input.ts'
import type { CarrierFace, Network } from '../network.ts'
import type { Face } from '../wire.ts'
import { liveRoute } from './live.ts'
import { callRoutes, messageRoutes, phoneRoutes } from './people.ts'
import { settingRoutes } from './settings.ts'

/** The simulator's own API, for people and tests. */
export function makeControl(network: Network, faces: Record<Face, CarrierFace>): FastifyInstance {
  const app = makeServer()
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error instanceof Mistake ? error.status : (error.statusCode ?? 500)
    const field = error instanceof Mistake && error.field ? { field: error.field } : {}
    return reply.code(status).send({ error: error.message, ...field })
  })
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: `There is no ${request.method} ${request.url}; docs/simulator.md lists the routes.` }),
  )

  settingRoutes(app, network)
  phoneRoutes(app, network)
  callRoutes(app, network, faces)
  messageRoutes(app, network, faces)
  liveRoute(app, network)
  return app
}
