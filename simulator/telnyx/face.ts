import { randomUUID } from 'node:crypto'
import type { CarrierFace, Network } from '../network.ts'
import { confirmations } from '../optouts.ts'
import type { TelnyxCalls } from './calls.ts'
import { sendEvent } from './events.ts'
import { messagePayload } from './shapes.ts'

/** What Telnyx does when one of its numbers is called or texted. */
export function makeTelnyxFace(network: Network, telnyxCalls: TelnyxCalls): CarrierFace {
  const { accounts, texts, optOuts } = network

  return {
    placeCall(incoming) {
      const { account, number } = ownerOf(incoming.to)
      return telnyxCalls.place(account, number, incoming)
    },

    takeText(incoming) {
      const { account, number } = ownerOf(incoming.to)
      const profile = number.messagingProfileId ? account.profiles.get(number.messagingProfileId) : undefined
      const to = { url: urlIn(profile?.webhook_url), failoverUrl: urlIn(profile?.webhook_failover_url) }
      const text = texts.receive({
        ...incoming,
        id: randomUUID(),
        carrier: 'telnyx',
        account: account.apiKey,
        direction: 'from_phone',
        receiptUrl: to.url,
        receiptFailoverUrl: to.failoverUrl,
        service: number.messagingProfileId,
      })
      const word = optOuts.readWord('telnyx', text.to, text.from, text.body)
      if (word) {
        const reply = { id: randomUUID(), from: text.to, to: text.from, body: confirmations[word], media: [] }
        texts.showOnPhone(reply, 'delivered')
      }
      const payload = { ...messagePayload(text, account), ...(word ? { autoresponse_type: word } : {}) }
      void sendEvent(network, account, { kind: 'message', key: text.id, type: 'message.received', payload, to })
      return text
    },
  }

  function ownerOf(to: string) {
    const owner = accounts.owner(to)
    if (owner?.face !== 'telnyx') throw new Error(`${to} is no number of Telnyx`)
    return owner
  }
}

export function urlIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
