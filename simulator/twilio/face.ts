import type { TwilioAccount, TwilioNumber } from '../accounts.ts'
import type { Leg } from '../calls.ts'
import type { Reply } from '../courier.ts'
import type { CarrierFace, Network } from '../network.ts'
import { confirmations } from '../optouts.ts'
import type { Text } from '../texts.ts'
import { callParams, inboundParams, progressParams, receiptParams } from './params.ts'
import { type Host, readReply, runScript } from './script.ts'
import { makeSid } from './shapes.ts'
import { sendWebhook } from './webhooks.ts'

/** What Twilio does when one of its numbers is called or texted. */
export function makeTwilioFace(network: Network): CarrierFace {
  const { accounts, calls, texts, optOuts } = network

  return {
    placeCall(incoming) {
      const { account, number } = ownerOf(incoming.to)
      const call = calls.open({ face: 'twilio', carrierCallId: makeSid('CA'), ...incoming })
      const leg = calls.addLeg(call, { id: call.carrierCallId, role: 'caller', from: incoming.from, to: incoming.to })
      void runCall(network, account, number, leg)
      return call
    },

    takeText(incoming) {
      const { account, number } = ownerOf(incoming.to)
      const text = texts.receive({
        ...incoming,
        id: makeSid(incoming.media.length > 0 ? 'MM' : 'SM'),
        carrier: 'twilio',
        account: account.accountSid,
        direction: 'from_phone',
        receiptUrl: null,
        receiptFailoverUrl: null,
        service: null,
      })
      const word = optOuts.readWord('twilio', text.to, text.from, text.body)
      if (word) {
        const reply = { id: makeSid('SM'), from: text.to, to: text.from, body: confirmations[word], media: [] }
        texts.showOnPhone(reply, 'delivered')
      }
      if (number.settings.SmsUrl) {
        const hook = {
          key: text.id,
          kind: 'notice' as const,
          url: number.settings.SmsUrl,
          method: number.settings.SmsMethod,
        }
        const params = inboundParams(text, account.advancedOptOut ? word : null)
        void sendWebhook(network, account, hook, params).then((reply) => replyByText(network, account, text, reply))
      }
      return text
    },
  }

  function ownerOf(to: string) {
    const owner = accounts.owner(to)
    if (owner?.face !== 'twilio') throw new Error(`${to} is no number of Twilio`)
    return owner
  }
}

async function runCall(network: Network, account: TwilioAccount, number: TwilioNumber, leg: Leg) {
  const { calls } = network
  const { VoiceUrl, VoiceMethod, VoiceFallbackUrl, VoiceFallbackMethod } = number.settings
  const fallback = { url: VoiceFallbackUrl, method: VoiceFallbackMethod }
  const host: Host = { network, account, leg, fallback, dialStatus: null }
  leg.on.hungUp = () => calls.end(leg, endingByCaller(network, leg), 'caller')
  if (VoiceUrl) await runScript(host, { url: VoiceUrl, method: VoiceMethod, params: {} })
  else calls.note(leg.call, `${leg.to} has no VoiceUrl; the caller hears that the number is not set up`)
  // An ended leg without an ending was reset with the whole network.
  if (leg.state === 'ended' && leg.ending === null) return
  if (leg.state === 'ringing') {
    if (host.dialStatus) calls.end(leg, unansweredStatus(host.dialStatus), 'app')
    else calls.markAnswered(leg)
  }
  calls.end(leg, 'completed', 'app')
  const { StatusCallback, StatusCallbackMethod } = number.settings
  if (!StatusCallback) return
  const params = { ...callParams(leg, account), ...progressParams(leg, 0, network.clock.now()) }
  const hook = { key: leg.call.id, kind: 'notice' as const, url: StatusCallback, method: StatusCallbackMethod }
  await sendWebhook(network, account, hook, params)
}

/** The parent's status when the caller hangs up. While a target rings, sources disagree, and a setting decides. */
function endingByCaller(network: Network, leg: Leg): string {
  if (leg.state === 'in_progress') return 'completed'
  const dialing = leg.call.legs.length > 1
  return dialing && network.settings.twilioCallerGivesUp !== 'no-answer' ? 'completed' : 'no-answer'
}

/** A call that nobody answered ends as its Dial did. */
function unansweredStatus(dialStatus: string): string {
  return ['busy', 'failed'].includes(dialStatus) ? dialStatus : 'no-answer'
}

/** Texts back what the app answers as <Message> or plain text, as Twilio does: a stray "ok" reaches a customer. */
function replyByText(network: Network, account: TwilioAccount, text: Text, reply: Reply) {
  const verbs = readReply(reply)
  if (!Array.isArray(verbs)) return network.wire.remark('twilio', `${text.id}: error ${verbs.code}: ${verbs.message}`)
  for (const verb of verbs) {
    const body = verb.children.find((child) => child.name === 'Body')?.text ?? verb.text
    if (!['Message', 'Say'].includes(verb.name) || network.optOuts.blocked('twilio', text.to, text.from)) continue
    const { account: owner, carrier } = text
    const none = { media: [], receiptUrl: null, receiptFailoverUrl: null, service: null }
    const fields = { ...none, id: makeSid('SM'), carrier, account: owner, from: text.to, to: text.from, body }
    network.texts.accept({ ...fields, direction: 'from_app' }, (sent) => sendReceipt(network, account, sent))
  }
}

/** Sends the app the status of its message. */
export function sendReceipt(network: Network, account: TwilioAccount, text: Text) {
  if (!text.receiptUrl) return
  const hook = { key: text.id, kind: 'notice' as const, url: text.receiptUrl, method: 'POST' }
  const params = receiptParams(text)
  void network.courier.later(text.receiptDelayMs, () => sendWebhook(network, account, hook, params))
}
