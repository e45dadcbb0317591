import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { LiveFeed } from '../store/live.ts'
import { Problem } from './errors.ts'
import { makePlaces } from './places.ts'
import { whoAsks } from './who.ts'

/** Proxies close a silent connection after 30 to 60 s. */
const HEARTBEAT_MS = 20_000

/** The tables whose names differ from their routes'. */
const ROUTES = new Map([
  ['connections', 'carriers'],
  ['webhook_deliveries', 'webhook-deliveries'],
])

/** The most bytes that may wait for a slow reader. */
const MOST_UNREAD = 1_000_000

/**
 * The most feeds at once, in this process: of one person or key, whose every tab and device has one, and of an account.
 * Each holds a connection and costs a question to the database every 20 s.
 */
const MOST_OF_ONE = 30
const MOST_OF_ACCOUNT = 300

/** Server-sent events: one `change` for each row of the account that changed, `gap` when some may have been missed. */
export async function live(
  app: FastifyInstance,
  { feed, stillThere }: { feed: LiveFeed; stillThere(request: FastifyRequest): Promise<boolean> },
): Promise<void> {
  const open = new Set<() => void>()
  const ofOne = makePlaces(MOST_OF_ONE)
  const ofAccount = makePlaces(MOST_OF_ACCOUNT)
  app.addHook('preClose', async () => {
    for (const close of open) close()
  })
  app.get(
    '/live',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        summary: 'Follow changes live (server-sent events)',
        tags: ['Live'],
        description:
          'Each `change` event names a row that changed: `{what, id, contact, deleted}`. Fetch it to see it. `gap`: fetch what you show again.',
      },
    },
    (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      if (!ofAccount.take(accountId)) throw tooMany('Your business has', MOST_OF_ACCOUNT)
      if (!ofOne.take(actor)) {
        ofAccount.giveBack(accountId)
        throw tooMany('You have', MOST_OF_ONE)
      }
      reply.hijack()
      const out = reply.raw
      out.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      out.write('retry: 1000\n\nevent: ready\ndata: {}\n\n')
      const stopFollowing = feed.follow(
        accountId,
        ({ account: _, ...change }) => {
          const what = ROUTES.get(change.what) ?? change.what
          out.write(`event: change\ndata: ${JSON.stringify({ ...change, what })}\n\n`)
          // A reader that does not read: it reconnects by itself, and fetches what it shows.
          if (out.writableLength > MOST_UNREAD) close()
        },
        () => out.write('event: gap\ndata: {}\n\n'),
      )
      // A person who signed out everywhere, or was removed from the account, gets no more changes.
      const heartbeat = setInterval(async () => {
        if (!out.destroyed && (await stillThere(request))) out.write(': still here\n\n')
        else close()
      }, HEARTBEAT_MS)
      const close = () => {
        if (!open.delete(close)) return
        ofOne.giveBack(actor)
        ofAccount.giveBack(accountId)
        clearInterval(heartbeat)
        stopFollowing()
        out.end()
      }
      open.add(close)
      out.on('close', close)
      // Who has gone while it was found out who they are has closed before anybody listened.
      if (out.destroyed || out.socket?.destroyed) close()
    },
  )
}

const tooMany = (who: string, most: number) =>
  new Problem(429, 'Too many live feeds are open', {
    detail: `${who} ${most} open. Close some tabs or programs and try again.`,
  })
