import { z } from 'zod'
import { configureLater, saveNumber } from '../../actions/numbers.ts'
import { fieldErrors, phone } from '../../domain/fields.ts'
import { type NumberSettings, numberAdvice, numberSettings } from '../../domain/number.ts'
import { asAccount } from '../../store/db.ts'
import { deleteNumber, findNumber, listNumbers, type NumberRow } from '../../store/numbers.ts'
import { invalid, notFound, Problem } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { list } from '../shapes/common.ts'
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
      const { accountId } = whoAsks(request)
      await asAccount(world.db, accountId, async (tx) => {
        if (await findNumber(tx, accountId, request.body.number))
          throw new Problem(409, 'The number is here already', {
            detail: 'Change it with PATCH.',
            errors: [{ field: 'number', message: 'is one of your numbers already' }],
          })
        await save(tx, accountId, request.body)
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
      const { accountId } = whoAsks(request)
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
        await save(tx, accountId, read.data)
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

  app.delete(
    '/numbers/:number',
    {
      config: { access: 'owner' },
      schema: {
        tags,
        summary: 'Take a number out; its calls and texts stay in the books',
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { accountId } = whoAsks(request)
      if (!(await asAccount(world.db, accountId, (tx) => deleteNumber(tx, accountId, request.params.number))))
        throw notFound('number')
      return reply.code(204).send(null)
    },
  )

  async function save(tx: Parameters<typeof saveNumber>[1], accountId: string, settings: NumberSettings) {
    const errors = await saveNumber(world, tx, accountId, settings)
    if (errors.length > 0) throw invalid(errors)
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
