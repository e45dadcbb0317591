import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod'
import type { FieldError } from '../domain/fields.ts'
import { isPassingFault, isUnkeepable } from '../store/db.ts'

/** An error answer by RFC 9457. Throw it from a route. */
export class Problem extends Error {
  status: number
  detail: string | undefined
  errors: FieldError[] | undefined
  /** A word for programs, where the status alone does not tell what to do. */
  reason: string | undefined
  constructor(status: number, title: string, more: { detail?: string; errors?: FieldError[]; reason?: string } = {}) {
    super(title)
    this.status = status
    this.detail = more.detail
    this.errors = more.errors
    this.reason = more.reason
  }
}

/** Another account's object gets the same answer as a missing one. */
export const notFound = (what: string) =>
  new Problem(404, `No such ${what}`, { detail: `There is no ${what} with this id in your account.` })

export const invalid = (errors: FieldError[]) =>
  new Problem(400, 'Some fields are wrong', { detail: 'Nothing was changed. Mend the fields and send again.', errors })

/** What was asked is well written, but more than is kept. */
export const tooLarge = (what: string, errors: FieldError[]) =>
  new Problem(422, `The ${what} would become too large`, {
    detail: 'Nothing was changed. Take something away first, or keep it somewhere else.',
    errors,
  })

export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof Problem) return send(reply, error)
    if (hasZodFastifySchemaValidationErrors(error)) {
      // A malformed id is an id that nothing has.
      if (error.validationContext === 'params') return send(reply, notFound('object'))
      return send(reply, invalid(errorsOf(error.validation)))
    }
    // Two requests wrote the same thing at the same moment; the index let one through.
    if (error.code === '23505')
      return send(
        reply,
        new Problem(409, 'Somebody else did this at the same moment', { detail: 'Look at it again, then decide.' }),
      )
    if (isPassingFault(error)) {
      request.log.warn({ err: error.message }, 'a passing fault; the caller will come again')
      return send(reply.header('retry-after', '2'), unavailable())
    }
    if (isUnkeepable(error)) {
      request.log.warn({ err: error.message }, 'a value that the database cannot keep')
      return send(reply, unkeepable())
    }
    if (isResponseSerializationError(error)) request.log.error({ err: error }, 'an answer that is not of its shape')
    const status = error.statusCode ?? 500
    if (status < 500) return send(reply, clientFault(status, error))
    request.log.error({ err: error }, 'a fault of ours')
    return send(
      reply,
      new Problem(500, 'Something broke on our side', {
        detail: `It is in the log under request ${request.id}. Try again; if it stays, report that id.`,
      }),
    )
  })
  app.setNotFoundHandler((request: FastifyRequest, reply) =>
    send(
      reply,
      new Problem(404, 'No such page', {
        detail: `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
      }),
    ),
  )
}

/** Answers addresses that match no route: one that cannot be decoded, or has a part longer than any id of ours. */
export function answerBadAddress(error: FastifyError, reply: FastifyReply): void {
  const problem =
    error.statusCode === 414
      ? new Problem(414, 'The address is too long', { detail: 'A part of it is longer than any name or id here.' })
      : new Problem(400, 'The address cannot be read', {
          detail: 'A % in it is not followed by two hex digits of UTF-8.',
        })
  send(reply, problem)
}

export const unavailable = () =>
  new Problem(503, 'Not ready', { detail: 'The database is away for the moment. Try again in a few seconds.' })

export const unkeepable = () =>
  new Problem(400, 'A value cannot be kept', {
    detail:
      'A text holds a NUL character or half of a character, or a time or number is out of all bounds. Nothing was changed.',
  })

type Fault = { instancePath: string; keyword?: string; message?: string; params?: unknown }

function errorsOf(faults: readonly Fault[]): FieldError[] {
  return faults.flatMap(({ instancePath, keyword, message, params }) => {
    const field = instancePath
      .replace(/^\//, '')
      .replace(/\/(\d+)/g, '[$1]')
      .replaceAll('/', '.')
    if (keyword === 'unrecognized_keys')
      return (params as { keys: string[] }).keys.map((key) => ({
        field: field ? `${field}.${key}` : key,
        message: 'is not a field that exists here',
      }))
    return [{ field: field || '(body)', message: message ?? 'is wrong' }]
  })
}

function clientFault(status: number, error: FastifyError): Problem {
  if (status === 413)
    return new Problem(413, 'The request is too large', { detail: 'Bodies of up to 256 KB are taken.' })
  if (status === 415)
    return new Problem(415, 'This content type is not understood here', { detail: 'Send application/json.' })
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError)
    return new Problem(400, 'The body is not JSON', { detail: error.message })
  return new Problem(status, error.message)
}

/** A list of 100,000 faulty entries is not answered with as many faults. */
const MOST_ERRORS = 100

function send(reply: FastifyReply, problem: Problem) {
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    .serializer(JSON.stringify)
    .send({
      type: 'about:blank',
      title: problem.message,
      status: problem.status,
      ...(problem.detail && { detail: problem.detail }),
      ...(problem.errors && { errors: problem.errors.slice(0, MOST_ERRORS) }),
      ...(problem.reason && { reason: problem.reason }),
    })
}
