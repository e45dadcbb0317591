import { z } from 'zod'
import { configureLater, removeNumber, saveNumber } from '../../actions/numbers.ts'
import { sendMessage } from '../../actions/sendMessage.ts'
import { numberAdvice } from '../../domain/advice.ts'
import { fieldErrors, phone } from '../../domain/fields.ts'
import { forwardingCodes } from '../../domain/forwarding.ts'
import { fillPlaceholders } from '../../domain/message.ts'
import { type NumberSettings, numberSettings } from '../../domain/number.ts'
import { findLine } from '../../store/calls.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { findNumber, listNumbers, type NumberRow } from '../../store/numbers.ts'
import { invalid, notFound, Problem } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { list } from '../shapes/common.ts'
import { forwarding } from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Numbers']

const params = z.object({ number: phone.describe('E.164, the + written as %2B or +.') })

export async function numbers(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/numbers',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'The account’s numbers', response: { 200: list(shapes.number) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const rows = await asAccount(world.db, accountId, (tx) => listNumbers(tx, accountId))
      return { data: rows.map(present), nextCursor: null }
    },
  )

  app.get(
    '/numbers/:number',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'One number', params, response: { 200: shapes.number } },
    },
    async (request) => find(whoAsks(request).accountId, request.params.number),
  )

  app.post(
    '/numbers',
    {
      config: { access: 'owner' },
      schema: {
        tags,
        summary: 'Add a number; its webhooks are then set at its carrier',
        body: shapes.newNumber,
        response: { 201: shapes.number },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      await asAccount(world.db, accountId, async (tx) => {
        if (await findNumber(tx, accountId, request.body.number))
          throw new Problem(409, 'The number is here already', {
            detail: 'Change it with PATCH.',
            errors: [{ field: 'number', message: 'is one of your numbers already' }],
          })
        await save(tx, accountId, request.body, actor, null)
      })
      return reply.code(201).send(await find(accountId, request.body.number))
    },
  )

  app.patch(
    '/numbers/:number',
    {
      config: { access: 'owner' },
      schema: {
        tags,
        summary: 'Change a number; what is not given stays. In force for the next call.',
        params,
        body: shapes.numberChange,
        response: { 200: shapes.number },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const { number } = request.params
      await asAccount(world.db, accountId, async (tx) => {
        const row = await findNumber(tx, accountId, number)
        if (!row) throw notFound('number')
        const { configured: _1, configuredAt: _2, createdAt: _3, ...before } = row
        const { textBack, ...change } = request.body
        if ('number' in change && change.number !== number)
          throw invalid([{ field: 'number', message: 'cannot change; add the other number and delete this one' }])
        const read = numberSettings.safeParse({
          ...before,
          ...change,
          textBack: isObject(textBack) ? { ...before.textBack, ...textBack } : (textBack ?? before.textBack),
        })
        if (!read.success) throw invalid(fieldErrors(read.error))
        await save(tx, accountId, read.data, actor, Object.keys(request.body))
      })
      return find(accountId, number)
    },
  )

  app.post(
    '/numbers/:number/configure',
    {
      config: { access: 'owner' },
      schema: {
        tags,
        summary: 'Set the number’s webhooks at its carrier again; read `configured` for the result',
        params,
        response: { 202: shapes.number },
      },
    },
    async (request, reply) => {
      const { accountId } = whoAsks(request)
      const { number } = request.params
      const row = await find(accountId, number)
      await asAccount(world.db, accountId, (tx) => configureLater(tx, accountId, row))
      return reply.code(202).send(row)
    },
  )

  app.post(
    '/numbers/:number/test',
    {
      config: { access: 'owner' },
      schema: {
        tags,
        summary: 'Send the number’s text-back, or a draft of it, to a phone of yours',
        params,
        body: shapes.testText,
        response: { 201: z.object({ messageId: z.string() }) },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const { number } = request.params
      const { to, message } = request.body
      const row = await find(accountId, number)
      const body = await asAccount(world.db, accountId, async (tx) => {
        const line = await findLine(tx, accountId, number)
        const template = message ?? row.textBack.message
        return fillPlaceholders(template, { first_name: null, name: null, business: line?.business ?? '', number })
      })
      const sent = await sendMessage(world, accountId, { to, from: number, body }, actor)
      if (sent.outcome === 'wrong') throw invalid([{ field: sent.field, message: sent.message }])
      if (sent.outcome === 'refused')
        throw new Problem(422, 'The test was not sent', {
          detail: `${sent.sentence} ${sent.nextStep}`,
          errors: [{ field: 'to', message: sent.sentence }],
        })
      return reply.code(201).send({ messageId: sent.messageId })
    },
  )

  app.get(
    '/numbers/:number/forwarding',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'What to dial, by carrier, so that calls that nobody answers come to this number',
        params,
        response: { 200: forwarding },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      await find(accountId, request.params.number)
      const { country } = await asAccount(world.db, accountId, (tx) =>
        tx.selectFrom('accounts').select('country').where('id', '=', accountId).executeTakeFirstOrThrow(),
      )
      return { number: request.params.number, carriers: forwardingCodes(request.params.number, country) }
    },
  )

  app.delete(
    '/numbers/:number',
    {
      config: { access: 'owner' },
      schema: {
        tags,
        summary: 'Take a number out; its calls and texts stay in the books. 409 while a call is under way on it',
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const { number } = request.params
      await asAccount(world.db, accountId, async (tx) => {
        const done = await removeNumber(world, tx, accountId, number)
        if (done === 'none') throw notFound('number')
        if (done === 'busy')
          throw new Problem(409, 'The number is in use', {
            detail: 'A call is under way on it; try again in a minute.',
          })
        await recordEvent(tx, accountId, { type: 'number.deleted', actor, data: { number } }, world.now())
      })
      return reply.code(204).send(null)
    },
  )

  async function save(
    tx: Parameters<typeof saveNumber>[1],
    accountId: string,
    settings: NumberSettings,
    actor: string,
    changed: string[] | null,
  ) {
    const errors = await saveNumber(world, tx, accountId, settings)
    if (errors.length > 0) throw invalid(errors)
    const data = { number: settings.number, changed }
    await recordEvent(tx, accountId, { type: 'number.saved', actor, data }, world.now())
  }

  async function find(accountId: string, number: string) {
    const row = await asAccount(world.db, accountId, (tx) => findNumber(tx, accountId, number))
    if (!row) throw notFound('number')
    return present(row)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function present(row: NumberRow): z.input<typeof shapes.number> {
  return {
    ...row,
    configured: row.configured as z.input<typeof shapes.number>['configured'],
    configuredAt: row.configuredAt?.toISOString() ?? null,
    advice: numberAdvice(row),
    createdAt: row.createdAt.toISOString(),
  }
}
