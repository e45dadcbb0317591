/**
 * The phone systems' secrets typed since the page was loaded. The server never returns one, and the example to copy
 * into the phone system needs it.
 */
const kept = new Map<string, string>()

export const keepSecret = (connection: string, secret: string): void => {
  kept.set(connection, secret)
}

export const keptSecret = (connection: string): string | null => kept.get(connection) ?? null
