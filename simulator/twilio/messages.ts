import type { FastifyRequest } from 'fastify'
import type { TwilioAccount } from '../accounts.ts'
import type { Network } from '../network.ts'
import { isE164 } from '../phones.ts'
import type { Text } from '../texts.ts'
import { sendReceipt } from './face.ts'
import { dateMatcher, makePage } from './lists.ts'
import { type AccountRequest, isHttpUrl, notFound, type Route, TwilioError } from './routes.ts'
import { makeSid, messageJson } from './shapes.ts'

export function messageRoutes(
  network: Network,
  route: Route,
  recordUnanswered: (request: FastifyRequest, note: string) => void,
) {
  const { texts, faults } = network

  route('POST', 'Messages.json', ({ account, form, request, reply }) => {
    const fault = faults.forSend()
    if (fault === 'refuse') {
      recordUnanswered(request, 'fault: the connection is cut, nothing is processed')
      reply.hijack()
      request.raw.socket.destroy()
      return
    }
    if (fault === 'status429') throw new TwilioError(429, 20429, 'Too Many Requests')
    if (fault === 'status500') throw new TwilioError(500, 20500, 'An internal server error has occurred')
    const text = acceptText(account, form)
    if (fault === 'status500AfterAccept') throw new TwilioError(500, 20500, 'An internal server error has occurred')
    if (fault === 'acceptThenTimeout') {
      recordUnanswered(request, `fault: ${text.id} is accepted, but the answer never comes`)
      reply.hijack()
      return
    }
    reply.code(201)
    return messageJson(text)
  })

  route('GET', 'Messages.json', ({ account, query }) => {
    const candidates = query.To ? texts.textsTo(query.To) : query.From ? texts.textsFrom(query.From) : texts.all()
    const inTime = dateMatcher(query, 'DateSent')
    const matches = (text: Text) =>
      text.account === account.accountSid &&
      texts.isListed(text) &&
      (!query.To || text.to === query.To) &&
      (!query.From || text.from === query.From) &&
      inTime(text.sentAt)
    const list = { accountSid: account.accountSid, file: 'Messages.json', key: 'messages', show: messageJson }
    return makePage(candidates, matches, query, { ...list, find: (id) => texts.find(id) })
  })

  route('GET', 'Messages/:file', ({ account, sid, request }: AccountRequest) => {
    const text = texts.find(sid)
    if (text?.account !== account.accountSid) throw notFound(request.url)
    return messageJson(text)
  })

  function acceptText(account: TwilioAccount, form: Record<string, string>): Text {
    const { To, Body = '', MediaUrl, MessagingServiceSid, StatusCallback } = form
    const from = form.From ?? (MessagingServiceSid && account.numbers.keys().next().value)
    if (!To) throw new TwilioError(400, 21604, "A 'To' phone number is required.")
    if (!from) throw new TwilioError(400, 21603, "A 'From' phone number is required.")
    if (!Body && !MediaUrl) throw new TwilioError(400, 21602, 'Message body is required.')
    if (Body.length > 1600) {
      throw new TwilioError(400, 21617, 'The concatenated message body exceeds the 1600 character limit')
    }
    if (!isE164(To) || network.phones.get(To).kind === 'invalid') {
      throw new TwilioError(400, 21211, `Invalid 'To' Phone Number: ${To}`)
    }
    if (!account.numbers.has(from)) {
      throw new TwilioError(400, 21606, `The 'From' phone number ${from} is not a valid, message-capable Twilio number`)
    }
    if (To === from) throw new TwilioError(400, 21266, "'To' and 'From' number cannot be the same")
    if (StatusCallback && !isHttpUrl(StatusCallback)) {
      throw new TwilioError(400, 21609, `The 'StatusCallback' URL ${StatusCallback} is not a valid URL.`)
    }
    if (network.optOuts.blocked('twilio', from, To)) {
      throw new TwilioError(400, 21610, 'Attempt to send to unsubscribed recipient')
    }
    const fields = {
      id: makeSid(MediaUrl ? 'MM' : 'SM'),
      carrier: 'twilio' as const,
      account: account.accountSid,
      direction: 'from_app' as const,
      from,
      to: To,
      body: Body,
      media: MediaUrl ? [MediaUrl] : [],
      receiptUrl: StatusCallback || null,
      receiptFailoverUrl: null,
      service: MessagingServiceSid ?? null,
    }
    return texts.accept(fields, (text) => sendReceipt(network, account, text))
  }
}
