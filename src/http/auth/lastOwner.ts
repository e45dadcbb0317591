import type { BetterAuthOptions } from 'better-auth'
import type { DBAdapter } from 'better-auth/adapters'
import { APIError } from 'better-auth/api'

/** Says in words what the database refuses: better-auth looks for another owner first, but two can leave at once. */
export function keepingOwner(
  adapter: (options: BetterAuthOptions) => DBAdapter,
): (options: BetterAuthOptions) => DBAdapter {
  return (options) => {
    const plain = adapter(options)
    return {
      ...plain,
      update: (query) => inWords(plain.update(query)),
      delete: (query) => inWords(plain.delete(query)),
      transaction: (work) => inWords(plain.transaction(work)),
    }
  }
}

async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if ((error as { constraint?: unknown } | null)?.constraint !== 'members_owner') throw error
    throw new APIError('CONFLICT', {
      message: 'The business would be left without an owner',
      detail: 'Nothing was changed: another owner has just left. Make somebody else an owner first.',
    })
  }
}
