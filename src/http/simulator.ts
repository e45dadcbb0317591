import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { isOnSimulator } from '../store/connections/connections.ts'
import { asAccount, type Database } from '../store/db.ts'
import { notFound, Problem } from './errors.ts'
import { whoAsks } from './who.ts'

/**
 * The simulated phone network's own API, for the page of phones: handed through under our own address, so that the
 * page needs no other origin, and only to accounts with a connection to that network: its wire shows every text on it.
 * Registered only while the simulator is on. What it refuses becomes a problem like any other of ours.
 */
export async function simulator(
  app: FastifyInstance,
  { db, simulatorUrl }: { db: Database; simulatorUrl: string },
): Promise<void> {
  // A live feed would keep the server from closing for as long as somebody watches.
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())

  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/simulator/*',
    config: { access: 'member' },
    schema: { hide: true },
    async handler(request, reply) {
      const { accountId } = whoAsks(request)
      if (!(await asAccount(db, accountId, (tx) => isOnSimulator(tx, accountId)))) throw notFound('page')
      // Set as a path, and not resolved: `//elsewhere.example` would be another host.
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
      // An end by the signal is an end like any other; it is the browser that asks again.
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

/** It says `{ error, field }`, the error being a sentence about what to do. */
async function problemOf(answer: Response): Promise<Problem> {
  const { error, field } = (await answer.json().catch(() => ({}))) as { error?: string; field?: string }
  return new Problem(answer.status, 'The simulator did not do that', {
    detail: error ?? `It answered ${answer.status}.`,
    ...(error && field && { errors: [{ field, message: error }] }),
  })
}
