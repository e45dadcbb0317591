import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { isOnSimulator } from '../store/connections/connections.ts'
import { asAccount, type Database } from '../store/db.ts'
import { notFound, Problem } from './errors.ts'
import { whoAsks } from './who.ts'

/**
 * Proxies the simulated phone network's own API for the page of phones, so that the page needs no other origin. Only
 * for accounts with a connection to that network, because its wire shows every text on it. Registered only while the
 * simulator is on. Its refusals become problems like our own.
 */
export async function simulator(
  app: FastifyInstance,
  { db, simulatorUrl }: { db: Database; simulatorUrl: string },
): Promise<void> {
  // An open live feed would keep the server from closing.
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())

  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/simulator/*',
    config: { access: 'member', scope: 'admin' },
    schema: { hide: true },
    async handler(request, reply) {
      const { accountId } = whoAsks(request)
      if (!(await asAccount(db, accountId, (tx) => isOnSimulator(tx, accountId)))) throw notFound('page')
      // Set as a path and not resolved: `//elsewhere.example` would be another host.
      const url = new URL(simulatorUrl)
      url.pathname = `/${request.params['*']}`
      url.search = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : ''
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      const answer = await ask(url, request.method, request.body, AbortSignal.any([gone.signal, closing.signal]))
      if (!answer.ok) throw await problemOf(answer)
      reply.code(answer.status).type(answer.headers.get('content-type') ?? 'application/json')
      if (!answer.body) return reply.send('')
      const body = Readable.fromWeb(answer.body as never)
      // An end by the signal is a normal end; the browser reconnects.
      body.on('error', () => reply.raw.end())
      return reply.header('cache-control', 'no-store').send(body)
    },
  })
}

async function ask(url: URL, method: string, body: unknown, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      signal,
      ...(body !== undefined &&
        body !== null && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  } catch {
    throw new Problem(503, 'The simulated phone network does not answer', {
      detail: 'It ended, or is just starting. Try again in a moment; if it stays, start Textback again.',
    })
  }
}

/** The simulator answers `{ error, field }`; the error is a sentence that says what to do. */
async function problemOf(answer: Response): Promise<Problem> {
  const { error, field } = (await answer.json().catch(() => ({}))) as { error?: string; field?: string }
  return new Problem(answer.status, 'The simulator did not do that', {
    detail: error ?? `It answered ${answer.status}.`,
    ...(error && field && { errors: [{ field, message: error }] }),
  })
}
