import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from './errors.ts'

const built = resolve(import.meta.dirname, '../../dist/web')

/** Nothing inline and nothing from other sites: a text that got through as HTML could still do nothing. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Textback</title>
<h1>The web app is not built yet</h1>
<p>The API works: <a href="/api/docs">read and try it</a>. To build the web app, start Textback with <code>bin/start</code>,
or run <code>node web/build.ts</code> in its folder and load this page again.</p>`

/** Serves the web app that web/build.ts made. A path that is no file gets the app, which finds its screen. */
export async function web(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, { root: built, serve: false, preCompressed: true, suppressWarning: true })
  const route = { config: { access: 'public' }, schema: { hide: true } } as const

  // The names of assets hold a hash of their content.
  app.get<{ Params: { '*': string } }>('/assets/*', route, (request, reply) =>
    reply.sendFile(`assets/${request.params['*']}`, { immutable: true, maxAge: '365d' }),
  )
  for (const name of ['theme.js', 'favicon.svg'])
    app.get(`/${name}`, route, (_request, reply) => reply.sendFile(name, { maxAge: '1h' }))

  app.get('/*', route, (request, reply) => (wantsScreen(request) ? sendApp(reply) : nothingHere(request)))
}

/** Programs do not want a screen: for a wrong address they get an error. */
function wantsScreen({ url, headers }: FastifyRequest): boolean {
  return !/^\/(api|hooks)(\/|$|\?)/.test(url) && (headers.accept ?? '').includes('text/html')
}

function sendApp(reply: FastifyReply) {
  reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
  reply.header('cross-origin-opener-policy', 'same-origin')
  reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
  if (!existsSync(join(built, 'index.html'))) return reply.code(503).type('text/html').send(NOT_BUILT)
  return reply.sendFile('index.html', { maxAge: 0 })
}

function nothingHere(request: FastifyRequest): never {
  throw new Problem(404, 'No such page', {
    detail: `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
  })
}
