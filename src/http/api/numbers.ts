import { z } from 'zod'
import { sendMessage } from '../../actions/messages/sendMessage.ts'
import { addNumber, changeNumber, configureAgain, removeNumber } from '../../actions/numbers/numbers.ts'
import { numberAdvice } from '../../domain/advice.ts'
import { phone } from '../../domain/fields.ts'
import { forwardingCodes } from '../../domain/forwarding.ts'
import { fillPlaceholders } from '../../domain/message.ts'
import type { Failure } from '../../domain/words.ts'
import { asAccount } from '../../store/db.ts'
import { countriesOf, findNumber, findOurNumber, listNumbers, type NumberRow } from '../../store/numbers/numbers.ts'
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
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'The account’s numbers', response: { 200: list(shapes.number) } },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const [rows, countries] = await asAccount(world.db, accountId, (tx) =>
        Promise.all([listNumbers(tx, accountId), countriesOf(tx, accountId)]),
      )
      return { data: rows.map((row) => present(row, countries)), nextCursor: null }
    },
  )

  app.get(
    '/numbers/:number',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'One number', params, response: { 200: shapes.number } },
    },
    async (request) => find(whoAsks(request).accountId, request.params.number),
  )

  app.post(
    '/numbers',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Add a number; its webhooks are then set at its carrier',
        body: shapes.newNumber,
        response: { 201: shapes.number },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const errors = await addNumber(world, accountId, request.body, actor)
      if (errors === 'taken')
        throw new Problem(409, 'The number is here already', {
          detail: 'Change it with PATCH.',
          errors: [{ field: 'number', message: 'is one of your numbers already' }],
        })
      if (errors.length > 0) throw invalid(errors)
      return reply.code(201).send(await find(accountId, request.body.number))
    },
  )

  app.patch(
    '/numbers/:number',
    {
      config: { access: 'owner', scope: 'admin' },
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
      const errors = await changeNumber(world, accountId, number, request.body, actor)
      if (errors === 'none') throw notFound('number')
      if (errors.length > 0) throw invalid(errors)
      return find(accountId, number)
    },
  )

  app.post(
    '/numbers/:number/configure',
    {
      config: { access: 'owner', scope: 'admin' },
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
      if (!(await configureAgain(world, accountId, number))) throw notFound('number')
      return reply.code(202).send(await find(accountId, number))
    },
  )

  app.post(
    '/numbers/:number/test',
    {
      config: { access: 'owner', scope: 'admin' },
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
        const our = await findOurNumber(tx, accountId, number)
        const template = message ?? row.textBack.message
        return fillPlaceholders(template, { first_name: null, name: null, business: our?.business ?? '', number })
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
      config: { access: 'member', scope: 'read' },
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
      config: { access: 'owner', scope: 'admin' },
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
      const done = await removeNumber(world, accountId, number, actor)
      if (done === 'none') throw notFound('number')
      if (done === 'busy')
        throw new Problem(409, 'The number is in use', { detail: 'A call is under way on it; try again in a minute.' })
      return reply.code(204).send(null)
    },
  )

  async function find(accountId: string, number: string) {
    const [row, countries] = await asAccount(world.db, accountId, (tx) =>
      Promise.all([findNumber(tx, accountId, number), countriesOf(tx, accountId)]),
    )
    if (!row) throw notFound('number')
    return present(row, countries)
  }
}

function present(row: NumberRow, countries: string[]): z.input<typeof shapes.number> {
  return {
    ...row,
    configured: asConfigured(row.configured as Configured | null),
    configuredAt: row.configuredAt?.toISOString() ?? null,
    advice: numberAdvice(row, countries),
    createdAt: row.createdAt.toISOString(),
  }
}

type Configured = {
  ok: boolean
  steps: { connectionId: string; what: string; value: string; failure: Failure | null }[]
}

const asConfigured = (configured: Configured | null): z.input<typeof shapes.number>['configured'] =>
  configured && {
    ok: configured.ok,
    steps: configured.steps.map(({ connectionId, failure, ...step }) => ({
      carrier: connectionId,
      ...step,
      trouble: failure,
    })),
  }
