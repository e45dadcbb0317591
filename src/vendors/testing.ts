import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Connection } from '../domain/connection.ts'
import type { Hook, Vendor, VendorEvent } from './vendor.ts'

/** When the fixtures of the vendors' tests arrive. */
export const NOON = new Date('2026-11-20T17:00:25.000Z')

/** A webhook as it would arrive at a connection of the account "acme". */
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

/** The only event of a webhook, or null for none; throws when the webhook is refused. */
export function onlyEvent({ webhooks }: Vendor, connection: Connection, hook: Hook): VendorEvent | null {
  const read = webhooks.parse(hook, connection)
  if (!read.ok) throw new Error(`refused: ${JSON.stringify(read.errors)}`)
  if (read.events.length > 1) throw new Error(`${read.events.length} events`)
  return read.events[0] ?? null
}

export type Asked = { method: string; path: string; query: Record<string, string>; body: string }

/** A fake API of a carrier: `answer` gives the JSON, or a status and the JSON. It keeps every request. */
export async function fakeApi(answer: (asked: Asked) => unknown) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url!, 'http://127.0.0.1')
    const one = {
      method: request.method!,
      path: decodeURIComponent(url.pathname),
      query: Object.fromEntries(url.searchParams),
      body: Buffer.concat(chunks).toString(),
    }
    asked.push(one)
    const said = answer(one)
    const [status, json] = Array.isArray(said) && typeof said[0] === 'number' ? said : [200, said]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections()
      return new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

/** Runs `act` with a connection to such an API, and returns its result and the requests. */
export async function withApi<T>(
  connection: Connection,
  answer: (asked: Asked) => unknown,
  act: (connection: Connection) => Promise<T>,
) {
  const api = await fakeApi(answer)
  const result = await act({ ...connection, apiUrl: api.url }).finally(api.close)
  return { result, asked: api.asked }
}
