/**
 * The secrets of phone systems that were typed on this page since it was loaded: the server never gives one out again,
 * and the example that one copies into the phone system is of no use without it.
 */
const kept = new Map<string, string>()

export const keepSecret = (connection: string, secret: string): void => {
  kept.set(connection, secret)
}

export const keptSecret = (connection: string): string | null => kept.get(connection) ?? null
