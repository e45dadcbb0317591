import { parse as parseForm } from 'node:querystring'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type Face, plainHeaders, type Wire } from './wire.ts'

/** The body of a request as it came over the wire. */
const rawBodies = new WeakMap<FastifyRequest, string>()

/** A web server that reads JSON and forms. An empty body is an empty object, and the route says what is missing. */
export function makeServer(): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 1024 * 1024, return503OnClosing: false })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) => {
    rawBodies.set(request, String(body))
    done(null, { ...parseForm(String(body)) })
  })
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    rawBodies.set(request, String(body))
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)))
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }), undefined)
    }
  })
  return app
}

/** Writes every request that a face receives, and what it answered, to the wire. */
export function recordRequests(app: FastifyInstance, face: Face, wire: Wire) {
  const answers = new WeakMap<FastifyRequest, string>()
  app.addHook('onSend', async (request, _reply, payload) => {
    if (wire.recording && typeof payload === 'string') answers.set(request, payload)
    return payload
  })
  app.addHook('onResponse', async (request, reply) => {
    record(request, reply.statusCode, answers.get(request) ?? '', reply.elapsedTime)
  })

  function record(request: FastifyRequest, status: number | null, answer: string, ms: number, note?: string) {
    if (!wire.recording) return
    wire.record({
      at: new Date(Date.now() - ms).toISOString(),
      face,
      direction: 'to_carrier',
      method: request.method,
      url: request.url,
      headers: plainHeaders(request.headers),
      body: rawBodies.get(request) ?? '',
      status,
      answer,
      ms: Math.round(ms),
      ...(note ? { note } : {}),
    })
  }

  return {
    /** Records a request that never gets an answer. */
    recordUnanswered: (request: FastifyRequest, note: string) => record(request, null, '', 0, note),
  }
}

/** The named values of a query or form; of a repeated name, the last value. */
export function valuesOf(source: unknown): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries((source ?? {}) as Record<string, unknown>)) {
    values[name] = String(Array.isArray(value) ? value.at(-1) : value)
  }
  return values
}
