import { createHash } from 'node:crypto'
import type { BetterAuthOptions } from 'better-auth'
import type { DBAdapter } from 'better-auth/adapters'

type Methods = Pick<
  DBAdapter,
  'create' | 'findOne' | 'findMany' | 'update' | 'updateMany' | 'delete' | 'deleteMany' | 'count' | 'consumeOne'
>
type Where = Parameters<DBAdapter['findOne']>[0]['where']
type Row = Record<string, unknown>

/** What the database has of a session's token: whoever reads it there cannot sign in with it. */
export const storedToken = (token: string) => createHash('sha256').update(token).digest('hex')

/**
 * Puts two rules between better-auth and the sessions in the database, for which it has no option: a token is stored as
 * its hash, and a session ends some time after it began, however much it is used. A session that was found by its token
 * carries that token again; in a list it carries the hash, by which people can end it.
 */
export function keepingTokens(
  adapter: (options: BetterAuthOptions) => DBAdapter,
  endsAfterMs: number,
): (options: BetterAuthOptions) => DBAdapter {
  return (options) => {
    const plain = adapter(options)
    return {
      ...plain,
      ...guarded(plain, endsAfterMs),
      transaction: (work) => plain.transaction((trx) => work({ ...trx, ...guarded(trx, endsAfterMs) })),
    }
  }
}

function guarded(plain: Methods, endsAfterMs: number): Methods {
  const hasEnded = ({ createdAt }: Row) => createdAt instanceof Date && createdAt.getTime() + endsAfterMs <= Date.now()
  return {
    async create(query) {
      if (query.model !== 'session') return plain.create(query)
      const { token } = query.data as unknown as { token: string }
      return shown(await plain.create({ ...query, data: { ...query.data, token: storedToken(token) } }), token)
    },
    async findOne<T>(query: Parameters<DBAdapter['findOne']>[0]) {
      const found = await plain.findOne<T>(hashed(query))
      if (query.model !== 'session' || !found) return found
      return hasEnded(found as Row) ? null : shown(found, tokenIn(query.where))
    },
    async findMany<T>(query: Parameters<DBAdapter['findMany']>[0]) {
      const found = await plain.findMany<T>(hashed(query))
      return query.model === 'session' ? found.filter((row) => !hasEnded(row as Row)) : found
    },
    async update<T>(query: Parameters<DBAdapter['update']>[0]) {
      const updated = await plain.update<T>(hashed(query))
      return query.model === 'session' && updated ? shown(updated, tokenIn(query.where)) : updated
    },
    updateMany: (query) => plain.updateMany(hashed(query)),
    delete: (query) => plain.delete(hashed(query)),
    deleteMany: (query) => plain.deleteMany(hashed(query)),
    count: (query) => plain.count(hashed(query)),
    consumeOne: (query) => plain.consumeOne(hashed(query)),
  }
}

function hashed<Q extends { model: string; where?: Where | undefined }>(query: Q): Q {
  if (query.model !== 'session' || !query.where) return query
  const where = query.where.map((clause) => {
    if (clause.field !== 'token') return clause
    const { value } = clause
    return {
      ...clause,
      value: Array.isArray(value) ? value.map((one) => storedToken(String(one))) : storedToken(String(value)),
    }
  })
  return { ...query, where }
}

const tokenIn = (where: Where): string | null => {
  const value = where.find(({ field }) => field === 'token')?.value
  return typeof value === 'string' ? value : null
}

const shown = <T>(row: T, token: string | null): T => (token === null ? row : { ...row, token })
