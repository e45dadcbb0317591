import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { atEnd } from './network.ts'

/**
 * Stands between the app and PostgreSQL, so that the database can go away for this app alone. `cut`: connections break
 * and new ones are refused, as when the server is stopped. `hang`: everything stays open and nobody answers, as when
 * its machine or the network is gone. `forget`: open connections fall silent for good, and new ones work, as with a
 * firewall that forgets its connections.
 */
export async function startProxy(t: TestContext, postgres: { host: string; port: number }) {
  const pairs = new Set<{ app: Socket; database: Socket }>()
  let hanging = false
  let server: Server = await listen(0)
  const { port } = server.address() as AddressInfo
  atEnd(t, () => cut())

  function join(app: Socket) {
    // A host that is a path is the folder of the server's Unix socket.
    const { host, port } = postgres
    const database = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
    const pair = { app, database }
    pairs.add(pair)
    for (const [one, other] of [
      [app, database],
      [database, app],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
    if (!hanging) flow(pair)
  }

  function flow({ app, database }: { app: Socket; database: Socket }) {
    app.pipe(database)
    database.pipe(app)
  }

  async function listen(at: number): Promise<Server> {
    const server = createServer(join).listen(at, '127.0.0.1')
    await new Promise((done) => server.once('listening', done))
    return server
  }

  async function cut(): Promise<void> {
    const closed = new Promise((done) => server.close(done))
    for (const { app, database } of pairs) for (const socket of [app, database]) socket.destroy()
    await closed
  }

  return {
    port,
    cut,
    hang() {
      hanging = true
      for (const { app, database } of pairs)
        for (const socket of [app, database]) {
          socket.unpipe()
          socket.pause()
        }
    },
    forget() {
      for (const pair of pairs) {
        for (const socket of [pair.app, pair.database]) {
          socket.unpipe()
          // Reads and drops the data: unread data would hide that the other side closes.
          socket.resume()
        }
      }
    },
    /** Ends a `cut` or a `hang`; held data flows again. */
    async restore() {
      hanging = false
      if (!server.listening) server = await listen(port)
      for (const pair of pairs) flow(pair)
    },
  }
}
