import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { TelnyxAccount } from '../accounts.ts'
import type { Network } from '../network.ts'
import { isE164 } from '../phones.ts'
import { countSegments } from '../segments.ts'
import type { Text } from '../texts.ts'
import { sendEvent } from './events.ts'
import { urlIn } from './face.ts'
import { notFound, type Route, required, TelnyxError } from './routes.ts'
import { messagePayload } from './shapes.ts'

export function messageRoutes(
  network: Network,
  route: Route,
  recordUnanswered: (request: FastifyRequest, note: string) => void,
) {
  const { texts, faults } = network

  route('POST', 'messages', ({ account, body, request, reply }) => {
    const fault = faults.forSend()
    if (fault === 'refuse') {
      recordUnanswered(request, 'fault: the connection is cut, nothing is processed')
      reply.hijack()
      request.raw.socket.destroy()
      return
    }
    if (fault === 'status429') throw new TelnyxError(429, '10011', 'Too many requests', 'You have exceeded the limit.')
    if (fault === 'status500') throw internalError()
    const text = acceptText(account, body)
    if (fault === 'status500AfterAccept') throw internalError()
    if (fault === 'acceptThenTimeout') {
      recordUnanswered(request, `fault: ${text.id} is accepted, but the answer never comes`)
      reply.hijack()
      return
    }
    return { data: messagePayload(text, account) }
  })

  route('GET', 'messages/:id', ({ account, params }) => {
    const text = texts.find(params.id ?? '')
    if (text?.account !== account.apiKey) throw notFound('The message')
    return { data: messagePayload(text, account) }
  })

  function acceptText(account: TelnyxAccount, body: Record<string, unknown>): Text {
    const to = required(body, 'to')
    const from = required(body, 'from')
    const media = Array.isArray(body.media_urls) ? body.media_urls.map(String) : []
    const words = media.length > 0 && !body.text ? '' : required(body, 'text')
    if (!isE164(to) || network.phones.get(to).kind === 'invalid') {
      throw new TelnyxError(400, '40310', "Invalid 'to' address", `The 'to' address ${to} is not valid.`, '/to')
    }
    const number = account.numbers.get(from)
    if (!number) {
      const detail = `The 'from' address ${from} should be a number of this account that can send messages.`
      throw new TelnyxError(400, '40305', "Invalid 'from' address", detail, '/from')
    }
    const service =
      typeof body.messaging_profile_id === 'string' ? body.messaging_profile_id : number.messagingProfileId
    const profile = service ? account.profiles.get(service) : undefined
    if (!profile) {
      const detail = 'The messaging profile does not exist, or the number has none.'
      throw new TelnyxError(400, '40312', 'Messaging profile is missing', detail, '/messaging_profile_id')
    }
    if (countSegments(words).segments > 10) {
      throw new TelnyxError(400, '40302', 'Message too large', 'The message has more than 10 parts.', '/text')
    }
    if (network.optOuts.blocked('telnyx', from, to)) {
      const detail = `Messages cannot be sent from '${from}' to '${to}' due to an existing block rule.`
      throw new TelnyxError(409, '40300', 'Blocked due to STOP message', detail)
    }
    const useProfile = body.use_profile_webhooks !== false
    const url = (own: unknown, ofProfile: unknown) => urlIn(own) ?? (useProfile ? urlIn(ofProfile) : null)
    const fields = {
      id: randomUUID(),
      carrier: 'telnyx' as const,
      account: account.apiKey,
      direction: 'from_app' as const,
      from,
      to,
      body: words,
      media,
      receiptUrl: url(body.webhook_url, profile.webhook_url),
      receiptFailoverUrl: url(body.webhook_failover_url, profile.webhook_failover_url),
      service: profile.id,
    }
    return texts.accept(fields, (text) => sendReceipt(account, text))
  }

  function sendReceipt(account: TelnyxAccount, text: Text) {
    const type = text.status === 'sent' ? 'message.sent' : 'message.finalized'
    const payload = messagePayload(text, account)
    const to = { url: text.receiptUrl, failoverUrl: text.receiptFailoverUrl }
    void network.courier.later(text.receiptDelayMs, () =>
      sendEvent(network, account, { kind: 'message', key: text.id, type, payload, to }),
    )
  }
}

function internalError(): TelnyxError {
  return new TelnyxError(500, '10007', 'Internal server error', 'An unexpected error occurred.')
}
