import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from './errors.ts'

/** A year, as browsers ask of sites that are never without https. */
const HSTS = 'max-age=31536000'

/** Headers of every answer. What the API says is about people, so no cache may keep it. */
export function protectAnswers(app: FastifyInstance, publicUrl: string): void {
  const isHttps = publicUrl.startsWith('https:')
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    if (isHttps) reply.header('strict-transport-security', HSTS)
    if (/^\/(api|hooks)\//.test(request.url) && !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store')
  })
}

/**
 * Throws unless the metrics may be read: with METRICS_TOKEN by whoever sends it, without by programs on this machine. A
 * request that a web server passed on is not from this machine, although its connection is.
 */
export function checkMetricsReader({ headers, raw }: FastifyRequest, token: string | null): void {
  if (token !== null) {
    if (isSame(headers.authorization ?? '', `Bearer ${token}`)) return
    throw new Problem(401, 'The metrics want their token', {
      detail: 'Send `Authorization: Bearer` and METRICS_TOKEN.',
    })
  }
  const passedOn = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => name in headers)
  if (!passedOn && isLoopback(raw.socket.remoteAddress)) return
  throw new Problem(403, 'The metrics are for this machine', {
    detail: 'To read them from elsewhere, set METRICS_TOKEN and send it as `Authorization: Bearer`.',
  })
}

const isLoopback = (address = '') => /^(::1$|(::ffff:)?127\.)/.test(address)

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
