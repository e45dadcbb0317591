import type { FastifyContextConfig, FastifyRequest } from 'fastify'
import { includes, type Scope } from '../domain/apiKeys.ts'
import type { Person, Who } from './auth/identify.ts'
import { Problem } from './errors.ts'

/** Every route says who may use it; server.ts refuses to start with one that does not. */
export type Access = 'public' | 'signed' | 'person' | 'member' | 'owner'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** The scope that a key needs; `person`: no key will do. For routes whose access is `member` or `owner`. */
    scope?: Scope | 'person'
  }
  interface FastifyRequest {
    who: Who | null
    person: Person | null
  }
}

/** The account that the request acts for; only in routes whose access is `member` or `owner`. */
export function whoAsks(request: FastifyRequest): Who {
  if (!request.who) throw new Error(`${request.url} asks who it serves but is open to all`)
  return request.who
}

/** The person who is signed in, with or without an account; only in routes whose access is `person`. */
export function personWho(request: FastifyRequest): Person {
  if (!request.person) throw new Error(`${request.url} asks who is signed in but is open to all`)
  return request.person
}

/** Throws when a route does not say who may use it, or which keys. */
export function checkAccess(route: string, { access, scope }: FastifyContextConfig = {}): void {
  if (!access) throw new Error(`${route} does not say who may use it`)
  if ((access === 'member' || access === 'owner') !== (scope !== undefined))
    throw new Error(`${route} ${scope ? 'is open to all and names a scope' : 'does not say which scope a key needs'}`)
  if (access === 'owner' && (scope === 'read' || scope === 'send'))
    throw new Error(`${route} is for owners, so its scope cannot be ${scope}`)
}

/** Throws 403 for a key whose scope does not reach, and for a person who is not an owner where that is needed. */
export function checkMay({ role, key }: Who, { access, scope }: FastifyContextConfig): void {
  if (key && scope === 'person')
    throw new Problem(403, 'Only a person can do this', {
      detail: 'This wants somebody who is signed in, not an API key.',
    })
  if (key && scope && scope !== 'person' && !includes(key.scope, scope))
    throw new Problem(403, 'This API key may not do that', {
      detail: `This needs a key of scope \`${scope}\`, and “${key.name}” has the scope \`${key.scope}\`. An owner makes keys under Settings → API keys.`,
    })
  if (access === 'owner' && role !== 'owner')
    throw new Problem(403, 'Only an owner can do this', { detail: 'Ask an owner of the account.' })
}
