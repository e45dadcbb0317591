import { readFileSync } from 'node:fs'
import type { Carrier, CarrierEvent, Connection, Hook } from './carrier.ts'

/** For the tests of the carriers: when their fixtures happen. */
export const NOON = new Date('2026-11-20T17:00:25.000Z')

/** A hook as it would arrive at a connection of the account "acme". */
export function hookOf(connection: Connection, path: string, body: string | Buffer): Hook {
  return {
    url: `https://textback.example/hooks/${connection.kind}/${connection.accountId}/${connection.id}/${path}`,
    path: path.split('/'),
    headers: {},
    body: Buffer.from(body),
    receivedAt: NOON,
  }
}

export function fixture(folder: string, name: string): string {
  return readFileSync(new URL(`./${folder}/fixtures/${name}`, import.meta.url), 'utf8').trimEnd()
}

/** The only event of a hook, or null for none; fails when the hook is refused. */
export function onlyEvent(carrier: Carrier, connection: Connection, hook: Hook): CarrierEvent | null {
  const read = carrier.parse(hook, connection)
  if (!read.ok) throw new Error(`refused: ${JSON.stringify(read.errors)}`)
  if (read.events.length > 1) throw new Error(`${read.events.length} events`)
  return read.events[0] ?? null
}
