import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import twilio from 'twilio'
import { ACCOUNT_SID, AUTH_TOKEN, BUSINESS, TARGET } from './scene.ts'

/**
 * What a developer could write in an afternoon: Fastify and Twilio's SDK, the signature checked, one text for each
 * missed call. It forgets everything when it ends, texts twice when Twilio repeats a webhook, and loses the text when
 * Twilio is away for a moment. The difference from it is the cost of remembering.
 */

const [carrierUrl = '', port = '0'] = process.argv.slice(2)
const publicUrl = `http://127.0.0.1:${port}`

/** The SDK's own HTTP client, pointed at the carrier on this machine. */
class HereClient extends twilio.RequestClient {
  override request<T>(ask: Parameters<InstanceType<typeof twilio.RequestClient>['request']>[0]) {
    return super.request<T>({ ...ask, uri: ask.uri.replace('https://api.twilio.com', carrierUrl) } as never)
  }
}

const client = twilio(ACCOUNT_SID, AUTH_TOKEN, { httpClient: new HereClient() })
const app = Fastify()
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
  done(null, Object.fromEntries(new URLSearchParams(body as string))),
)

app.addHook('preHandler', async (request: FastifyRequest, reply: FastifyReply) => {
  const signature = String(request.headers['x-twilio-signature'] ?? '')
  const fields = request.body as Record<string, string>
  if (!twilio.validateRequest(AUTH_TOKEN, signature, publicUrl + request.url, fields)) return reply.code(403).send()
})

app.post('/voice', (_request, reply) => {
  const response = new twilio.twiml.VoiceResponse()
  response.dial({ timeout: 20, answerOnBridge: true }).number(TARGET)
  return reply.type('text/xml').send(response.toString())
})

app.post<{ Body: Record<string, string> }>('/status', async (request, reply) => {
  if (request.body.CallStatus === 'no-answer')
    await client.messages.create({
      from: BUSINESS,
      to: request.body.From!,
      body: "Hi there, sorry we missed your call. This is Acme HVAC. Reply here and we'll get right back to you. Reply STOP to opt out.",
      statusCallback: `${publicUrl}/receipt`,
      validityPeriod: 600,
    })
  return reply.code(204).send()
})

app.post('/receipt', (_request, reply) => reply.code(204).send())

process.on('disconnect', () => process.exit())
await app.listen({ host: '127.0.0.1', port: Number(port) })
process.send?.('ready')
