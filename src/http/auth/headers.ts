import type { FastifyRequest } from 'fastify'

/** The headers in the web's own type, which better-auth reads. */
export function webHeaders(request: FastifyRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  // Sign-in attempts are counted by address, so a client's claim about its own is ignored.
  headers.set('x-forwarded-for', request.ip)
  return headers
}
