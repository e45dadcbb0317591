import type { FastifyRequest } from 'fastify'
import type { Who } from './auth/identify.ts'

/** Every route says who may use it; server.ts refuses to start with one that does not. */
export type Access = 'public' | 'signed' | 'member' | 'owner'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    who: Who | null
  }
}

/** The account that the request acts for; only in routes whose access is `member` or `owner`. */
export function whoAsks(request: FastifyRequest): Who {
  if (!request.who) throw new Error(`${request.url} asks who it serves but is open to all`)
  return request.who
}
