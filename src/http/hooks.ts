import type { FastifyInstance } from 'fastify'
import { recordCall } from '../actions/calls/recordCall.ts'
import { receiveMessage } from '../actions/messages/receiveMessage.ts'
import { recordReceipt } from '../actions/messages/recordReceipt.ts'
import type { World } from '../actions/world.ts'
import type { OpenConnection } from '../store/connections/connections.ts'
import type { Hook, HookAnswer, VendorEvent } from '../vendors/vendor.ts'
import type { CallPlan } from '../voice/port.ts'
import { invalid, Problem } from './errors.ts'

/** Far more than the longest text with ten media links needs; a carrier never sends more. */
const LARGEST_HOOK = 256 * 1024

/**
 * The one route for carriers: `/hooks/{kind}/{account}/{connection}/…`. The raw bytes are verified before anything is
 * parsed, and the answer is given only after the commit: a 2xx is a promise that nothing is lost.
 */
export async function hooks(app: FastifyInstance, { world }: { world: World }): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'application/json'],
    { parseAs: 'buffer', bodyLimit: LARGEST_HOOK },
    (_request, body, done) => done(null, body),
  )

  app.post<{ Params: { kind: string; account: string; connection: string; '*': string } }>(
    '/hooks/:kind/:account/:connection/*',
    { config: { access: 'signed' }, bodyLimit: LARGEST_HOOK, schema: { hide: true } },
    async (request, reply) => {
      const { kind, account, connection: id, '*': rest } = request.params
      if (!isPlain(request.url)) throw new Problem(404, 'No such connection')
      const connection = await world.connections.find(account, id)
      const vendor = world.vendors.get(kind)
      if (!vendor || connection?.kind !== kind) throw new Problem(404, 'No such connection')
      const hook: Hook = {
        url: world.publicUrl + request.url,
        path: rest.split('/'),
        headers: request.headers as Hook['headers'],
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        receivedAt: world.now(),
      }
      const verified = vendor.webhooks.verify(hook, connection)
      if (!verified.ok) {
        request.log.warn({ account, connection: id, why: verified.why }, 'a webhook whose signature does not hold')
        throw new Problem(403, 'The signature does not hold', { detail: verified.why })
      }
      const parsed = vendor.webhooks.parse(hook, connection)
      if (!parsed.ok) throw invalid(parsed.errors)
      let plan: CallPlan = { do: 'nothing' }
      for (const event of parsed.events) {
        plan = laterPlan(plan, await take(world, connection, keepable(event)))
        // The next events would be about the other call.
        if (plan.do === 'nothing' && plan.idOfAnother) break
      }
      const answer = (await vendor.webhooks.answer?.(hook, connection, plan)) ?? EMPTY
      return reply.code(answer.status).type(answer.contentType).send(answer.body)
    },
  )
}

/**
 * Whether an address is read alike by everybody. A vendor's SDK may resolve the dots of `/a/x/../../b/sms`, so that a
 * signature of `/b/sms` holds for it, but our routes would read the first part: `/a`.
 */
function isPlain(url: string): boolean {
  const [path] = url.split('?')
  return new URL(`http://here.invalid${path}`).pathname === path && !/%2[ef]|%5c/i.test(path!)
}

const EMPTY: HookAnswer = { status: 200, contentType: 'text/plain', body: '' }

/** Records one event and returns what the call should do. */
async function take(world: World, connection: OpenConnection, event: VendorEvent): Promise<CallPlan> {
  const { accountId, id: connectionId, kind, country } = connection
  const source = { accountId, connectionId, kind, country }
  switch (event.type) {
    case 'call.arrived':
    case 'call.answered':
    case 'call.unanswered':
    case 'call.ended':
      return recordCall(world, source, event)
    case 'message.received':
      await receiveMessage(world, source, event)
      return { do: 'nothing' }
    case 'message.receipt':
      await recordReceipt(world, source, event)
      return { do: 'nothing' }
  }
}

const laterPlan = (before: CallPlan, now: CallPlan): CallPlan =>
  now.do === 'nothing' && !now.unknownNumber && !now.idOfAnother && !now.unheardOf ? before : now

/** PostgreSQL stores no NUL and no half of a surrogate pair. One in a caller's name must not lose the call. */
function keepable<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed() as T
  if (Array.isArray(value)) return value.map(keepable) as T
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, keepable(one)])) as T
}
