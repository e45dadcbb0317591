import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'

/**
 * The simulated phone network's own API, for the page of phones: handed through under our own address, so that the
 * page needs no other origin, and only to people who are signed in. Registered only while the simulator is on.
 */
export async function simulator(app: FastifyInstance, { simulatorUrl }: { simulatorUrl: string }): Promise<void> {
  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/simulator/*',
    config: { access: 'member' },
    schema: { hide: true },
    async handler(request, reply) {
      const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : ''
      const url = new URL(`/${request.params['*']}${query}`, simulatorUrl)
      const gone = new AbortController()
      request.raw.on('close', () => {
        if (!reply.raw.writableEnded) gone.abort()
      })
      const answer = await fetch(url, {
        method: request.method,
        signal: gone.signal,
        ...(request.body !== undefined &&
          request.body !== null && {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(request.body),
          }),
      })
      reply.code(answer.status).type(answer.headers.get('content-type') ?? 'application/json')
      if (!answer.body) return reply.send('')
      // Live feeds must not wait for a buffer to fill.
      return reply.header('cache-control', 'no-store').send(Readable.fromWeb(answer.body as never))
    },
  })
}
