import type { FastifyRequest } from 'fastify'

/** The headers as better-auth reads them, the web's own. */
export function webHeaders(request: FastifyRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  // Sign-in attempts are counted by address; what a client claims about its own is not believed.
  headers.set('x-forwarded-for', request.ip)
  return headers
}
